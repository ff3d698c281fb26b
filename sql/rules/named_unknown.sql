-- Whether any of these is neither, as may be, the name of a principal nor the code of a unit.
CREATE OR REPLACE FUNCTION rules.named_unknown(names text[], principals boolean, units boolean)
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM unnest(names) AS n
        WHERE NOT (principals AND EXISTS (SELECT FROM register.principal AS p WHERE p.name = n)
                   OR units AND EXISTS (SELECT FROM register.unit AS u WHERE u.code = n)))
$$;
COMMENT ON FUNCTION rules.named_unknown(text[], boolean, boolean) IS
    'Whether any of these names is unknown to the register';
