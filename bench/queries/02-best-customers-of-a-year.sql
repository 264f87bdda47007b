-- name: best customers of a year
SELECT c.id, c.name, count(DISTINCT o.id) AS orders, sum(d.total_cents) AS cents
  FROM company c JOIN sales_order o ON o.company_id = c.id JOIN "Order Details" d ON d."Order ID" = o.id
 WHERE o.placed_at >= '2023-01-01 00:00:00' AND o.placed_at < '2024-01-01 00:00:00' AND o.status IN ('shipped', 'closed')
 GROUP BY c.id, c.name ORDER BY cents DESC, c.id LIMIT 50;
