-- name: sales by category
SELECT k.id, k.name, count(*) AS lines, sum(d."Quantity") AS pieces, sum(d.total_cents) AS cents
  FROM "Order Details" d JOIN product_category pc ON pc.product_id = d."Product" JOIN category k ON k.id = pc.category_id
 GROUP BY k.id, k.name ORDER BY k.id;
