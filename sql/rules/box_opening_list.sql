-- Box openings, newest first, and how many complaints of each are still missing: of one's own
-- unit, or of all units for the heads, the director and the auditor. A complaint that is hidden
-- from who asks is missing like one that was not entered: he cannot tell which.
CREATE OR REPLACE FUNCTION rules.box_opening_list(now timestamptz, actor text, params jsonb,
                                                  body jsonb,
                                                  OUT status integer, OUT version bigint,
                                                  OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       register.principal := rules.caller(actor, 'box_opening_list');
    oversees boolean := me.role_set && ARRAY['head', 'director', 'auditor'];
    own      boolean := me.role_set && ARRAY['officer', 'unit_head'];
BEGIN
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'id', b.id, 'unit', b.unit, 'opened_on', b.opened_on, 'openers', b.openers,
               'seal_before', b.seal_before, 'seal_after', b.seal_after, 'items', b.items,
               'not_complaints', n.others, 'expected', b.items - n.others,
               'complaints', n.complaints,
               'missing', greatest(b.items - n.others - n.complaints, 0))
               ORDER BY b.opened_on DESC, b.unit, b.recorded_at DESC), '[]'))
    INTO content
    FROM register.box_opening AS b
    JOIN register.unit AS u ON u.code = b.unit
    CROSS JOIN LATERAL (SELECT jsonb_array_length(b.not_complaints) AS others,
                               (SELECT count(*) FROM register.complaint AS c
                                WHERE c.box_opening = b.id
                                  AND coalesce(c.accused_role, '')
                                      <> ALL (rules.accused_as(me, u))
                                  AND NOT rules.hidden_from(me, c.id)) AS complaints) AS n
    WHERE (oversees OR own AND b.unit = me.unit)
      AND (params ->> 'unit' IS NULL OR b.unit = params ->> 'unit');
END;
$$;
COMMENT ON FUNCTION rules.box_opening_list(timestamptz, text, jsonb, jsonb) IS
    'Box openings, and how many complaints of each are missing';
