-- What the clocks ask for: one pass, in one transaction, of at most `most` events. One daemon does
-- it at a time; what was done is marked, so that another pass, or one after a day without any,
-- does the rest and nothing twice. `more` says that another pass has work at once.
--
-- Attachments that did not become whole are deleted. Clocks of new acceptances begin. A complainant's
-- time to answer that is over ends the wait. A clock that is nearly due reminds, once and only until
-- it is due; one past its day is told to the head, once. A result that is late makes an interim
-- note due.
CREATE OR REPLACE FUNCTION rules.sweep(now timestamptz, most integer DEFAULT 100) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today CONSTANT date := rules.bangkok_day(now);
    begun integer;
    litter boolean;
    due   register.clock[];
    clock register.clock;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('rules.sweep', 0)) THEN
        RETURN jsonb_build_object('begun', 0, 'done', 0, 'more', false);
    END IF;
    litter := rules.attachment_sweep(now);
    begun := rules.clock_begin_new(1000);

    SELECT coalesce(array_agg(d.k ORDER BY (d.k).due_on, (d.k).complaint), '{}') INTO due
    FROM (SELECT k
          FROM register.clock AS k
          CROSS JOIN LATERAL rules.clock_rule_of(k.kind, k.began_on) AS r
          WHERE k.met_on IS NULL AND k.paused_on IS NULL
            AND k.due_on <= today + (SELECT max(x.remind_days) FROM register.clock_rule AS x)
            AND CASE WHEN k.due_on < today THEN k.escalated_on IS NULL
                     ELSE k.reminded_on IS NULL AND r.remind_days > 0
                          AND today >= k.due_on - r.remind_days END
          ORDER BY k.due_on, k.complaint
          LIMIT most) AS d;
    PERFORM FROM register.complaint AS c -- all, by id, before the first event takes the head
    WHERE c.id IN (SELECT d.complaint FROM unnest(due) AS d) ORDER BY c.id FOR UPDATE;
    FOREACH clock IN ARRAY due LOOP
        PERFORM rules.clock_ring(now, clock);
    END LOOP;
    RETURN jsonb_build_object('begun', begun, 'done', cardinality(due),
                              'more', litter OR begun >= 1000 OR cardinality(due) >= most);
END;
$$;
COMMENT ON FUNCTION rules.sweep(timestamptz, integer) IS 'What the clocks ask for: one pass';
