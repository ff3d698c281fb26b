-- The row of the machine by which an event happens, or the refusal that says why it cannot and what can.
CREATE OR REPLACE FUNCTION rules.case_move(now timestamptz, event_kind text, f register.complaint,
                                           acts_as text[], actor text, fields jsonb)
RETURNS register.move
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    move   register.move;
    member text;
    failed register.condition;
    roles  text[];
    near   register.move; -- it would be this, but for what it selects
BEGIN
    SELECT m.* INTO move
    FROM register.move AS m
    WHERE m.kind = event_kind AND f.state = ANY (m.from_states) AND f.route = ANY (m.routes)
      AND m.roles && acts_as
      AND NOT EXISTS (SELECT FROM unnest(m.selects) AS s
                      WHERE rules.condition_holds(s, now, f, actor, fields) IS NOT TRUE)
    ORDER BY m.ord
    LIMIT 1;
    IF move.kind IS NULL THEN
        SELECT m.* INTO near
        FROM register.move AS m
        WHERE m.kind = event_kind AND f.state = ANY (m.from_states) AND f.route = ANY (m.routes)
          AND m.roles && acts_as
        ORDER BY m.ord
        LIMIT 1;
        IF near.kind IS NOT NULL THEN
            RAISE EXCEPTION '%; what may be done instead: %',
                (SELECT c.en FROM register.condition AS c WHERE c.code = near.selects[1]),
                rules.case_moves_text(f, acts_as, event_kind) USING ERRCODE = 'ZG409';
        END IF;
        SELECT array_agg(DISTINCT r ORDER BY r) INTO roles
        FROM register.move AS m, unnest(m.roles) AS r
        WHERE m.kind = event_kind AND f.state = ANY (m.from_states) AND f.route = ANY (m.routes)
          AND r <> 'system';
        IF roles IS NOT NULL THEN
            RAISE EXCEPTION 'here this takes another role (%); what you may do is: %',
                array_to_string(roles, ', '), rules.case_moves_text(f, acts_as, event_kind)
                USING ERRCODE = 'ZG403';
        END IF;
        RAISE EXCEPTION 'the case is in state % on route %, where you may do: %', f.state, f.route,
            rules.case_moves_text(f, acts_as, event_kind) USING ERRCODE = 'ZG409';
    END IF;
    FOREACH member IN ARRAY move.required LOOP
        IF NOT fields ? member THEN
            RAISE EXCEPTION '/% is missing', member USING ERRCODE = 'ZG422';
        END IF;
    END LOOP;
    SELECT c.* INTO failed
    FROM unnest(move.conditions) WITH ORDINALITY AS n (code, ord)
    JOIN register.condition AS c ON c.code = n.code
    WHERE rules.condition_holds(n.code, now, f, actor, fields) IS NOT TRUE
    ORDER BY n.ord
    LIMIT 1;
    IF failed.code IS NOT NULL THEN
        RAISE EXCEPTION '%; what may be done instead: %', failed.en,
            rules.case_moves_text(f, acts_as, event_kind) USING ERRCODE = 'ZG409';
    END IF;
    RETURN move;
END;
$$;
COMMENT ON FUNCTION rules.case_move(timestamptz, text, register.complaint, text[], text, jsonb) IS
    'The row of the machine by which an event happens, or why it cannot';
