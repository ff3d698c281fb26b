-- Let the clocks of a case follow what has just happened to it: `was` before, `c` since.
--
-- What is done is met on its day, early or late. An answer to the complainant is a note to him or
-- the asking for particulars. A wait pauses the clocks that may be paused, and its days are added
-- when it ends, for an agency already with its result; the day it begins on is not one. Due on another
-- day, a clock reminds again. A case that is opened again is due when it was.
CREATE OR REPLACE FUNCTION rules.clock_follow(now timestamptz, was register.complaint,
                                              c register.complaint, event_kind text, told jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today CONSTANT date := rules.bangkok_day(now);
    waits CONSTANT text[] := ARRAY['WAITING_COMPLAINANT', 'WAITING_AGENCY'];
    over CONSTANT boolean := was.state = ANY (waits) AND c.state <> ALL (waits)
        OR c.state = 'WAITING_AGENCY' AND event_kind = 'reply' AND told @> '{"result": true}';
    answered CONSTANT boolean := event_kind = 'ask'
        OR event_kind = 'note' AND told ->> 'audience' = 'complainant';
    unassigned CONSTANT boolean := rules.case_unassigned(c);
BEGIN
    PERFORM rules.clock_begin(was);
    IF c.state = ANY (waits) AND was.state <> ALL (waits) THEN
        UPDATE register.clock AS k SET paused_on = today
        FROM register.clock_rule AS r
        WHERE k.complaint = c.id AND k.met_on IS NULL AND r.kind = k.kind AND r.pausable;
    ELSIF over THEN
        UPDATE register.clock AS k
        SET due_on = k.due_on + (today - k.paused_on),
            reminded_on = CASE WHEN k.paused_on = today THEN k.reminded_on END,
            paused_days = k.paused_days + (today - k.paused_on), paused_on = NULL
        WHERE k.complaint = c.id AND k.paused_on IS NOT NULL;
    END IF;
    IF event_kind = 'ask' THEN
        INSERT INTO register.clock AS k (complaint, kind, began_on, due_on, rank, position)
        VALUES (c.id, 'particulars', today, rules.clock_due('particulars', today),
                rules.class_rank(c.class), c.position)
        ON CONFLICT (complaint, kind, began_on) DO UPDATE
            SET met_on = NULL, reminded_on = NULL, escalated_on = NULL;
    ELSIF event_kind = 'reopen' THEN
        UPDATE register.clock AS k SET met_on = NULL, escalated_on = NULL
        WHERE k.complaint = c.id AND k.kind = 'result';
    END IF;
    IF c.class <> was.class THEN
        UPDATE register.clock AS k SET rank = rules.class_rank(c.class) WHERE k.complaint = c.id;
    END IF;
    IF unassigned THEN
        PERFORM rules.clock_unassigned(now, c);
    END IF;
    UPDATE register.clock AS k SET met_on = today
    WHERE k.complaint = c.id AND k.met_on IS NULL
      AND CASE k.kind WHEN 'register' THEN c.registered_at IS NOT NULL
                      WHEN 'particulars' THEN c.state <> 'WAITING_COMPLAINANT'
                      WHEN 'result' THEN c.state = 'CLOSED'
                      WHEN 'unassigned' THEN NOT unassigned
                      ELSE answered OR c.state = 'CLOSED' END;
END;
$$;
COMMENT ON FUNCTION rules.clock_follow(timestamptz, register.complaint, register.complaint, text,
                                       jsonb) IS
    'Let the clocks of a case follow what has just happened to it';
