-- How a case is proposed to end, {outcome, by}: by its newest proposal of closure.
CREATE OR REPLACE FUNCTION rules.case_proposal(asked uuid) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('outcome', e.fields -> 'outcome', 'by', e.actor)
    FROM register.event AS e
    WHERE e.complaint = asked AND e.kind = 'propose'
    ORDER BY e.position DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION rules.case_proposal(uuid) IS 'How a case is proposed to end, and by whom';
