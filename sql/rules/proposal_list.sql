-- Proposals, newest first: those one made, those one may decide, and for the auditor all; one about
-- a case only for who sees the case, and the original that it is to be linked to. To a custodian one
-- that is open comes with its reason, if that was sealed for custodians, and the event that told it.
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
               'reason', w.reason, 'reason_event_id', w.event_id)
               ORDER BY p.proposed_at DESC, p.id), '[]'))
    INTO content
    FROM register.proposal AS p
    LEFT JOIN LATERAL (
        SELECT rules.for_custodians(e.fields -> 'reason') AS reason, e.event_id
        FROM register.event AS e
        WHERE 'custodian' = ANY (me.role_set) AND p.status = 'open' AND p.expires_at > now
          AND e.complaint = p.complaint AND e.kind = 'proposed' AND e.fields ->> 'proposal' = p.id::text
          AND e.fields -> 'reason' ? 'custodians') AS w ON true
    WHERE (p.proposed_by = me.name OR p.role = ANY (me.role_set) OR 'auditor' = ANY (me.role_set))
      AND rules.may_know_of(p, me);
END;
$$;
COMMENT ON FUNCTION rules.proposal_list(timestamptz, text, jsonb, jsonb) IS
    'Proposals that the caller made or may decide';
