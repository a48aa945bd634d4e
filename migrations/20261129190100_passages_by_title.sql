-- The passages of a site with a title: what a site's page counts runs by. It used to read all passages of
-- the site, ten times over. Of a title there is its hash, since an entry has room for 2,700 bytes.
create index search_text_title on search_text (project_id, site, hashtextextended(title, 0));
-- It begins with the same columns.
drop index search_text_project;
