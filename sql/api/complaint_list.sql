-- GET /v1/complaints: those that the caller may see, newest first, a page at a time.
--
-- The order is that of acceptance: acceptances are walked backwards from the cursor, each is
-- looked at by itself, and the walk ends with the page. Only who sees nearly all walks them all;
-- anybody else would go to the end of the register for the few that are his, so he walks what he
-- submitted, what went past the legal group, what is assigned to him and what he orders the end of.
-- Who looks for what is assigned, or due, is told of the cases that he may read.
--
-- Each walk is a statement of its own: in one with branches the planner would sort the register.
CREATE OR REPLACE FUNCTION api.complaint_list(actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_variable
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_list');
    kind CONSTANT text := (SELECT u.kind FROM register.unit AS u WHERE u.code = caller.unit);
    of_group CONSTANT boolean := caller.role_set && '{intake,triager,head}';
    sees_most CONSTANT boolean := of_group AND kind = 'legal' OR 'auditor' = ANY (caller.role_set);
    of_alternate CONSTANT boolean := of_group AND kind = 'alternate';
    ends CONSTANT boolean := kind = 'director' AND 'director' = ANY (caller.role_set);
    before CONSTANT bigint := (rules.cursor_place('complaints', actor, params ->> 'cursor',
                                                  9223372036854775807))[1];
    page CONSTANT integer := rules.page_rows(params ->> 'limit');
    ref CONSTANT text := params ->> 'ref';
    state CONSTANT text := params ->> 'state';
    unit CONSTANT text := params ->> 'unit';
    class CONSTANT text := params ->> 'class';
    fy CONSTANT integer := CASE WHEN params ->> 'fy' ~ '^[0-9]{1,9}$' THEN params ->> 'fy'
                                WHEN params ? 'fy' THEN '0' END; -- no year
    subject CONSTANT text := params ->> 'subject';
    assignee CONSTANT text := params ->> 'assignee';
    received_from CONSTANT date := rules.date_member(params, 'received_from', false);
    received_to CONSTANT date := rules.date_member(params, 'received_to', false);
    due_by CONSTANT date := rules.date_member(params, 'due_by', false);
    named CONSTANT uuid := rules.case_id(ref);
    walk refcursor;
    shown uuid;
    place bigint;
    last bigint; -- of the last one that is in the page
    item text;
    items text[] := '{}';
    more boolean := false;
BEGIN
    PERFORM rules.cases_asked(params);
    IF ref IS NOT NULL THEN
        OPEN walk FOR
            SELECT c.id, c.position FROM register.complaint AS c
            WHERE c.id = named AND c.position < before
              AND rules.case_fits(c, state, unit, class, fy, subject, assignee, received_from,
                                  received_to)
              AND (due_by IS NULL OR c.id IN (
                      SELECT k.complaint FROM register.clock AS k
                      WHERE k.met_on IS NULL AND k.paused_on IS NULL AND k.due_on <= due_by));
    ELSIF sees_most THEN
        OPEN walk FOR
            SELECT c.id, c.position FROM register.complaint AS c
            WHERE c.position < before
              AND rules.case_fits(c, state, unit, class, fy, subject, assignee, received_from,
                                  received_to)
              AND (due_by IS NULL OR c.id IN (
                      SELECT k.complaint FROM register.clock AS k
                      WHERE k.met_on IS NULL AND k.paused_on IS NULL AND k.due_on <= due_by))
            ORDER BY c.position DESC;
    ELSIF caller.role_set <@ '{officer,unit_head}' THEN -- nothing but what he submitted
        OPEN walk FOR
            SELECT c.id, c.position FROM register.complaint AS c
            WHERE c.submitter = caller.name AND c.position < before
              AND rules.case_fits(c, state, unit, class, fy, subject, assignee, received_from,
                                  received_to)
              AND (due_by IS NULL OR c.id IN (
                      SELECT k.complaint FROM register.clock AS k
                      WHERE k.met_on IS NULL AND k.paused_on IS NULL AND k.due_on <= due_by))
            ORDER BY c.position DESC;
    ELSE
        OPEN walk FOR
            SELECT c.id, c.position
            FROM (SELECT o.id FROM register.complaint AS o WHERE o.submitter = caller.name
                  UNION
                  SELECT o.id FROM register.complaint AS o
                  WHERE of_alternate AND o.route <> 'legal'
                  UNION
                  SELECT o.id FROM register.complaint AS o WHERE o.investigator = caller.name
                  UNION
                  SELECT o.id FROM register.complaint AS o
                  WHERE ends AND o.state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED')) AS own
            JOIN register.complaint AS c ON c.id = own.id
            WHERE c.position < before
              AND rules.case_fits(c, state, unit, class, fy, subject, assignee, received_from,
                                  received_to)
              AND (due_by IS NULL OR c.id IN (
                      SELECT k.complaint FROM register.clock AS k
                      WHERE k.met_on IS NULL AND k.paused_on IS NULL AND k.due_on <= due_by))
            ORDER BY c.position DESC;
    END IF;
    LOOP
        FETCH walk INTO shown, place;
        EXIT WHEN NOT FOUND;
        item := rules.list_item(caller.name, shown, assignee IS NOT NULL OR due_by IS NOT NULL);
        CONTINUE WHEN item IS NULL;
        more := cardinality(items) = page;
        EXIT WHEN more;
        items := items || item;
        last := place;
    END LOOP;
    CLOSE walk;

    status := 200;
    content := format('{"items":[%s],"next":%s}', array_to_string(items, ','),
                      CASE WHEN more THEN to_json(rules.cursor_text('complaints', actor, last))::text
                           ELSE 'null' END);
END;
$$;
