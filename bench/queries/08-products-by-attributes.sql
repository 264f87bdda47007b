-- name: products by attributes
SELECT json_extract(attributes, '$.colour') AS colour, json_extract(attributes, '$.material') AS material, count(*) AS products, avg(net_price) AS price
  FROM product WHERE discontinued = 0 AND json_extract(attributes, '$.nested.yes') = 1
 GROUP BY 1, 2 ORDER BY 1, 2;
-- postgres:
SELECT attributes->>'colour' AS colour, attributes->>'material' AS material, count(*) AS products, avg(net_price) AS price
  FROM product WHERE NOT discontinued AND attributes @> '{"nested": {"yes": true}}'
 GROUP BY 1, 2 ORDER BY 1, 2;
