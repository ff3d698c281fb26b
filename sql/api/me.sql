-- GET /v1/me: who the certificate stands for, and what he may call.
CREATE OR REPLACE FUNCTION api.me(actor text, params jsonb, body jsonb,
                                  OUT status integer, OUT version bigint, OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'me');
BEGIN
    SELECT 200, json_build_object(
               'name', caller.name, 'name_th', caller.name_th, 'name_en', caller.name_en,
               'unit', json_build_object('code', u.code, 'name_th', u.name_th,
                                         'name_en', u.name_en, 'kind', u.kind),
               'roles', caller.role_set,
               'rights', (SELECT json_agg(DISTINCT r.function) FROM register.rights AS r
                          WHERE r.role = 'any' OR r.role = ANY (caller.role_set)))
    INTO status, content
    FROM register.unit AS u
    WHERE u.code = caller.unit;
END;
$$;
