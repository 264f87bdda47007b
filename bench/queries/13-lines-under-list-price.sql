-- name: order lines under the list price
SELECT l.name, count(*) AS lines, sum(i.price - d."Net Price") AS difference
  FROM "Order Details" d JOIN price_list_item i ON i.product_id = d."Product" AND i.from_quantity <= d."Quantity" JOIN price_list l ON l.id = i.price_list_id
 WHERE d."Net Price" < i.price
 GROUP BY l.name ORDER BY l.name;
