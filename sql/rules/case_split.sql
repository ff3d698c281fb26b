-- Make the parts of a letter with several matters: REF/1, REF/2, … in triage, counted nowhere.
-- Called after the event of the split, so the head is ours and nobody knows the parts' ids yet.
CREATE OR REPLACE FUNCTION rules.case_split(now timestamptz, caller register.principal,
                                            whole register.case_file, subjects jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken CONSTANT integer := (SELECT count(*) FROM register.case_file AS p
                               WHERE p.parent = whole.id);
    subject record;
    part uuid;
    place bigint;
BEGIN
    FOR subject IN SELECT s.value AS code, s.ord
                   FROM jsonb_array_elements_text(subjects) WITH ORDINALITY AS s (value, ord)
    LOOP
        part := gen_random_uuid();
        place := rules.append(now, caller, 'part', complaint => part, to_state => 'TRIAGE',
                              fields => jsonb_build_object('parent', whole.id));
        INSERT INTO register.complaint (
            id, accepted_at, seen, received_on, nonce_key_id, unit, submitter, channel, process,
            subject, class, identity, accused_unit, accused_role, accused_principals, conflict,
            source, route, commit, part_b, part_i, track_hash)
        SELECT part, c.accepted_at, c.seen, c.received_on, c.nonce_key_id, c.unit, c.submitter,
               c.channel, c.process, subject.code, c.class, c.identity, c.accused_unit,
               c.accused_role, c.accused_principals, c.conflict, c.source, c.route, '', '', '', ''
        FROM register.complaint AS c WHERE c.id = whole.id;
        INSERT INTO register.case_file (
            id, position, version, state_since, accepted_at, registered_at, received_on, late,
            unit, submitter, ref, route, state, class, process, identity, registered_unit, parent)
        VALUES (part, place, 2, now, whole.accepted_at, whole.registered_at, whole.received_on,
                whole.late, whole.unit, whole.submitter,
                whole.ref || '/' || taken + subject.ord, whole.route, 'TRIAGE', whole.class,
                whole.process, whole.identity, whole.registered_unit, whole.id);
        INSERT INTO register.case_excluded (complaint, kind, code, since)
        SELECT part, x.kind, x.code, now
        FROM register.case_excluded AS x WHERE x.complaint = whole.id;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION rules.case_split(timestamptz, register.principal, register.case_file, jsonb) IS
    'Make the parts of a letter with several matters';
