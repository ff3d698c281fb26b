-- What the clocks ask for: one pass, in one transaction, of at most `most` events. One daemon does
-- it at a time; what was done is marked, so that another pass, or one after a day without any,
-- does the rest and nothing twice. `more` says that another pass has work at once.
--
-- Attachments that did not become whole are deleted. Clocks of new acceptances begin, and running ones
-- follow the holidays. A complainant's time to answer that is over ends the wait. A clock that is
-- nearly due reminds, once and only until it is due; one past its day is told to the head, once. A
-- result that is late makes an interim note due. Of a case in which nobody acts the auditors are told,
-- and of one whose investigator has left the heads.
--
-- It waits for no case: one that somebody is working on is left to the next pass. Clocks begin
-- before cases are locked, and who works on a case begins its clocks after locking it; each would
-- wait for the other.
CREATE OR REPLACE FUNCTION rules.sweep(now timestamptz, most integer DEFAULT 100) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today CONSTANT date := rules.bangkok_day(now);
    litter boolean;
    begun  integer;
    moved  integer;
    cases  uuid[]; -- locked
    lone   uuid[]; -- those in which nobody acts, to be told of
    alone  uuid;
    idle   uuid[]; -- those that nobody investigates, and whose clock does not run yet
    due    register.clock[];
    clock  register.clock;
    done   integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('rules.sweep', 0)) THEN
        RETURN jsonb_build_object('begun', 0, 'done', 0, 'more', false);
    END IF;
    lone := ARRAY(SELECT u FROM rules.unhandled_untold() AS u LIMIT most);
    idle := ARRAY(SELECT u FROM rules.unassigned_unclocked() AS u LIMIT most);
    litter := rules.attachment_sweep(now);
    begun := rules.clock_begin_new(1000);
    moved := rules.clock_redate(today, 1000);

    cases := ARRAY( -- before the first event takes the head
        SELECT c.id FROM register.complaint AS c
        WHERE c.id IN (SELECT unnest(lone)
                       UNION ALL
                       SELECT unnest(idle)
                       UNION ALL
                       (SELECT r.complaint FROM rules.clock_ringing(today) AS r LIMIT most))
        ORDER BY c.id FOR UPDATE SKIP LOCKED);
    lone := ARRAY( -- as they are now that nobody else can touch them
        SELECT u FROM unnest(lone) AS u WHERE u = ANY (cases) AND NOT rules.acted_in(u));
    PERFORM rules.clock_unassigned(now, c) FROM register.complaint AS c
    WHERE c.id = ANY (idle) AND c.id = ANY (cases) AND rules.case_unassigned(c);
    due := ARRAY(
        SELECT r FROM rules.clock_ringing(today) AS r
        WHERE r.complaint = ANY (cases) LIMIT most - cardinality(lone));
    FOREACH alone IN ARRAY lone LOOP
        PERFORM rules.unhandled_tell(now, alone);
    END LOOP;
    FOREACH clock IN ARRAY due LOOP
        PERFORM rules.clock_ring(now, clock);
    END LOOP;
    done := cardinality(lone) + cardinality(due);
    RETURN jsonb_build_object('begun', begun, 'done', done,
                              'more', litter OR greatest(begun, moved) >= 1000
                                  OR greatest(done, cardinality(idle)) >= most);
END;
$$;
COMMENT ON FUNCTION rules.sweep(timestamptz, integer) IS 'What the clocks ask for: one pass';
