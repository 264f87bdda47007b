-- name: customers who no longer order
SELECT c.country_code, count(*) AS customers, sum(s.cents) AS cents
  FROM company c
  JOIN (SELECT o.company_id, max(o.placed_at) AS last, sum(d.total_cents) AS cents
          FROM sales_order o JOIN "Order Details" d ON d."Order ID" = o.id GROUP BY o.company_id) s ON s.company_id = c.id
 WHERE s.last < '2024-09-01 00:00:00' AND c.is_customer = 1
 GROUP BY c.country_code ORDER BY c.country_code;
-- postgres:
SELECT c.country_code, count(*) AS customers, sum(s.cents) AS cents
  FROM company c
  JOIN (SELECT o.company_id, max(o.placed_at) AS last, sum(d.total_cents) AS cents
          FROM sales_order o JOIN "Order Details" d ON d."Order ID" = o.id GROUP BY o.company_id) s ON s.company_id = c.id
 WHERE s.last < '2024-09-01 00:00:00+00' AND c.is_customer
 GROUP BY c.country_code ORDER BY c.country_code;
