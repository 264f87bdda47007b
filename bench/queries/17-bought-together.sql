-- name: products bought together
SELECT a."Product" AS product, b."Product" AS other, count(*) AS times
  FROM "Order Details" a JOIN "Order Details" b ON b."Order ID" = a."Order ID" AND b."Line" > a."Line"
 GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY times DESC, 1, 2 LIMIT 100;
