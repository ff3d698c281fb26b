-- The row of the machine by which an event happens, or the refusal that says why it cannot; and what can
-- instead, for the `asker`, who at an approval is another than whose move it is.
CREATE OR REPLACE FUNCTION rules.case_move(now timestamptz, event_kind text, f register.complaint,
                                           acts_as text[], actor text, fields jsonb,
                                           asker text)
RETURNS register.move
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    move    register.move;
    near    register.move; -- it would be this, but for what it selects
    roles   text[];
    missing text[];
    failed  text;
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
            PERFORM rules.case_refuse(now, f.id, asker, 'ZG409', (
                SELECT c.en FROM register.condition AS c WHERE c.code = near.selects[1]));
        END IF;
        SELECT array_agg(DISTINCT r ORDER BY r) INTO roles
        FROM register.move AS m, unnest(m.roles) AS r
        WHERE m.kind = event_kind AND f.state = ANY (m.from_states) AND f.route = ANY (m.routes)
          AND r <> 'system';
        IF roles IS NOT NULL THEN
            PERFORM rules.case_refuse(now, f.id, asker, 'ZG403', format('here this takes another role (%s)',
                                                                 array_to_string(roles, ', ')));
        END IF;
        PERFORM rules.case_refuse(now, f.id, asker, 'ZG409', format(
            'this is not done in state %s on route %s', f.state, f.route));
    END IF;
    missing := ARRAY(SELECT '/' || r.field FROM unnest(move.required) WITH ORDINALITY AS r (field, ord)
                     WHERE NOT fields ? r.field ORDER BY r.ord);
    IF cardinality(missing) = 1 THEN
        RAISE EXCEPTION '% is missing', missing[1] USING ERRCODE = 'ZG422';
    ELSIF missing <> '{}' THEN
        RAISE EXCEPTION '% are missing', array_to_string(missing, ', ') USING ERRCODE = 'ZG422';
    END IF;
    SELECT n.code INTO failed
    FROM unnest(move.conditions) WITH ORDINALITY AS n (code, ord)
    WHERE rules.condition_holds(n.code, now, f, actor, fields) IS NOT TRUE
    ORDER BY n.ord
    LIMIT 1;
    IF failed IS NOT NULL THEN
        PERFORM rules.case_refuse(now, f.id, asker, 'ZG409',
                                  rules.condition_words(failed, now, f, actor, fields));
    END IF;
    RETURN move;
END;
$$;
COMMENT ON FUNCTION rules.case_move(timestamptz, text, register.complaint, text[], text, jsonb,
                                    text) IS
    'The row of the machine by which an event happens, or why it cannot';
