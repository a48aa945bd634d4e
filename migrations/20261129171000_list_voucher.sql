-- Lists tell who vouches for a memory, and are filtered by the same: what our own worker did and no run
-- has seen to work is `unverified` there.
update memory_list
set trust = 'unverified'
from known_remedy as known
where known.id = remedy_id and memory_list.trust = 'verified' and known.worked = 0;
