-- name: trial balance
SELECT a.number, a.name, f.id AS period, sum(e.debit) AS debit, sum(e.credit) AS credit
  FROM ledger_entry e JOIN ledger_batch b ON b.id = e.batch_id JOIN fiscal_period f ON f.id = b.period_id JOIN account a ON a.number = e.account
 GROUP BY a.number, a.name, f.id ORDER BY a.number, f.id;
