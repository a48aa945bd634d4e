-- Memory is searched by meaning, so every Waymark database carries pgvector. It is the only
-- extension: the embedded server brings no other, and whatever else is needed is in core.
create extension if not exists vector;
