-- The next case, after a position, that is still wrapped for the group that had it before, if a daemon
-- can open it: params.opens lists the routes whose keys it holds. `items` is what there is to wrap.
-- No route shows it.
CREATE OR REPLACE FUNCTION api.rewrap_next(actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint,
                                           OUT content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c register.complaint;
BEGIN
    status := 200;
    SELECT x.* INTO c FROM register.complaint AS x
    WHERE x.route <> coalesce(x.wrapped_for, x.accepted_route) AND x.erased_at IS NULL
      AND x.position > (params ->> 'after')::bigint
      AND params -> 'opens' ? coalesce(x.wrapped_for, x.accepted_route)
    ORDER BY x.position LIMIT 1;
    content := CASE WHEN c.id IS NULL THEN '{}' ELSE jsonb_build_object(
        'position', c.position, 'id', c.id, 'ref', c.ref, 'version', c.version, 'items', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'key', w.key, 'id', w.id, 'name', w.name, 'routes', array_to_string(w.routes, ' '),
                       'wraps', rules.base64(w.wraps))), '[]')
            FROM rules.wrapped(c) AS w)) END;
END;
$$;
COMMENT ON FUNCTION api.rewrap_next(text, jsonb, jsonb) IS
    'The next case that is still wrapped for the group that had it before';
