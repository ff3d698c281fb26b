-- Every principal of the register, for administrators and the auditor.
CREATE OR REPLACE FUNCTION rules.principal_list(now timestamptz, actor text, params jsonb,
                                                body jsonb,
                                                OUT status integer, OUT version bigint,
                                                OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'principal_list');
    status := 200;
    SELECT json_build_object('items',
                             coalesce(json_agg(rules.principal_json(p) ORDER BY p.name), '[]'))
    INTO content
    FROM register.principal AS p;
END;
$$;
COMMENT ON FUNCTION rules.principal_list(timestamptz, text, jsonb, jsonb) IS
    'Every principal of the register';
