-- name: activity by month
SELECT strftime('%Y-%m', happened_at) AS month, action, count(*) AS events, count(DISTINCT user_id) AS users, count(DISTINCT object) AS objects
  FROM audit_log GROUP BY 1, 2 ORDER BY 1, 2;
-- postgres:
SELECT to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, action, count(*) AS events, count(DISTINCT user_id) AS users, count(DISTINCT object) AS objects
  FROM audit_log GROUP BY 1, 2 ORDER BY 1, 2;
