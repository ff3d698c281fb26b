-- What happened to a case after its acceptance, as the elements of a JSON array after its first:
-- `all` with what was told, for those who read the case; the `chain` without its sealed texts, for
-- the auditor; only the `moves`, and nothing told, for who submitted it.
CREATE OR REPLACE FUNCTION rules.later_events(asked uuid, detail text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(',' || json_build_object(
                       'at', e.at, 'kind', e.kind, 'kind_th', t.th, 'by', e.actor,
                       'by_unit', e.unit, 'from', e.from_state, 'to', e.to_state,
                       'fields', CASE WHEN detail = 'moves' OR e.fields IS NULL THEN '{}'
                                      WHEN detail = 'all' THEN e.fields
                                      ELSE e.fields - ARRAY(
                                          SELECT f.field FROM register.event_field AS f
                                          WHERE f.type = 'sealed') END)::text,
                       '' ORDER BY e.position)
            FROM register.event AS e
            JOIN register.taxonomy AS t ON t.kind = 'event' AND t.code = e.kind
            WHERE e.complaint = asked
              AND (detail <> 'moves' OR e.to_state IS NOT NULL AND e.kind <> 'accuse'));
END;
$$;
