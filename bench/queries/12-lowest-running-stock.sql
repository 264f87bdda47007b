-- name: lowest running stock
SELECT product_id, min(running) AS lowest, count(*) AS moves
  FROM (SELECT product_id, sum(quantity) OVER (PARTITION BY product_id ORDER BY moved_at, id) AS running FROM stock_move) r
 GROUP BY product_id HAVING min(running) < -3000 ORDER BY lowest, product_id LIMIT 100;
