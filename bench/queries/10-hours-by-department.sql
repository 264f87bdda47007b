-- name: hours by department and month
SELECT d.name, strftime('%Y-%m', t.worked_on) AS month, count(DISTINCT t.employee_id) AS people, sum(t.net_minutes) AS minutes
  FROM time_sheet t JOIN employee e ON e.id = t.employee_id JOIN department d ON d.id = e.department_id
 GROUP BY d.name, 2 ORDER BY d.name, 2;
-- postgres:
SELECT d.name, to_char(t.worked_on, 'YYYY-MM') AS month, count(DISTINCT t.employee_id) AS people, sum(t.net_minutes) AS minutes
  FROM time_sheet t JOIN employee e ON e.id = t.employee_id JOIN department d ON d.id = e.department_id
 GROUP BY d.name, 2 ORDER BY d.name COLLATE "C", 2;
