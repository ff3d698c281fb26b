-- An event of a case that takes two people waits for a head of its group, and for one who sees the
-- other case that it is about.
CREATE OR REPLACE FUNCTION rules.case_propose(now timestamptz, caller register.principal,
                                              f register.complaint, move register.move, told jsonb,
                                              event uuid, hash bytea)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    next_version CONSTANT bigint := rules.version_after(f.version, move.kind);
    answer jsonb;
BEGIN
    told := told || CASE move.kind WHEN 'unlink' THEN jsonb_build_object('original', f.duplicate_of)
                                   WHEN 'class_changed' THEN jsonb_build_object('from', f.class)
                                   ELSE '{}' END;
    UPDATE register.complaint AS c SET version = next_version WHERE c.id = f.id;
    answer := jsonb_build_object('id', f.id, 'ref', f.ref, 'state', f.state,
                                 'version', next_version, 'event_id', event)
              || rules.propose(now, caller, move.kind, 'head', told,
                               concat_ws(' ', f.ref, move.kind, f.class || ' →', told ->> 'class'),
                               f.id);
    PERFORM rules.outbox_add(now, f, 'proposed', '{head}', who.name)
    FROM register.principal AS who, register.proposal AS p
    WHERE p.id = (answer ->> 'proposal')::uuid AND rules.may_know_of(p, who);
    PERFORM rules.append(now, caller, 'proposed', complaint => f.id, event_id => event,
                         request_hash => hash, status => 202, answer => answer,
                         fields => told || jsonb_build_object('act', move.kind, 'proposal',
                                                              answer -> 'proposal'));
    RETURN answer;
END;
$$;
COMMENT ON FUNCTION rules.case_propose(timestamptz, register.principal, register.complaint,
                                       register.move, jsonb, uuid, bytea) IS
    'An event of a case that takes two people waits for the head';
