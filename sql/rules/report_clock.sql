-- The deadlines of a report's figures, with their names, in the order in which they come.
CREATE OR REPLACE FUNCTION rules.report_clock(f jsonb)
RETURNS TABLE (place integer, th text, en text, in_time bigint, late bigint, running bigint,
               paused bigint, overdue bigint)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_position('{register,first_answer,particulars,unassigned,interim,result}', k.kind), n.th, n.en,
           k.in_time, k.late, k.running, k.paused, k.overdue
    FROM jsonb_to_recordset(f -> 'clocks')
         AS k (kind text, in_time bigint, late bigint, running bigint, paused bigint,
               overdue bigint)
    CROSS JOIN LATERAL (SELECT r.th, r.en FROM register.clock_rule AS r
                        WHERE r.kind = k.kind ORDER BY r.effective_from DESC LIMIT 1) AS n
$$;
COMMENT ON FUNCTION rules.report_clock(jsonb) IS 'The deadlines of a report, with their names';
