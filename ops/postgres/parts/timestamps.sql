-- created_at and updated_at that no client has to set: SELECT timestamps.track('public.orders'); timestamps.untrack(…) ends it.
CREATE SCHEMA IF NOT EXISTS timestamps AUTHORIZATION app_owner;
GRANT USAGE ON SCHEMA timestamps TO PUBLIC;

-- Silent for causeway: what arrives from SQLite has its own times, and must stay what it is. The migrator's sessions are
-- told by who logged in, which SET ROLE cannot change; with session_replication_role = replica triggers do not fire at all.
CREATE OR REPLACE FUNCTION timestamps.stamp() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF 'created' = ANY (TG_ARGV) THEN NEW.created_at := coalesce(NEW.created_at, now()); END IF;
    IF 'updated' = ANY (TG_ARGV) THEN NEW.updated_at := coalesce(NEW.updated_at, now()); END IF;
  ELSE
    IF 'created' = ANY (TG_ARGV) THEN NEW.created_at := OLD.created_at; END IF;
    -- A row that stays as it is was not changed.
    IF 'updated' = ANY (TG_ARGV) AND OLD *<> NEW THEN NEW.updated_at := now(); END IF;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION timestamps.track(tracked regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  columns text[] := ARRAY(SELECT split_part(attname, '_', 1) FROM pg_attribute
    WHERE attrelid = tracked AND attname IN ('created_at', 'updated_at') AND NOT attisdropped AND atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype) ORDER BY 1);
BEGIN
  IF columns = '{}' THEN RAISE EXCEPTION 'table % has neither created_at nor updated_at of a timestamp type', tracked; END IF;
  PERFORM timestamps.untrack(tracked);
  -- zz: after other triggers of the row, whose changes count too.
  EXECUTE format('CREATE TRIGGER zz_timestamps BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (session_user <> ''migrator'') EXECUTE FUNCTION timestamps.stamp(%s)',
    tracked, (SELECT string_agg(quote_literal(c), ', ') FROM unnest(columns) AS c));
END $$;

CREATE OR REPLACE FUNCTION timestamps.untrack(tracked regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('DROP TRIGGER IF EXISTS zz_timestamps ON %s', tracked);
END $$;

REVOKE ALL ON FUNCTION timestamps.track(regclass), timestamps.untrack(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION timestamps.track(regclass), timestamps.untrack(regclass) TO app_owner;
ALTER FUNCTION timestamps.track(regclass) OWNER TO app_owner;
ALTER FUNCTION timestamps.untrack(regclass) OWNER TO app_owner;
ALTER FUNCTION timestamps.stamp() OWNER TO app_owner;
