-- Who changed what, when: SELECT audit.enable('public.orders'); audit.disable(…) ends it. Off for every table at first.
-- The log is in a schema that is not migrated: it does not travel back, and a table's own triggers do not see it.
CREATE SCHEMA IF NOT EXISTS audit;
REVOKE ALL ON SCHEMA audit FROM PUBLIC;

CREATE TABLE IF NOT EXISTS audit.change (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  transaction_id bigint NOT NULL DEFAULT txid_current(),
  -- Who logged in, and as whom it acted.
  login          text NOT NULL DEFAULT session_user,
  acting_role    text NOT NULL,
  client_address inet DEFAULT inet_client_addr(),
  application    text NOT NULL DEFAULT coalesce(current_setting('application_name', true), ''),
  table_schema   text NOT NULL,
  table_name     text NOT NULL,
  operation      text NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
  old_row        jsonb,
  new_row        jsonb
);
CREATE INDEX IF NOT EXISTS change_of_table ON audit.change (table_schema, table_name, changed_at);
CREATE INDEX IF NOT EXISTS change_at ON audit.change USING brin (changed_at);

-- Its owner writes the log, whoever changes the table: nobody else has a right on it.
CREATE OR REPLACE FUNCTION audit.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.change (acting_role, table_schema, table_name, operation, old_row, new_row)
  VALUES (coalesce(nullif(current_setting('role', true), 'none'), session_user), TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP,
          CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END,
          CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION audit.enable(audited regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM audit.disable(audited);
  -- Not for causeway, which repeats what SQLite has seen already. See timestamps.sql.
  EXECUTE format('CREATE TRIGGER zz_audit_row AFTER INSERT OR DELETE ON %s FOR EACH ROW WHEN (session_user <> ''migrator'') EXECUTE FUNCTION audit.record()', audited);
  EXECUTE format('CREATE TRIGGER zz_audit_update AFTER UPDATE ON %s FOR EACH ROW WHEN (session_user <> ''migrator'' AND OLD.* *<> NEW.*) EXECUTE FUNCTION audit.record()', audited);
  EXECUTE format('CREATE TRIGGER zz_audit_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT WHEN (session_user <> ''migrator'') EXECUTE FUNCTION audit.record()', audited);
END $$;

CREATE OR REPLACE FUNCTION audit.disable(audited regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['zz_audit_row', 'zz_audit_update', 'zz_audit_truncate'] LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', name, audited);
  END LOOP;
END $$;

-- Which tables are audited.
CREATE OR REPLACE VIEW audit.audited AS
  SELECT tgrelid::regclass AS table, tgenabled <> 'D' AS effective FROM pg_trigger WHERE tgname = 'zz_audit_row';

REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
-- The owner of tables switches it; the trigger's function runs for everybody who may change the table.
GRANT USAGE ON SCHEMA audit TO app_owner;
GRANT EXECUTE ON FUNCTION audit.enable(regclass), audit.disable(regclass), audit.record() TO app_owner;
GRANT SELECT ON audit.audited TO app_owner;
