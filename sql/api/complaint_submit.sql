-- PUT /v1/complaints/{id}: the batch of rules.complaint_submit at the present moment, a row for each
-- item in order. The first row also has the leaves that the log got, for the 201s in their order,
-- and how durable the server commits.
CREATE OR REPLACE FUNCTION api.complaint_submit(
    ids uuid[], actors text[], units text[], channels text[], processes text[], subjects text[],
    classes text[], identities text[], received date[], accused_units text[],
    accused_roles text[], accused_principals text[], conflicts text[], sources text[],
    box_openings uuid[], sealed_for text[], bodies bytea[], identities_sealed bytea[],
    wraps bytea[], commits bytea[], openings bytea[], track_hashes bytea[],
    nonce_key_ids smallint[])
RETURNS TABLE (status integer, ref text, state text, route text, detail text,
               nonce_key_id integer, stale boolean, leaf_index bigint, first_leaf bigint,
               leaves bytea, fsync text, synchronous_commit text,
               in_recovery boolean, standbys text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT i.status, CASE WHEN i.status < 300 THEN s.refs[i.k] END,
           CASE WHEN i.status < 300 THEN 'RECEIVED' END,
           CASE WHEN i.status < 300 THEN coalesce(s.routes[i.k], 'legal') END,
           s.details[i.k], s.key_ids[i.k], coalesce(s.stale[i.k], false),
           s.leaf_indexes[i.k], CASE WHEN i.k = 1 THEN s.first_leaf END,
           CASE WHEN i.k = 1 THEN s.leaves END,
           CASE WHEN i.k = 1 THEN current_setting('fsync') END,
           CASE WHEN i.k = 1 THEN current_setting('synchronous_commit') END,
           CASE WHEN i.k = 1 THEN pg_is_in_recovery() END,
           CASE WHEN i.k = 1 THEN current_setting('synchronous_standby_names') END
    FROM rules.complaint_submit(
             clock_timestamp(), ids, actors, units, channels, processes, subjects, classes,
             identities, received, accused_units, accused_roles, accused_principals, conflicts,
             sources, box_openings, sealed_for, bodies, identities_sealed, wraps, commits,
             openings, track_hashes, nonce_key_ids) AS s
    CROSS JOIN LATERAL unnest(s.statuses) WITH ORDINALITY AS i (status, k);
END;
$$;
