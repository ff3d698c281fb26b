-- Make the parts of a letter with several matters: REF/1, REF/2, … in triage, counted nowhere.
-- Called after the event of the split, so the head is ours and nobody knows the parts' ids yet.
-- A part commits to nothing and has no tracking code: what stands there only fills the place.
CREATE OR REPLACE FUNCTION rules.case_split(now timestamptz, caller register.principal,
                                            whole register.complaint, subjects jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken CONSTANT integer := (SELECT count(*) FROM register.complaint AS p
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
            id, position, version, accepted_at, seen, state_since, registered_at, received_on, late,
            nonce_key_id, unit, submitter, ref, route, state, class, channel, process, subject,
            identity, office_class, accepted_route, accused_unit, accused_role, accused_principals,
            conflict, source, registered_unit, commit, opening, track_hash, parent, content_at,
            wrapped_for)
        SELECT part, place, 2, w.accepted_at, w.seen, now, w.registered_at, w.received_on, w.late,
               w.nonce_key_id, w.unit, w.submitter, w.ref || '/' || taken + subject.ord, w.route,
               'TRIAGE', w.class, w.channel, w.process, subject.code, w.identity, w.office_class,
               w.accepted_route, w.accused_unit, w.accused_role, w.accused_principals, w.conflict,
               w.source, w.registered_unit, sha256(uuid_send(part)),
               decode(repeat('00', 96), 'hex'), sha256(uuid_send(gen_random_uuid())), w.id,
               w.position, w.wrapped_for
        FROM register.complaint AS w WHERE w.id = whole.id;
        INSERT INTO register.case_excluded (complaint, kind, code, since)
        SELECT part, x.kind, x.code, now
        FROM register.case_excluded AS x WHERE x.complaint = whole.id;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION rules.case_split(timestamptz, register.principal, register.complaint, jsonb) IS
    'Make the parts of a letter with several matters';
