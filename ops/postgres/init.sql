-- Prepares a PostgreSQL 15 or newer for an application and its migration. Run once, by a superuser, in the application's
-- database: the image does it with an empty volume; by hand: psql -v ON_ERROR_STOP=1 -f ops/postgres/init.sql. Again is harmless.
--
-- Passwords are read from files named like the role in /run/secrets, or in the folder that SECRETS_DIR names; a role without
-- a file cannot log in. docs/postgres.md describes roles, audit, time stamps and settings.
\set ON_ERROR_STOP on
-- What is typed here must not reach the log or the statistics: some of it is passwords.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET client_min_messages = 'warning';
SET password_encryption = 'scram-sha-256';

\ir parts/extensions.sql
\ir parts/roles.sql
\ir parts/privileges.sql
\ir parts/timestamps.sql
\ir parts/audit.sql
\ir parts/settings.sql
