-- An accusation is amended: the case is routed and hidden as it would be had it come so. What it
-- said before stays, and whoever was hidden from it stays so.
--
-- `told` comes back with the route, if it changed, and with those who could read the case until
-- now and those who did through the server: a re-route cannot take back what was read.
CREATE OR REPLACE FUNCTION rules.case_accuse(now timestamptz, event uuid,
                                             INOUT f register.complaint, INOUT told jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    routed   record;
    accused  text := (SELECT string_agg(n, ',') FROM jsonb_array_elements_text(
                          coalesce(told -> 'accused', '[]')) AS n);
    conflict text := (SELECT string_agg(n, ',') FROM jsonb_array_elements_text(
                          coalesce(told -> 'conflict', '[]')) AS n);
    before   text := f.route;
    whose    text := f.investigator;
BEGIN
    told := told || jsonb_build_object(
        'could_read', (SELECT coalesce(jsonb_agg(s.viewer ORDER BY s.viewer), '[]')
                       FROM rules.case_seen AS s WHERE s.id = f.id AND s.acts_as <> '{}'),
        'read_by', (SELECT coalesce(jsonb_agg(DISTINCT e.actor ORDER BY e.actor), '[]')
                    FROM register.event AS e
                    WHERE e.complaint = f.id AND e.kind IN ('opened', 'fetched')));
    SELECT r.* INTO routed
    FROM rules.routing(ARRAY[f.unit], ARRAY[f.submitter], ARRAY[told ->> 'accused_unit'],
                       ARRAY[told ->> 'accused_role'], ARRAY[accused], ARRAY[conflict]) AS r;
    f := rules.case_hide(now, f, coalesce(routed.excluded_kinds, '{}'),
                         coalesce(routed.excluded_codes, '{}'), routed.routes[1]);
    IF f.route <> before THEN
        told := told || jsonb_build_object('route', f.route);
    ELSIF f.investigator IS DISTINCT FROM whose THEN
        told := told || jsonb_build_object('successor', f.investigator);
    END IF;
    INSERT INTO register.case_accusation (complaint, at, accused_unit, accused_role,
                                          accused_principals, conflict, route, event_id)
    VALUES (f.id, now, told ->> 'accused_unit', told ->> 'accused_role', accused, conflict, f.route,
            coalesce(event, gen_random_uuid())); -- of another case of the letter
END;
$$;
COMMENT ON FUNCTION rules.case_accuse(timestamptz, uuid, register.complaint, jsonb) IS
    'An accusation is amended';
