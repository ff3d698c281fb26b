-- PUT /v1/complaints/{id}: the batch of rules.complaint_submit at the present moment.
CREATE OR REPLACE FUNCTION api.complaint_submit(
    ids uuid[], actors text[], units text[], channels text[], processes text[], subjects text[],
    classes text[], identities text[], received date[], accused_units text[],
    accused_roles text[], accused_principals text[], conflicts text[], sources text[],
    box_openings uuid[], bodies bytea[], complainants bytea[], commits bytea[], salts_m bytea[],
    salts_b bytea[], salts_i bytea[], parts_b bytea[], parts_i bytea[], track_hashes bytea[],
    nonce_key_ids smallint[])
RETURNS TABLE (status integer, ref text, state text, route text, detail text,
               nonce_key_id integer, stale boolean, fsync text, synchronous_commit text,
               in_recovery boolean, standbys text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT s.*
    FROM rules.complaint_submit(
             clock_timestamp(), ids, actors, units, channels, processes, subjects, classes,
             identities, received, accused_units, accused_roles, accused_principals, conflicts,
             sources, box_openings, bodies, complainants, commits, salts_m, salts_b, salts_i,
             parts_b, parts_i, track_hashes, nonce_key_ids) AS s;
END;
$$;
