-- What happened to a case after its acceptance, as the elements of a JSON array after its first.
CREATE OR REPLACE FUNCTION rules.later_events(asked uuid) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg(',' || json_build_object(
                       'at', e.at, 'kind', e.kind, 'kind_th', t.th, 'by', e.actor,
                       'by_unit', e.unit, 'from', e.from_state, 'to', e.to_state,
                       'fields', coalesce(e.fields, '{}'))::text, '' ORDER BY e.position)
            FROM register.event AS e
            JOIN register.taxonomy AS t ON t.kind = 'event' AND t.code = e.kind
            WHERE e.complaint = asked);
END;
$$;
