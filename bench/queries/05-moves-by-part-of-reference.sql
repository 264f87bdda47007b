-- name: moves by a part of their reference
SELECT m.id, m.reference, m.quantity, p.sku, p.name
  FROM stock_move m JOIN product p ON p.id = m.product_id
 WHERE m.reference LIKE '%c0ffe%' ORDER BY m.id;
-- postgres:
SELECT m.id, m.reference, m.quantity, p.sku, p.name
  FROM stock_move m JOIN product p ON p.id = m.product_id
 WHERE m.reference ILIKE '%c0ffe%' ORDER BY m.id;
