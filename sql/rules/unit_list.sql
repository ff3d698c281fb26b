-- Every unit of the register; whoever has a certificate may read them.
CREATE OR REPLACE FUNCTION rules.unit_list(now timestamptz, actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint,
                                           OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'unit_list');
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(rules.unit_json(u) ORDER BY u.code), '[]'))
    INTO content
    FROM register.unit AS u;
END;
$$;
COMMENT ON FUNCTION rules.unit_list(timestamptz, text, jsonb, jsonb) IS
    'Every unit of the register';
