-- The clocks that somebody is to be told of today, and has not been yet: one past its day, or one that
-- is nearly due and not past it.
CREATE OR REPLACE FUNCTION rules.clock_ringing(today date) RETURNS SETOF register.clock
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.*
    FROM register.clock AS k
    CROSS JOIN LATERAL rules.clock_rule_of(k.kind, k.began_on) AS r
    WHERE k.met_on IS NULL AND k.paused_on IS NULL
      AND k.due_on <= today + (SELECT max(x.remind_days) FROM register.clock_rule AS x)
      AND CASE WHEN k.due_on < today THEN k.escalated_on IS NULL
               ELSE k.reminded_on IS NULL AND r.remind_days > 0
                    AND today >= k.due_on - r.remind_days END
    ORDER BY k.due_on, k.complaint, k.kind
$$;
COMMENT ON FUNCTION rules.clock_ringing(date) IS
    'The clocks that somebody is to be told of today';
