-- name: documents that mention a product
SELECT d.id, d.title, d.kind FROM document d
 WHERE EXISTS (SELECT 1 FROM json_each(d.content, '$.lines') l WHERE json_extract(l.value, '$.product') = 777)
 ORDER BY d.id;
-- postgres:
SELECT d.id, d.title, d.kind FROM document d WHERE d.content @> '{"lines": [{"product": 777}]}' ORDER BY d.id;
