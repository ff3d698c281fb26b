-- Whether the end of a case takes an order that no director who is in office may sign: it is hidden from
-- all of them. Where there is none at all, the next one may.
CREATE OR REPLACE FUNCTION rules.nobody_signs(now timestamptz, f register.complaint) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN rules.condition_holds('needs_order', now, f, NULL, '{}')
       AND coalesce((SELECT bool_and(rules.hidden_from(p, f.id)) FROM register.principal AS p
                     WHERE p.active AND 'director' = ANY (p.role_set)), false);
END;
$$;
COMMENT ON FUNCTION rules.nobody_signs(timestamptz, register.complaint) IS
    'Whether the end of a case takes an order that no director may sign';
