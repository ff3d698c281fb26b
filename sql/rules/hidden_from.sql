-- Whether a case is hidden from somebody: from himself, or from his unit. Where thousands of cases are
-- asked about (rules.case_seen, rules.return_list) the condition stands in the query, which can join.
CREATE OR REPLACE FUNCTION rules.hidden_from(who register.principal, asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM register.case_excluded AS x
                   WHERE x.complaint = asked
                     AND (x.kind = 'principal' AND x.code = who.name
                          OR x.kind = 'unit' AND x.code = who.unit));
END;
$$;
COMMENT ON FUNCTION rules.hidden_from(register.principal, uuid) IS
    'Whether a case is hidden from somebody';
