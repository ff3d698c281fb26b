-- What rules.complaint_submit() would answer to one complaint now, by the same judgement, and nothing
-- is stored: {"id", "known"}, or its refusal.
--
-- body has the readable fields, by their names in M (docs/ledger.md), and `commits`: what the complaint
-- commits to under each nonce that it can have been taken with.
CREATE OR REPLACE FUNCTION rules.complaint_check(now timestamptz, actor text, params jsonb, body jsonb,
                                                 OUT status integer, OUT version bigint,
                                                 OUT content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_check');
    f CONSTANT register.complaint := jsonb_populate_record(NULL::register.complaint, body);
    stored register.complaint;
    judged record;
BEGIN
    PERFORM rules.refuse_frozen(h.frozen_at) FROM register.head AS h;
    SELECT j.verdicts[1] AS verdict, j.faults[1] AS fault INTO judged
    FROM rules.routing(ARRAY[caller.unit], ARRAY[actor], ARRAY[f.accused_unit],
                       ARRAY[f.accused_role], ARRAY[body ->> 'accused'], ARRAY[f.conflict]) AS r,
         rules.submission_faults(
             rules.bangkok_day(now), ARRAY[f.id], ARRAY[actor], ARRAY[caller.unit],
             ARRAY[f.channel], ARRAY[f.process], ARRAY[f.subject], ARRAY[f.class],
             ARRAY[f.identity], ARRAY[f.received_on], ARRAY[f.accused_unit],
             ARRAY[f.accused_role], ARRAY[f.box_opening], r.unknown) AS j;
    SELECT * INTO stored FROM register.complaint AS c WHERE c.id = f.id;

    IF judged.verdict = 403 THEN
        RAISE EXCEPTION 'your unit is not active today' USING ERRCODE = 'ZG403';
    ELSIF judged.verdict = 422 THEN
        RAISE EXCEPTION '%', judged.fault USING ERRCODE = 'ZG422';
    ELSIF stored.submitter <> actor
          OR NOT body -> 'commits' ? encode(stored.commit, 'hex') THEN
        RAISE EXCEPTION 'the id was used for another request' USING ERRCODE = 'ZG409';
    ELSIF stored.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    END IF;
    status := 200;
    content := jsonb_build_object('id', f.id, 'known', stored.id IS NOT NULL);
END;
$$;
COMMENT ON FUNCTION rules.complaint_check(timestamptz, text, jsonb, jsonb) IS
    'What a submission would be answered, without storing it';
