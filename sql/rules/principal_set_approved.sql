-- Carry out an approved change of a principal, if he still is as he was when it was proposed.
CREATE OR REPLACE FUNCTION rules.principal_set_approved(request jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person register.principal := rules.principal_read(request -> 'after');
    today  jsonb;
BEGIN
    SELECT rules.principal_json(p) INTO today
    FROM register.principal AS p WHERE p.name = person.name FOR UPDATE;
    IF coalesce(today, 'null') <> request -> 'before' THEN
        RAISE EXCEPTION 'the principal has changed since this was proposed' USING ERRCODE = 'ZG409';
    END IF;
    PERFORM rules.principal_store(person, today IS NULL);
END;
$$;
COMMENT ON FUNCTION rules.principal_set_approved(jsonb) IS
    'Carry out an approved change of a principal';
