"""A small library, as somebody's project would have it."""
