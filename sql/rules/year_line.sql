-- The tables of a year, a row each line: brought forward + received + reopened - closed = carried
-- out, by each thing that a case is sorted by. Dimension 'all' is the total, and every other one
-- adds up to it. The key of dimension 'unit' is NULL for the central series; 'state' and 'age' are
-- where the carried stand and how long they have, in days from; 'month_class' is YYYY-MM/CLASS.
CREATE OR REPLACE FUNCTION rules.year_line(now timestamptz, year integer)
RETURNS TABLE (dimension text, key text, brought bigint, received bigint, reopened bigint,
               closed bigint, carried bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB' AS $$
    WITH c AS (
        SELECT y.*, y.counted_on - date_part('day', y.counted_on::timestamp)::integer + 1 AS month,
               CASE WHEN y.age_days <= 30 THEN '0' WHEN y.age_days <= 60 THEN '31'
                    WHEN y.age_days <= 90 THEN '61' WHEN y.age_days <= 180 THEN '91'
                    ELSE '181' END AS age
        FROM rules.year_case(now, year) AS y
    )
    SELECT CASE WHEN grouping(c.line) = 0 THEN 'unit' WHEN grouping(c.month) = 0 THEN 'month_class'
                WHEN grouping(c.class) = 0 THEN 'class' WHEN grouping(c.channel) = 0 THEN 'channel'
                WHEN grouping(c.subject) = 0 THEN 'subject'
                WHEN grouping(c.process) = 0 THEN 'process'
                WHEN grouping(c.identity) = 0 THEN 'identity'
                WHEN grouping(c.state) = 0 THEN 'state' WHEN grouping(c.age) = 0 THEN 'age'
                ELSE 'all' END,
           coalesce(c.line, to_char(c.month, 'YYYY-MM/') || c.class, c.class, c.channel,
                    c.subject, c.process, c.identity, c.state, c.age),
           coalesce(sum(c.brought), 0), coalesce(sum(c.received), 0),
           coalesce(sum(c.reopened), 0), coalesce(sum(c.closed), 0), coalesce(sum(c.carried), 0)
    FROM c
    GROUP BY GROUPING SETS ((c.line), (c.month, c.class), (c.class), (c.channel), (c.subject),
                            (c.process), (c.identity), (c.state), (c.age), ())
$$;
COMMENT ON FUNCTION rules.year_line(timestamptz, integer) IS
    'The tables of a year, which all carry forward';
