-- The kinds of event that somebody acting in these roles can post about a case now, if he tells the
-- right things: by the row that rules.case_move() would take, or by one of those that it might.
CREATE OR REPLACE FUNCTION rules.case_moves(now timestamptz, f register.complaint, acts_as text[],
                                            actor text)
RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    move  register.move;
    sure  text; -- the kind whose row is known: a later one is not looked at
    kinds text[];
    settled boolean;
BEGIN
    SELECT m.kinds, m.settled INTO kinds, settled
    FROM rules.moves_plain(f.state, f.route, acts_as) AS m;
    IF settled THEN
        RETURN kinds;
    END IF;

    kinds := '{}';
    FOR move IN SELECT m.* FROM register.move AS m
                WHERE f.state = ANY (m.from_states) AND f.route = ANY (m.routes)
                  AND m.roles && acts_as
                ORDER BY m.kind, m.ord
    LOOP
        CONTINUE WHEN move.kind = sure
                   OR move.selects <> '{}'
                      AND NOT rules.conditions_may_hold(move.selects, now, f, actor);
        IF move.kind <> ALL (kinds)
           AND (move.conditions = '{}'
                OR rules.conditions_may_hold(move.conditions, now, f, actor))
           AND NOT (move.two_person AND rules.proposal_waits(now, f.id, move.kind, actor))
        THEN
            kinds := kinds || move.kind;
        END IF;
        IF move.selects = '{}' THEN
            sure := move.kind;
        ELSIF NOT EXISTS (SELECT FROM unnest(move.selects) AS s
                          WHERE rules.condition_holds(s, now, f, actor, NULL) IS NOT TRUE) THEN
            sure := move.kind;
        END IF;
    END LOOP;
    RETURN kinds;
END;
$$;
COMMENT ON FUNCTION rules.case_moves(timestamptz, register.complaint, text[], text) IS
    'The kinds of event that can be posted about a case now';
