-- GET /v1/complaints: those that the caller may see, newest first, a page at a time.
--
-- The order is that of acceptance: acceptances are walked backwards from the cursor, each is
-- looked at by itself (OFFSET 0 keeps the planner from joining and sorting them all), and the walk
-- ends with the page. Only who sees nearly all walks them all; anybody else would go to the end of
-- the register for the few that are his, so he walks the indexes of what he submitted, what went
-- past the legal group, what is assigned to him and what he orders the end of, each case in one of
-- them. Who looks for what is
-- assigned, or due, is told of the cases that he may read.
CREATE OR REPLACE FUNCTION api.complaint_list(actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_list');
    kind CONSTANT text := (SELECT u.kind FROM register.unit AS u WHERE u.code = caller.unit);
    of_group CONSTANT boolean := caller.role_set && '{intake,triager,head}';
    sees_most CONSTANT boolean := of_group AND kind = 'legal' OR 'auditor' = ANY (caller.role_set);
    of_alternate CONSTANT boolean := of_group AND kind = 'alternate';
    ends CONSTANT boolean := kind = 'director' AND 'director' = ANY (caller.role_set);
    before CONSTANT bigint := coalesce(rules.cursor_position(params ->> 'cursor', actor),
                                       9223372036854775807);
    page CONSTANT integer := rules.page_rows(params ->> 'limit');
    received_from CONSTANT date := coalesce(rules.date_member(params, 'received_from', false),
                                            '-infinity');
    received_to CONSTANT date := coalesce(rules.date_member(params, 'received_to', false),
                                          'infinity');
    due_by CONSTANT date := rules.date_member(params, 'due_by', false);
    ref_position bigint;
BEGIN
    SELECT c.position INTO ref_position
    FROM register.complaint AS c WHERE c.id = rules.case_id(params ->> 'ref');

    WITH found AS MATERIALIZED (
        SELECT a.position, a.id, l.item
        FROM (SELECT c.id, c.position
              FROM register.complaint AS c
              WHERE sees_most AND c.position < before
                AND (params ->> 'ref' IS NULL OR c.position = ref_position)
              UNION ALL
              SELECT c.id, c.position
              FROM register.complaint AS c
              WHERE NOT sees_most AND c.submitter = caller.name AND c.position < before
                AND (params ->> 'ref' IS NULL OR c.position = ref_position)
              UNION ALL
              SELECT c.id, c.position
              FROM register.complaint AS c
              WHERE NOT sees_most AND of_alternate AND c.route <> 'legal' AND c.position < before
                AND c.submitter <> caller.name
                AND (params ->> 'ref' IS NULL OR c.position = ref_position)
              UNION ALL
              SELECT c.id, c.position
              FROM register.complaint AS c
              WHERE NOT sees_most AND c.investigator = caller.name AND c.position < before
                AND c.submitter <> caller.name AND NOT (of_alternate AND c.route <> 'legal')
                AND (params ->> 'ref' IS NULL OR c.position = ref_position)
              UNION ALL
              SELECT c.id, c.position
              FROM register.complaint AS c
              WHERE NOT sees_most AND ends AND c.position < before
                AND c.state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED')
                AND c.submitter <> caller.name AND c.investigator IS DISTINCT FROM caller.name
                AND NOT (of_alternate AND c.route <> 'legal')
                AND (params ->> 'ref' IS NULL OR c.position = ref_position)) AS a
        CROSS JOIN LATERAL (
              SELECT '{' || rules.case_members(c.complaint, s) || '}' AS item
              FROM rules.case_seen AS c
              JOIN register.state AS s ON s.code = c.state
              WHERE c.viewer = caller.name AND c.id = a.id
                AND (params ->> 'state' IS NULL OR c.state = params ->> 'state')
                AND (params ->> 'unit' IS NULL OR c.unit = params ->> 'unit')
                AND (params ->> 'class' IS NULL OR c.class = params ->> 'class')
                AND (params ->> 'fy' IS NULL OR c.fy::text = params ->> 'fy')
                AND (params ->> 'subject' IS NULL OR c.subject = params ->> 'subject')
                AND (params ->> 'assignee' IS NULL
                     OR c.reads AND c.investigator = params ->> 'assignee')
                AND c.received_on BETWEEN received_from AND received_to
                AND (due_by IS NULL OR c.reads AND EXISTS (
                        SELECT FROM register.clock AS k
                        WHERE k.complaint = c.id AND k.met_on IS NULL AND k.paused_on IS NULL
                          AND k.due_on <= due_by))
              OFFSET 0) AS l
        ORDER BY a.position DESC
        LIMIT page + 1
    )
    SELECT 200, format('{"items":[%s],"next":%s}',
                       string_agg(d.item, ',' ORDER BY d.position DESC),
                       CASE WHEN (SELECT count(*) FROM found) > page
                            THEN '"' || rules.cursor_text((array_agg(d.id ORDER BY d.position))[1])
                                 || '"'
                            ELSE 'null' END)
    INTO status, content
    FROM (SELECT * FROM found ORDER BY position DESC LIMIT page) AS d;
END;
$$;
