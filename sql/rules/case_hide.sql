-- Hide a case from more people, and give it to the group that is to have it now. The case comes
-- back as it is to be stored.
--
-- A route only ever moves away from those who might be concerned: legal, alternate, external; and
-- it moves by itself when no head of its group is left who sees the case, and to the external one when
-- its end takes an order and no director is left who may sign that. A group that gets a case
-- begins anew with its triage. An investigator who no longer sees it is followed by the one with the
-- fewest open cases.
CREATE OR REPLACE FUNCTION rules.case_hide(now timestamptz, INOUT f register.complaint,
                                           kinds text[], codes text[], to_route text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    routes CONSTANT text[] := ARRAY['legal', 'alternate', 'external'];
    place  integer := greatest(array_position(routes, f.route), array_position(routes, to_route));
BEGIN
    INSERT INTO register.case_excluded (complaint, kind, code, since)
    SELECT f.id, x.kind, x.code, now FROM unnest(kinds, codes) AS x (kind, code)
    ON CONFLICT DO NOTHING;
    IF routes[place] = f.route AND place < cardinality(routes)
       AND NOT EXISTS (SELECT FROM rules.case_seen AS s
                       WHERE s.id = f.id AND 'head' = ANY (s.acts_as))
    THEN
        place := place + 1;
    END IF;
    IF rules.nobody_signs(now, f) THEN
        place := cardinality(routes);
    END IF;

    IF routes[place] <> f.route THEN
        f.route := routes[place];
        f.investigator := NULL;
        IF f.state NOT IN ('RECEIVED', 'WAITING_AGENCY', 'CLOSED', 'TRIAGE') THEN
            f.state := 'TRIAGE';
            f.state_since := now;
        END IF;
    ELSIF f.investigator IS NOT NULL AND NOT EXISTS (
        SELECT FROM rules.case_investigators(f) AS i WHERE i.name = f.investigator) THEN
        f.investigator := (
            SELECT i.name
            FROM rules.case_investigators(f) AS i
            ORDER BY (SELECT count(*) FROM register.complaint AS c
                      WHERE c.investigator = i.name AND c.state <> 'CLOSED'), i.name
            LIMIT 1);
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.case_hide(timestamptz, register.complaint, text[], text[], text) IS
    'Hide a case from more people, and re-route it where it must be';
