-- What happened to a case after its acceptance, as the elements of a JSON array after its first:
-- `all` with what was told, for those who read the case; the `chain` likewise, for the auditor;
-- only the `moves`, and nothing told, for who submitted it. Texts are not in it: `sealed` names those
-- that lie in envelopes, which complaint_open hands out by `event_id`. Of other cases nothing is in it
-- that the viewer does not see.
CREATE OR REPLACE FUNCTION rules.later_events(asked uuid, viewer text, detail text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(',' || (jsonb_build_object(
                       'at', e.at, 'kind', e.kind, 'kind_th', t.th, 'by', e.actor,
                       'by_unit', e.unit, 'from', e.from_state, 'to', e.to_state,
                       'fields', CASE WHEN detail = 'moves' OR e.fields IS NULL THEN '{}'
                                      ELSE rules.told_seen(viewer, e.fields) - s.members END)
                       || CASE WHEN detail = 'all' AND s.members <> '{}'
                               THEN jsonb_build_object('event_id', e.event_id, 'sealed', s.members)
                               ELSE '{}' END)::text,
                       '' ORDER BY e.position)
            FROM register.event AS e
            JOIN register.taxonomy AS t ON t.kind = 'event' AND t.code = e.kind
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(f.key ORDER BY f.key), '{}') AS members
                FROM jsonb_each(e.fields) AS f WHERE f.value ? 'wraps') AS s
            WHERE e.complaint = asked
              AND rules.told_seen(viewer, coalesce(e.fields, '{}')) IS NOT NULL
              AND (detail <> 'moves' OR e.to_state IS NOT NULL AND e.kind <> 'accuse'));
END;
$$;
