-- Store an act that takes two people; it waits 14 days for another principal with the role. One
-- `about` a case is for those only who see the case.
CREATE OR REPLACE FUNCTION rules.propose(now timestamptz, proposer register.principal, act text,
                                         approver_role text, request jsonb, summary text,
                                         about uuid DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    proposal   uuid := gen_random_uuid();
    expires_at timestamptz := now + interval '14 days';
BEGIN
    INSERT INTO register.proposal (id, kind, request, summary, role, status, proposed_by,
                                   proposed_at, expires_at, complaint)
    VALUES (proposal, act, request, summary, approver_role, 'open', proposer.name, now, expires_at,
            about);
    RETURN jsonb_build_object('proposal', proposal, 'expires_at', expires_at);
END;
$$;
COMMENT ON FUNCTION rules.propose(timestamptz, register.principal, text, text, jsonb, text, uuid) IS
    'Store an act that takes two people';
