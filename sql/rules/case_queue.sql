-- What waits for the caller, the most urgent first: the cases in which he acts, each by the clock
-- that runs out next, then by class; with what he may do. A case whose clocks all stand still,
-- because somebody else is waited for, is not in it.
--
-- A cursor is the last case shown and the day it was shown by. Its place stays, whatever arrives
-- and whatever is done meanwhile.
--
-- Who sees nearly all walks the running clocks from the one that is due first, and the walk ends
-- with the page; anybody else looks at his own cases, which are few.
CREATE OR REPLACE FUNCTION rules.case_queue(now timestamptz, actor text, params jsonb, body jsonb,
                                            OUT status integer, OUT version bigint,
                                            OUT content text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'case_queue');
    unit_kind CONSTANT text := (SELECT u.kind FROM register.unit AS u WHERE u.code = caller.unit);
    of_group CONSTANT boolean := caller.role_set && '{intake,triager,head}';
    mine CONSTANT boolean := coalesce(params ->> 'assignee' = caller.name, false);
    sees_most CONSTANT boolean := of_group AND unit_kind = 'legal' AND NOT mine;
    of_alternate CONSTANT boolean := of_group AND unit_kind = 'alternate' AND NOT mine;
    ends CONSTANT boolean := unit_kind = 'director' AND 'director' = ANY (caller.role_set);
    due_by CONSTANT date := coalesce(rules.date_member(params, 'due_by', false), 'infinity');
    page CONSTANT integer := rules.page_rows(params ->> 'limit');
    after record;
BEGIN
    SELECT * INTO after FROM rules.queue_position(params ->> 'cursor', actor);
    PERFORM rules.clock_begin_new(1000); -- what has just come is in the queue
    WITH running AS (
        SELECT k.complaint, k.due_on, k.kind, k.began_on
        FROM register.clock AS k
        WHERE sees_most AND k.met_on IS NULL AND k.paused_on IS NULL
          AND k.due_on BETWEEN after.due_on AND due_by
        UNION ALL
        SELECT k.complaint, k.due_on, k.kind, k.began_on
        FROM (SELECT c.id FROM register.complaint AS c
              WHERE of_alternate AND c.route <> 'legal'
              UNION
              SELECT c.id FROM register.complaint AS c
              WHERE NOT sees_most AND c.investigator = caller.name
              UNION
              SELECT c.id FROM register.complaint AS c
              WHERE ends AND c.state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED')
                AND c.state <> 'CLOSED') AS own
        JOIN register.clock AS k ON k.complaint = own.id
        WHERE k.met_on IS NULL AND k.paused_on IS NULL
          AND k.due_on BETWEEN after.due_on AND due_by
    ), ordered AS (
        SELECT r.complaint, r.due_on, r.kind, r.began_on, t.ord, c.position
        FROM running AS r
        JOIN register.complaint AS c ON c.id = r.complaint
        JOIN register.taxonomy AS t ON t.kind = 'class' AND t.code = c.class
        WHERE (r.due_on, t.ord, c.position) > (after.due_on, after.ord, after.place)
          AND NOT EXISTS (SELECT FROM register.clock AS e
                          WHERE e.complaint = r.complaint AND e.met_on IS NULL
                            AND e.paused_on IS NULL AND (e.due_on, e.kind) < (r.due_on, r.kind))
        ORDER BY r.due_on, t.ord, c.position
    ), found AS MATERIALIZED (
        SELECT o.complaint, o.due_on, o.ord, o.position, l.item
        FROM ordered AS o
        CROSS JOIN LATERAL (
            SELECT format('{%s,"clock":"%s","clock_th":"%s","clock_en":"%s","due_on":"%s",'
                          '"overdue":%s,"investigator":%s,"moves":%s}',
                          rules.case_members(s.complaint, x), o.kind, u.th, u.en, o.due_on,
                          (o.due_on < rules.bangkok_day(now))::text,
                          coalesce(to_json(s.investigator), 'null'),
                          to_json(rules.case_moves(s.complaint, s.acts_as))) AS item
            FROM rules.case_seen AS s
            JOIN register.state AS x ON x.code = s.state
            CROSS JOIN LATERAL rules.clock_rule_of(o.kind, o.began_on) AS u
            WHERE s.viewer = caller.name AND s.id = o.complaint AND s.acts_as <> '{}'
              AND s.state <> 'CLOSED'
            OFFSET 0) AS l
        ORDER BY o.due_on, o.ord, o.position
        LIMIT page + 1
    )
    SELECT 200, format('{"items":[%s],"next":%s}',
                       string_agg(d.item, ',' ORDER BY d.due_on, d.ord, d.position),
                       CASE WHEN (SELECT count(*) FROM found) > page
                            THEN to_json(rules.queue_cursor(
                                     max(d.due_on), (array_agg(d.complaint ORDER BY d.due_on DESC,
                                                               d.ord DESC, d.position DESC))[1]))
                                 ::text
                            ELSE 'null' END)
    INTO status, content
    FROM (SELECT * FROM found AS f ORDER BY f.due_on, f.ord, f.position LIMIT page) AS d;
END;
$$;
COMMENT ON FUNCTION rules.case_queue(timestamptz, text, jsonb, jsonb) IS
    'What waits for the caller, the most urgent first';
