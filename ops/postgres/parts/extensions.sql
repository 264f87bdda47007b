-- In public, where applications look for their functions and operators.
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;
-- Its view answers once settings.sql has loaded the library, at the next start.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public;
