-- The short queries of an application's screens: by key, or a handful of rows by an index.

-- name: order by number
-- param: id = 1..50000
SELECT id, number, company_id, placed_at, status, remark FROM sales_order WHERE id = :id;

-- name: lines of an order
-- param: id = 1..50000
SELECT d."Line", d."Quantity", d.unit_price_cents, d.total_cents, p.sku, p.name
  FROM "Order Details" d JOIN product p ON p.id = d."Product" WHERE d."Order ID" = :id ORDER BY d."Line";

-- name: last orders of a customer
-- param: id = 1..10000
SELECT id, number, placed_at, status FROM sales_order WHERE company_id = :id ORDER BY placed_at DESC, id LIMIT 20;

-- name: product by stock number
-- param: number = 1..14000
SELECT id, sku, name, net_price, vat_percent FROM product WHERE number = :number;

-- name: payments of an invoice
-- param: id = 1..40000
SELECT id, amount, method, matched FROM payment WHERE invoice_id = :id ORDER BY id;

-- name: customer with addresses
-- param: id = 1..10000
SELECT c.id, c.name, c.country_code, a.purpose, a.street, a.city FROM company c LEFT JOIN address a ON a.company_id = c.id WHERE c.id = :id ORDER BY a.id;
