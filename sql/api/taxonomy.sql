-- GET /v1/taxonomy: the code lists with both names, in their order.
CREATE OR REPLACE FUNCTION api.taxonomy(actor text, params jsonb, body jsonb,
                                        OUT status integer, OUT version bigint, OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'taxonomy');
    SELECT 200, json_object_agg(l.kind, l.codes ORDER BY l.kind)
    INTO status, content
    FROM (SELECT t.kind, json_agg(json_build_object('code', t.code, 'th', t.th, 'en', t.en)
                                  ORDER BY t.ord) AS codes
          FROM (SELECT x.kind, x.code, x.th, x.en, x.ord FROM register.taxonomy AS x
                WHERE x.kind IN ('class', 'channel', 'process', 'identity', 'accused_role',
                                 'subject', 'unit_kind', 'role', 'agency', 'audience', 'next_step',
                                 'matter', 'route', 'event', 'evidence_audience',
                                 'proposal_kind', 'proposal_status', 'mail_status', 'action_status')
                UNION ALL
                SELECT 'state', s.code, s.th, s.en, s.ord FROM register.state AS s
                UNION ALL
                SELECT 'outcome', o.code, o.th, o.en, o.ord FROM register.outcome AS o
                UNION ALL -- what is proposed is called as the event that it becomes
                SELECT 'proposal_kind', x.code, x.th, x.en, x.ord FROM register.taxonomy AS x
                WHERE x.kind = 'event'
                  AND (x.code = 'principal_set'
                       OR x.code IN (SELECT m.kind FROM register.move AS m WHERE m.two_person))
                UNION ALL
                SELECT 'evidence_kind', e.kind, e.th, e.en, e.ord FROM register.evidence_kind AS e) AS t
          GROUP BY t.kind) AS l;
END;
$$;
