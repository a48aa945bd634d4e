"""A small magazine, as somebody's project would have it."""
