-- Proposals, newest first: those one made, those one may decide, and for the auditor all; one about
-- a case only for who sees the case, and the original that it is to be linked to. To a custodian one
-- comes with its reason, if that was sealed for custodians.
CREATE OR REPLACE FUNCTION rules.proposal_list(now timestamptz, actor text, params jsonb,
                                               body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me register.principal := rules.caller(actor, 'proposal_list');
BEGIN
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'id', p.id, 'kind', p.kind, 'proposed_by', p.proposed_by,
               'proposed_at', p.proposed_at, 'expires_at', p.expires_at,
               'status', CASE WHEN p.status = 'open' AND p.expires_at <= now THEN 'expired'
                              ELSE p.status END,
               'summary', p.summary, 'complaint', p.complaint, 'ref', rules.case_ref(p.complaint),
               'original', p.request -> 'original',
               'original_ref', rules.case_ref((p.request ->> 'original')::uuid),
               'reason', CASE WHEN 'custodian' = ANY (me.role_set)
                              THEN rules.for_custodians(p.request -> 'reason') END)
               ORDER BY p.proposed_at DESC, p.id), '[]'))
    INTO content
    FROM register.proposal AS p
    WHERE (p.proposed_by = me.name OR p.role = ANY (me.role_set) OR 'auditor' = ANY (me.role_set))
      AND rules.may_know_of(p, me);
END;
$$;
COMMENT ON FUNCTION rules.proposal_list(timestamptz, text, jsonb, jsonb) IS
    'Proposals that the caller made or may decide';
