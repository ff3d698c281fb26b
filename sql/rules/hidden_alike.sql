-- Whether a case may stand as a duplicate of another: the same group has both, and the other is hidden
-- from nobody from whom the case is not. Else he could tell from the one that there is the other.
CREATE OR REPLACE FUNCTION rules.hidden_alike(f register.complaint, original uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM register.complaint AS o
                   WHERE o.id = original AND (o.route = 'legal') = (f.route = 'legal'))
       AND NOT EXISTS (SELECT x.kind, x.code FROM register.case_excluded AS x
                       WHERE x.complaint = original
                       EXCEPT
                       SELECT x.kind, x.code FROM register.case_excluded AS x
                       WHERE x.complaint = f.id);
END;
$$;
COMMENT ON FUNCTION rules.hidden_alike(register.complaint, uuid) IS
    'Whether a case may stand as a duplicate of another';
