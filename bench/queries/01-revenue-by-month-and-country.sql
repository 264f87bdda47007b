-- name: revenue by month and country
SELECT strftime('%Y-%m', o.placed_at) AS month, c.country_code, count(DISTINCT o.id) AS orders, sum(d.total_cents) AS cents
  FROM sales_order o JOIN "Order Details" d ON d."Order ID" = o.id JOIN company c ON c.id = o.company_id
 WHERE o.status <> 'cancelled'
 GROUP BY 1, 2 ORDER BY 1, 2;
-- postgres:
SELECT to_char(o.placed_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, c.country_code, count(DISTINCT o.id) AS orders, sum(d.total_cents) AS cents
  FROM sales_order o JOIN "Order Details" d ON d."Order ID" = o.id JOIN company c ON c.id = o.company_id
 WHERE o.status <> 'cancelled'
 GROUP BY 1, 2 ORDER BY 1, 2;
