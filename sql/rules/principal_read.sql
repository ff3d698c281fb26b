-- A principal as a request describes him, every member checked; roles in the taxonomy's order.
-- An administrator chooses who reads what, so he himself neither scores nor reads cases.
CREATE OR REPLACE FUNCTION rules.principal_read(body jsonb)
RETURNS register.principal
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person register.principal;
BEGIN
    person.name := rules.code_member(body, 'name');
    person.name_th := rules.text_member(body, 'name_th');
    person.name_en := rules.text_member(body, 'name_en');
    person.unit := rules.text_member(body, 'unit');
    person.active := rules.boolean_member(body, 'active');
    person.email := rules.text_member(body, 'email', false);
    IF person.email !~ '^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}([.][A-Za-z0-9-]{1,63}){1,8}$'
    THEN
        RAISE EXCEPTION '/email must be the address of a mailbox' USING ERRCODE = 'ZG422';
    END IF;
    IF person.name = 'system' THEN
        RAISE EXCEPTION '/name is the register''s own' USING ERRCODE = 'ZG422';
    END IF;
    IF NOT EXISTS (SELECT FROM register.unit AS u WHERE u.code = person.unit) THEN
        RAISE EXCEPTION '/unit is not a known unit' USING ERRCODE = 'ZG422';
    END IF;
    IF coalesce(jsonb_typeof(body -> 'roles'), '') <> 'array'
       OR EXISTS (SELECT FROM jsonb_array_elements(body -> 'roles') AS r
                  WHERE NOT EXISTS (SELECT FROM register.taxonomy AS t
                                    WHERE t.kind = 'role' AND to_jsonb(t.code) = r)) THEN
        RAISE EXCEPTION '/roles must be a list of known codes' USING ERRCODE = 'ZG422';
    END IF;
    SELECT coalesce(array_agg(t.code ORDER BY t.ord), '{}') INTO person.role_set
    FROM register.taxonomy AS t
    WHERE t.kind = 'role' AND body -> 'roles' ? t.code;
    IF 'admin' = ANY (person.role_set)
       AND NOT person.role_set <@ ARRAY['admin', 'officer', 'unit_head'] THEN
        RAISE EXCEPTION '/roles: an administrator neither scores nor reads cases'
            USING ERRCODE = 'ZG422';
    END IF;
    person.roles := array_to_string(person.role_set, ' ');
    SELECT p.demo INTO person.demo FROM register.principal AS p WHERE p.name = person.name;
    person.demo := coalesce(person.demo, false);
    RETURN person;
END;
$$;
COMMENT ON FUNCTION rules.principal_read(jsonb) IS
    'A principal as a request describes him, checked';
