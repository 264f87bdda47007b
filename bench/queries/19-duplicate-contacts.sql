-- name: contacts that may be the same person
SELECT p.last_name, p.first_name, c.country_code, count(*) AS contacts, count(DISTINCT p.company_id) AS companies, min(p.id) AS first_id
  FROM contact_person p JOIN company c ON c.id = p.company_id
 GROUP BY p.last_name, p.first_name, c.country_code HAVING count(*) > 1
 ORDER BY contacts DESC, first_id LIMIT 200;
