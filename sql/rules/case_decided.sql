-- The head approves what was proposed about a case, and it is carried out if it still may be; or he
-- rejects it. Whoever investigates or has investigated the case does not decide on it; nor is anything
-- done that the first of the two may not know of any more.
CREATE OR REPLACE FUNCTION rules.case_decided(now timestamptz, caller register.principal,
                                              proposed register.proposal, outcome text, event uuid,
                                              hash bytea)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_one CONSTANT register.principal := (SELECT p FROM register.principal AS p
                                              WHERE p.name = proposed.proposed_by);
    seen   rules.case_seen;
    move   register.move;
    marks  jsonb := jsonb_build_object('proposal', proposed.id, 'proposed_by', proposed.proposed_by);
    answer jsonb := jsonb_build_object('id', proposed.id, 'status', outcome);
BEGIN
    seen := rules.locked_case(proposed.complaint, caller.name,
                              (proposed.request ->> 'original')::uuid);
    IF NOT rules.may_know_of(proposed, caller) THEN -- now that they are locked
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    ELSIF proposed.role <> ALL (seen.acts_as) THEN
        RAISE EXCEPTION 'none of your roles decides on this case' USING ERRCODE = 'ZG403';
    ELSIF rules.has_investigated(caller.name, seen.id) THEN
        RAISE EXCEPTION 'who proposed or investigated does not decide on it'
            USING ERRCODE = 'ZG403';
    END IF;

    IF outcome = 'approved' THEN
        IF NOT rules.may_know_of(proposed, first_one) THEN
            PERFORM rules.case_refuse(now, seen.id, caller.name, 'ZG409',
                'who proposed it may not see it any more: another proposes it again');
        ELSIF proposed.request ->> 'from' <> seen.class THEN
            PERFORM rules.case_refuse(now, seen.id, caller.name, 'ZG409', format(
                'it was proposed when the case was of class %s, and is of class %s now: reject it, and '
                'have it proposed anew', proposed.request ->> 'from', seen.class));
        END IF;
        move := rules.case_move(now, proposed.kind, seen.complaint, ARRAY['triager', 'investigator'],
                                proposed.proposed_by, proposed.request, caller.name);
        PERFORM rules.case_apply(now, caller, seen.complaint, move, proposed.request, event, hash,
                                 marks, answer);
    ELSE
        UPDATE register.complaint AS c SET version = rules.version_after(seen.version, proposed.kind)
        WHERE c.id = seen.id;
        PERFORM rules.append(now, caller, outcome, complaint => seen.id, event_id => event,
                             request_hash => hash, status => 200, answer => answer,
                             fields => marks || jsonb_strip_nulls(jsonb_build_object(
                                 'act', proposed.kind, 'original', proposed.request -> 'original')));
    END IF;
    RETURN answer;
END;
$$;
COMMENT ON FUNCTION rules.case_decided(timestamptz, register.principal, register.proposal, text,
                                       uuid, bytea) IS
    'The head approves or rejects what was proposed about a case';
