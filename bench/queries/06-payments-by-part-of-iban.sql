-- name: payments by a part of the account number
SELECT p.id, p.iban, p.amount, p.purpose, i.number
  FROM payment p LEFT JOIN invoice i ON i.id = p.invoice_id
 WHERE p.iban LIKE '%4711%' OR p.purpose LIKE '%4711%' ORDER BY p.id;
-- postgres:
SELECT p.id, p.iban, p.amount, p.purpose, i.number
  FROM payment p LEFT JOIN invoice i ON i.id = p.invoice_id
 WHERE p.iban ILIKE '%4711%' OR p.purpose ILIKE '%4711%' ORDER BY p.id;
