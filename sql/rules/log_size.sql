-- How many leaves the log has in the snapshot of whoever asks; NULL while there is none.
CREATE OR REPLACE FUNCTION rules.log_size() RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT nullif(h.leaf_count, 0) FROM register.head AS h
$$;
COMMENT ON FUNCTION rules.log_size() IS 'How many leaves the log has; NULL while there is none';
