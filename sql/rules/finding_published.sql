-- Published to both audiences, staff and public.
CREATE OR REPLACE FUNCTION rules.finding_published(day date, criterion text)
RETURNS TABLE (present boolean, unit text, th text, en text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT f.present, NULL::text, f.th, f.en
    FROM unnest(ARRAY['internal', 'external']) WITH ORDINALITY AS a (audience, ord)
    CROSS JOIN LATERAL rules.evidence_finding(day, criterion, 'publication', NULL, a.audience) AS f
    ORDER BY a.ord;
END;
$$;
COMMENT ON FUNCTION rules.finding_published(date, text) IS
    'Whether publication inside and outside is in evidence on a day';
