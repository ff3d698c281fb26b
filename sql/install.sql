-- install.sql - what only a superuser can do, once per database and harmless to repeat
--
-- Fed to psql through stdin, connected to the database that the register will live in:
--
--     createdb --encoding=UTF8 --locale=C --template=template0 grievd
--     psql --set=ON_ERROR_STOP=1 --dbname=grievd < sql/install.sql
--
-- Four roles: grievd_owner owns everything and is used by `grievd migrate` alone; grievd is
-- the daemon and may execute schema api, nothing else; grievd_report may read the views of
-- schema report; grievd_notify takes mail from the outbox and says what became of it. None has a
-- password here: the cluster's pg_hba.conf says how they log in.

BEGIN;

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['grievd_owner', 'grievd', 'grievd_report',
                                   'grievd_notify'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role_name);
        END IF;
        EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
                       role_name);

        -- Texts of complaints travel as parameters: no log may show a statement of these roles,
        -- not even one that fails.
        EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', role_name);
        EXECUTE format('ALTER ROLE %I SET log_min_messages = panic', role_name);
        EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', role_name);
        EXECUTE format('ALTER ROLE %I SET log_statement = none', role_name);
        EXECUTE format('ALTER ROLE %I SET log_min_duration_statement = -1', role_name);
        EXECUTE format('ALTER ROLE %I SET log_min_duration_sample = -1', role_name);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', role_name);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', role_name);

        EXECUTE format('ALTER ROLE %I SET timezone = ''Asia/Bangkok''', role_name);
        EXECUTE format('ALTER ROLE %I SET search_path = pg_catalog', role_name);
        EXECUTE format('ALTER ROLE %I SET datestyle = ISO', role_name);
        -- What is read often is in memory: an index is as near as the start of a table.
        EXECUTE format('ALTER ROLE %I SET random_page_cost = 1.1', role_name);
        EXECUTE format('ALTER ROLE %I SET jit = off', role_name);
        EXECUTE format('ALTER ROLE %I SET default_transaction_isolation = ''read committed''',
                       role_name);
    END LOOP;

    -- A commit is never timed out: an unknown outcome is worse than a late one.
    ALTER ROLE grievd SET statement_timeout = 0;
    ALTER ROLE grievd SET lock_timeout = 0;
    ALTER ROLE grievd SET synchronous_commit = on;
    ALTER ROLE grievd_notify SET synchronous_commit = on;
    ALTER ROLE grievd SET idle_in_transaction_session_timeout = '60s';
    ALTER ROLE grievd_report SET default_transaction_read_only = on;

    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO grievd_owner', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO grievd, grievd_report, grievd_notify',
                   current_database());
END;
$$;

-- Whatever the owner creates later, PUBLIC gets no EXECUTE on it. This must be said without
-- IN SCHEMA: the per-schema form can only add privileges and would have no effect.
ALTER DEFAULT PRIVILEGES FOR ROLE grievd_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE grievd_owner REVOKE USAGE ON TYPES FROM PUBLIC;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS register AUTHORIZATION grievd_owner; -- the tables
CREATE SCHEMA IF NOT EXISTS rules AUTHORIZATION grievd_owner;    -- what they mean, time passed in
CREATE SCHEMA IF NOT EXISTS api AUTHORIZATION grievd_owner;      -- one function a route
CREATE SCHEMA IF NOT EXISTS report AUTHORIZATION grievd_owner;   -- the same numbers as views

COMMIT;
