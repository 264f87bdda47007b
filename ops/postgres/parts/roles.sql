-- Roles, each with what it needs and no more. None is a superuser, none may make roles.
--
--   app_owner   owns schemas and tables; nobody logs in as it
--   app         the application: reads and writes rows
--   app_read    reports: reads
--   monitor     the exporter: statistics, no rows
--   migrator    causeway, and later the application's schema changes: acts as app_owner
--   backup      reads everything, and makes the scratch database in which a backup is proved
--   replicator  a standby: streams the log
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY['app_owner', 'app', 'app_read', 'monitor', 'migrator', 'backup', 'replicator']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE app_owner  NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE app        NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 200;
ALTER ROLE app_read   NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 10;
ALTER ROLE monitor    NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 3;
-- Two pools of each service and the commands: 24 at most.
ALTER ROLE migrator   NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 40;
ALTER ROLE backup     NOLOGIN NOSUPERUSER CREATEDB   NOCREATEROLE NOREPLICATION BYPASSRLS   INHERIT CONNECTION LIMIT 12;
ALTER ROLE replicator NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION   NOBYPASSRLS INHERIT CONNECTION LIMIT 4;

GRANT app_owner TO migrator;
GRANT pg_monitor TO monitor;
GRANT pg_read_all_data TO backup;
-- What the migrator makes belongs to app_owner from the first moment. session_user still tells the two apart.
ALTER ROLE migrator SET role = 'app_owner';
-- Changes of the source are applied without firing triggers and foreign keys, which their own effects have passed already.
GRANT SET ON PARAMETER session_replication_role TO app_owner;

-- A statement or transaction that is forgotten holds locks, and keeps old rows from being removed. Causeway sets its own.
ALTER ROLE app      SET statement_timeout = '30s';
ALTER ROLE app      SET lock_timeout = '5s';
ALTER ROLE app      SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE app      SET idle_session_timeout = '30min';
ALTER ROLE app_read SET statement_timeout = '5min';
ALTER ROLE app_read SET idle_in_transaction_session_timeout = '1min';
ALTER ROLE app_read SET default_transaction_read_only = 'on';
ALTER ROLE monitor  SET statement_timeout = '10s';
ALTER ROLE monitor  SET default_transaction_read_only = 'on';
ALTER ROLE migrator SET idle_in_transaction_session_timeout = '5min';
ALTER ROLE backup   SET default_transaction_read_only = 'off';
ALTER ROLE backup   SET lock_timeout = '1min';

-- Passwords come from files; a role without one keeps NOLOGIN.
\getenv secrets SECRETS_DIR
\if :{?secrets}
\else
\set secrets /run/secrets
\endif
\setenv SECRETS :secrets
\set app_password `cat "$SECRETS/app_password" 2>/dev/null || true`
\set app_read_password `cat "$SECRETS/app_read_password" 2>/dev/null || true`
\set monitor_password `cat "$SECRETS/monitor_password" 2>/dev/null || true`
\set migrator_password `cat "$SECRETS/migrator_password" 2>/dev/null || true`
\set backup_password `cat "$SECRETS/backup_password" 2>/dev/null || true`
\set replicator_password `cat "$SECRETS/replicator_password" 2>/dev/null || true`
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', name, password)
  FROM (VALUES ('app', :'app_password'), ('app_read', :'app_read_password'), ('monitor', :'monitor_password'), ('migrator', :'migrator_password'),
               ('backup', :'backup_password'), ('replicator', :'replicator_password')) AS given (name, password)
 WHERE password <> '' \gexec
