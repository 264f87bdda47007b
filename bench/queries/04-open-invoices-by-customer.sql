-- name: open invoices by customer
SELECT c.id, c.name, count(*) AS invoices, sum(i.net + i.vat - coalesce(p.paid, 0)) AS open_amount
  FROM invoice i
  JOIN sales_order o ON o.id = i.order_id
  JOIN company c ON c.id = o.company_id
  LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM payment GROUP BY invoice_id) p ON p.invoice_id = i.id
 WHERE i.cancelled_by IS NULL AND i.due_on < '2024-06-30' AND i.net + i.vat > coalesce(p.paid, 0)
 GROUP BY c.id, c.name ORDER BY open_amount DESC, c.id LIMIT 100;
