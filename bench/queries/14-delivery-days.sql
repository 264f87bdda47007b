-- name: days from order to delivery
SELECT s.carrier, s.warehouse_id, count(*) AS shipments, avg(julianday(s.shipped_at) - julianday(o.placed_at)) AS days
  FROM shipment s JOIN sales_order o ON o.id = s.order_id
 WHERE s.shipped_at > o.placed_at
 GROUP BY s.carrier, s.warehouse_id ORDER BY s.carrier, s.warehouse_id;
-- postgres:
SELECT s.carrier, s.warehouse_id, count(*) AS shipments, avg(extract(epoch FROM s.shipped_at - o.placed_at)) / 86400 AS days
  FROM shipment s JOIN sales_order o ON o.id = s.order_id
 WHERE s.shipped_at > o.placed_at
 GROUP BY s.carrier, s.warehouse_id ORDER BY s.carrier NULLS FIRST, s.warehouse_id;
