-- The kinds of event that somebody acting in these roles may post about a case now.
CREATE OR REPLACE FUNCTION rules.case_moves(f register.complaint, acts_as text[]) RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT m.kind ORDER BY m.kind), '{}')
            FROM register.move AS m
            WHERE f.state = ANY (m.from_states) AND f.route = ANY (m.routes) AND m.roles && acts_as);
END;
$$;
COMMENT ON FUNCTION rules.case_moves(register.complaint, text[]) IS
    'The kinds of event that may be posted about a case now';
