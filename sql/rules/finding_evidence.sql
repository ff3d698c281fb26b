-- One piece of evidence of a kind, of whatever unit.
CREATE OR REPLACE FUNCTION rules.finding_evidence(day date, criterion text, kind text)
RETURNS TABLE (present boolean, unit text, th text, en text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT f.present, NULL::text, f.th, f.en
    FROM rules.evidence_finding(day, criterion, kind, NULL, NULL) AS f;
END;
$$;
COMMENT ON FUNCTION rules.finding_evidence(date, text, text) IS
    'Whether evidence of a kind counts on a day';
