-- What waits for the caller, the most urgent first: the cases in which he acts, each by the clock
-- that runs out next, then by class; with what he may do. A case whose clocks all stand still,
-- because somebody else is waited for, is not in it.
--
-- A cursor is the place of the last case shown: the day it was shown by, its class then, its position.
-- It stays, whatever arrives and whatever is done meanwhile.
--
-- Who sees nearly all walks the running clocks from the one that is due first, and the walk ends
-- with the page; anybody else looks at his own cases, which are few.
CREATE OR REPLACE FUNCTION rules.case_queue(now timestamptz, actor text, params jsonb, body jsonb,
                                            OUT status integer, OUT version bigint,
                                            OUT content text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'case_queue');
    unit_kind CONSTANT text := (SELECT u.kind FROM register.unit AS u WHERE u.code = caller.unit);
    of_group CONSTANT boolean := caller.role_set && '{intake,triager,head}';
    mine CONSTANT boolean := params ? 'assignee';
    sees_most CONSTANT boolean := of_group AND unit_kind = 'legal' AND NOT mine;
    of_alternate CONSTANT boolean := of_group AND unit_kind = 'alternate' AND NOT mine;
    ends CONSTANT boolean := unit_kind = 'director' AND 'director' = ANY (caller.role_set);
    due_by CONSTANT date := coalesce(rules.date_member(params, 'due_by', false), 'infinity');
    page CONSTANT integer := rules.page_rows(params ->> 'limit');
    place bigint[]; -- days since the year 1, rank, position
    after record;
    walk refcursor;
    k register.clock;
    next register.clock[]; -- the next ones of the walk
    shown record;
    last register.clock; -- the last one that is in the page
    items text[] := '{}';
    more boolean := false;
BEGIN
    IF params ->> 'assignee' <> caller.name THEN
        RAISE EXCEPTION 'assignee must be your own name' USING ERRCODE = 'ZG422';
    END IF;
    place := rules.cursor_place('queue', actor, params ->> 'cursor', 0, 0, 0);
    SELECT date '0001-01-01' + place[1]::integer AS due_on, place[2]::integer AS rank,
           place[3] AS position
    INTO after;
    PERFORM rules.clock_begin_new(1000); -- what has just come is in the queue
    IF sees_most THEN
        OPEN walk FOR
            SELECT c.* FROM register.clock AS c
            WHERE c.met_on IS NULL AND c.paused_on IS NULL AND c.due_on <= due_by
              AND (c.due_on, c.rank, c.position) > (after.due_on, after.rank, after.position)
            ORDER BY c.due_on, c.rank, c.position;
    ELSE
        OPEN walk FOR
            SELECT c.*
            FROM (SELECT o.id FROM register.complaint AS o
                  WHERE of_alternate AND o.route <> 'legal'
                  UNION
                  SELECT o.id FROM register.complaint AS o WHERE o.investigator = caller.name
                  UNION
                  SELECT o.id FROM register.complaint AS o
                  WHERE ends AND o.state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED')
                    AND o.state <> 'CLOSED') AS own
            JOIN register.clock AS c ON c.complaint = own.id
            WHERE c.met_on IS NULL AND c.paused_on IS NULL AND c.due_on <= due_by
              AND (c.due_on, c.rank, c.position) > (after.due_on, after.rank, after.position)
            ORDER BY c.due_on, c.rank, c.position;
    END IF;
    LOOP
        next := '{}';
        WHILE cardinality(next) <= page LOOP
            FETCH walk INTO k;
            EXIT WHEN NOT FOUND;
            next := next || k;
        END LOOP;
        EXIT WHEN next = '{}';
        FOR shown IN SELECT i.clock, i.item FROM rules.queue_items(now, caller.name, next) AS i LOOP
            more := cardinality(items) = page;
            EXIT WHEN more;
            items := items || shown.item;
            last := shown.clock;
        END LOOP;
        EXIT WHEN more;
    END LOOP;
    CLOSE walk;

    status := 200;
    content := format('{"items":[%s],"next":%s}', array_to_string(items, ','),
                      CASE WHEN more THEN to_json(rules.cursor_text(
                               'queue', actor, last.due_on - date '0001-01-01', last.rank,
                               last.position))::text
                           ELSE 'null' END);
END;
$$;
COMMENT ON FUNCTION rules.case_queue(timestamptz, text, jsonb, jsonb) IS
    'What waits for the caller, the most urgent first';
