-- Carry out one event of a case that rules.case_move() has let pass, and append it. `by_proposal`
-- is what the approval of a two-person act adds to what is told, and `reply` what its approver is
-- answered instead of what became of the case.
CREATE OR REPLACE FUNCTION rules.case_apply(now timestamptz, caller register.principal,
                                            f register.complaint, move register.move, told jsonb,
                                            event uuid DEFAULT NULL, hash bytea DEFAULT NULL,
                                            by_proposal jsonb DEFAULT '{}',
                                            reply jsonb DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given CONSTANT jsonb := told;
    hidden CONSTANT boolean := EXISTS (SELECT FROM register.case_excluded AS x
                                       WHERE x.complaint = f.id);
    next   register.complaint := f;
    moved  boolean;
    accused record;
    answer jsonb;
BEGIN
    next.version := rules.version_after(f.version, move.kind);
    IF move.to_state IS NOT NULL THEN
        next.state := move.to_state;
        next.state_since := now;
    END IF;
    CASE move.kind
    WHEN 'register' THEN
        next.registered_at := coalesce(f.registered_at, now);
        next.registered_unit := coalesce(f.registered_unit, caller.unit);
    WHEN 'assign' THEN
        next.investigator := told ->> 'investigator';
    WHEN 'close' THEN
        told := told || jsonb_build_object('outcome', rules.case_proposal(f.id) -> 'outcome');
    WHEN 'class_changed' THEN
        next.class := told ->> 'class';
        told := told || jsonb_build_object('from', f.class);
    WHEN 'link' THEN
        next.duplicate_of := (told ->> 'original')::uuid;
    WHEN 'unlink' THEN
        next.duplicate_of := NULL;
        told := told || jsonb_build_object('original', f.duplicate_of);
    WHEN 'accuse' THEN
        accused := rules.case_accuse(now, event, next, told);
        next := accused.f;
        told := accused.told;
    WHEN 'interest' THEN
        next := rules.case_hide(now, next, ARRAY['principal'], ARRAY[caller.name], f.route);
        told := told || rules.case_passed_on(f, next);
    ELSE
        NULL; -- nothing but its state, and what is told
    END CASE;
    IF move.kind = 'class_changed' OR move.kind IN ('register', 'resume', 'return') AND hidden THEN
        next := rules.case_hide(now, next, '{}', '{}', f.route); -- nobody may sign its order, perhaps
        told := told || rules.case_passed_on(f, next);
    END IF;

    UPDATE register.complaint AS c
    SET version = next.version, state = next.state, state_since = next.state_since,
        registered_at = next.registered_at, registered_unit = next.registered_unit,
        class = next.class, route = next.route, investigator = next.investigator,
        duplicate_of = next.duplicate_of
    WHERE c.id = f.id;
    PERFORM rules.clock_follow(now, f, next, move.kind, told);
    IF move.kind IN ('assign', 'propose') OR next.investigator <> f.investigator THEN
        PERFORM rules.outbox_add(now, next,
                                 CASE move.kind WHEN 'propose' THEN 'propose' ELSE 'assign' END,
                                 CASE move.kind WHEN 'propose' THEN '{head}'::text[]
                                                ELSE '{investigator}' END);
    END IF;
    IF f.investigator IS NOT NULL AND next.investigator IS NULL AND next.route = f.route
       AND next.state <> 'INVESTIGATING' THEN -- where its clock says so
        PERFORM rules.outbox_add(now, next, 'unassigned', '{head}');
    END IF;
    IF move.kind = 'reply' AND told @> '{"result": true}' THEN
        PERFORM rules.outbox_add(now, next, 'reply', '{triager,investigator}');
    END IF;
    moved := next.state <> f.state;
    answer := jsonb_build_object('id', f.id, 'ref', f.ref, 'state', next.state,
                                 'version', next.version)
              || CASE WHEN event IS NULL THEN '{}' ELSE jsonb_build_object('event_id', event) END
              -- who is concerned himself is not told where it went
              || CASE WHEN next.route = f.route OR move.kind IN ('accuse', 'interest') THEN '{}'
                      ELSE jsonb_build_object('route', next.route) END;
    PERFORM rules.append(now, caller, move.kind, complaint => f.id, event_id => event,
                         request_hash => hash,
                         from_state => CASE WHEN moved THEN f.state END,
                         to_state => CASE WHEN moved THEN next.state END,
                         fields => told || by_proposal, status => 200,
                         answer => coalesce(reply, answer));
    IF move.kind = 'split' THEN
        PERFORM rules.case_split(now, caller, next, told -> 'subjects');
    ELSIF move.kind IN ('accuse', 'interest', 'class_changed') OR next.route <> f.route THEN
        PERFORM rules.case_unlink(now, f.id);
    END IF;
    IF move.kind IN ('accuse', 'interest') AND NOT given ? 'letter' THEN
        PERFORM rules.case_hide_letter(now, caller, f, move, given);
    END IF;
    RETURN answer;
END;
$$;
COMMENT ON FUNCTION rules.case_apply(timestamptz, register.principal, register.complaint,
                                     register.move, jsonb, uuid, bytea, jsonb, jsonb) IS
    'Carry out one event of a case';
