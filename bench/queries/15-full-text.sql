-- name: documents by words
SELECT title FROM document_search WHERE document_search MATCH 'crates AND telephone AND noon' ORDER BY title;
-- postgres:
SELECT title FROM document_search WHERE to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(body, '')) @@ to_tsquery('simple', 'crates & telephone & noon') ORDER BY title;
