-- GET /v1/complaints: those that the caller may see, newest first, a page at a time.
--
-- The order is that of acceptance: acceptances are walked backwards from the cursor, each is
-- looked at by itself (OFFSET 0 keeps the planner from joining and sorting them all), and the walk
-- ends with the page. Who sees nothing but his own submissions walks the index of those.
CREATE OR REPLACE FUNCTION api.complaint_list(actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_list');
    only_own CONSTANT boolean :=
        NOT caller.role_set && '{intake,triager,head,investigator,auditor}';
    before CONSTANT bigint := coalesce(rules.cursor_position(params ->> 'cursor'),
                                       9223372036854775807);
    page CONSTANT integer := rules.page_rows(params ->> 'limit');
    ref_position bigint;
BEGIN
    SELECT f.position INTO ref_position
    FROM register.case_file AS f WHERE f.ref = params ->> 'ref';

    WITH found AS MATERIALIZED (
        SELECT a.position, l.item
        FROM (SELECT e.complaint AS id, e.position
              FROM register.event AS e
              WHERE NOT only_own AND e.kind = 'accepted' AND e.position < before
                AND (params ->> 'ref' IS NULL OR e.position = ref_position)
              UNION ALL
              SELECT f.id, f.position
              FROM register.case_file AS f
              WHERE only_own AND f.submitter = caller.name AND f.position < before
                AND (params ->> 'ref' IS NULL OR f.position = ref_position)) AS a
        CROSS JOIN LATERAL (
              SELECT '{' || rules.case_members(f.file, c, s) || '}' AS item
              FROM rules.case_seen AS f
              JOIN register.complaint AS c ON c.id = f.id
              JOIN register.state AS s ON s.code = f.state
              WHERE f.viewer = caller.name AND f.id = a.id
                AND (params ->> 'state' IS NULL OR f.state = params ->> 'state')
                AND (params ->> 'unit' IS NULL OR f.unit = params ->> 'unit')
                AND (params ->> 'class' IS NULL OR f.class = params ->> 'class')
                AND (params ->> 'fy' IS NULL OR f.fy::text = params ->> 'fy')
              OFFSET 0) AS l
        ORDER BY a.position DESC
        LIMIT page + 1
    )
    SELECT 200, format('{"items":[%s],"next":%s}',
                       string_agg(d.item, ',' ORDER BY d.position DESC),
                       coalesce('"' || CASE WHEN (SELECT count(*) FROM found) > page
                                            THEN rules.cursor_text(min(d.position)) END || '"',
                                'null'))
    INTO status, content
    FROM (SELECT * FROM found ORDER BY position DESC LIMIT page) AS d;
END;
$$;
