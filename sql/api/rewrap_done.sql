-- What a daemon has wrapped anew of a case that api.rewrap_next() told it, {id, version, wraps: [{key, old,
-- new}]}: each in the place of the old, and the case is its new group's. No route shows it.
CREATE OR REPLACE FUNCTION api.rewrap_done(actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint,
                                           OUT content jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c register.complaint;
    good boolean;
BEGIN
    SELECT x.* INTO c FROM register.complaint AS x WHERE x.id = (body ->> 'id')::uuid FOR UPDATE;
    SELECT coalesce(bool_and(rules.wrapped_anew(c, w ->> 'key', decode(w ->> 'old', 'base64'),
                                                decode(w ->> 'new', 'base64'))), true) INTO good
    FROM jsonb_array_elements(body -> 'wraps') AS w;
    status := 200;
    content := jsonb_build_object(
        'ref', c.ref, 'done', good AND rules.wrapped_all(c.id, (body ->> 'version')::bigint));
END;
$$;
COMMENT ON FUNCTION api.rewrap_done(text, jsonb, jsonb) IS 'What a daemon has wrapped anew of a case';
