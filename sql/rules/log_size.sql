-- How many leaves the ledger has in the snapshot of whoever asks; NULL while there is no ledger.
CREATE OR REPLACE FUNCTION rules.log_size() RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::bigint $$;
COMMENT ON FUNCTION rules.log_size() IS 'How many leaves the ledger has; NULL without one';
