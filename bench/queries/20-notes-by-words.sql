-- name: notes that contain words
SELECT n.id, n.about_table, n.about_key FROM note n
 WHERE n.body LIKE '%photographs are attached. Kunde bittet%' ORDER BY n.id;
-- postgres:
SELECT n.id, n.about_table, n.about_key FROM note n
 WHERE n.body ILIKE '%photographs are attached. Kunde bittet%' ORDER BY n.id;
