-- name: stock turnover by warehouse and kind
SELECT w.code, m.kind, count(*) AS moves, sum(m.quantity) AS pieces, sum(m.quantity * m.unit_cost) AS value
  FROM stock_move m JOIN warehouse w ON w.id = m.warehouse_id
 WHERE m.moved_at >= '2022-01-01 00:00:00' AND m.moved_at < '2024-01-01 00:00:00'
 GROUP BY w.code, m.kind ORDER BY w.code, m.kind;
