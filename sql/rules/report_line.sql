-- The lines of one dimension with their names, in the order of its table; a line on which nothing
-- happened is there with zeros. Units are sorted as a Thai reader looks for them.
CREATE OR REPLACE FUNCTION rules.report_line(lines jsonb, dimension text, year integer)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        WITH name AS (
            SELECT t.code AS key, t.th, t.en, t.ord, NULL::text AS sorted
            FROM register.taxonomy AS t WHERE t.kind = dimension
            UNION ALL
            SELECT s.code, s.th, s.en, s.ord, NULL
            FROM register.state AS s WHERE dimension = 'state' AND s.code <> 'CLOSED'
            UNION ALL
            SELECT u.code, u.name_th, u.name_en, CASE u.kind WHEN 'central' THEN 1 ELSE 2 END,
                   u.name_th
            FROM register.unit AS u
            JOIN register.fiscal_year AS y ON y.fy = year
            WHERE dimension = 'unit' AND (u.kind IN ('central', 'provincial')
                  AND u.active_from <= y.closes AND coalesce(u.active_to, 'infinity') >= y.opens
                  OR EXISTS (SELECT FROM jsonb_to_recordset(lines)
                                         AS l (dimension text, key text)
                             WHERE l.dimension = 'unit' AND l.key = u.code))
            UNION ALL
            SELECT NULL, 'ทะเบียนกลาง', 'Central series', 3, NULL WHERE dimension = 'unit'
            UNION ALL
            SELECT a.key, a.th, a.en, a.ord, NULL
            FROM (VALUES ('0', 'ไม่เกิน 30 วัน', 'up to 30 days', 1),
                         ('31', '31 ถึง 60 วัน', '31 to 60 days', 2),
                         ('61', '61 ถึง 90 วัน', '61 to 90 days', 3),
                         ('91', '91 ถึง 180 วัน', '91 to 180 days', 4),
                         ('181', 'เกิน 180 วัน', 'over 180 days', 5)) AS a (key, th, en, ord)
            WHERE dimension = 'age'
        )
        SELECT jsonb_agg(jsonb_build_object(
                   'key', n.key, 'name', jsonb_build_object('th', n.th, 'en', n.en),
                   'brought', coalesce(l.brought, 0), 'received', coalesce(l.received, 0),
                   'reopened', coalesce(l.reopened, 0), 'closed', coalesce(l.closed, 0),
                   'carried', coalesce(l.carried, 0))
                   ORDER BY n.ord, n.sorted COLLATE "th-x-icu", n.key)
        FROM name AS n
        LEFT JOIN jsonb_to_recordset(lines)
                  AS l (dimension text, key text, brought bigint, received bigint,
                        reopened bigint, closed bigint, carried bigint)
          ON l.dimension = report_line.dimension AND l.key IS NOT DISTINCT FROM n.key);
END;
$$;
COMMENT ON FUNCTION rules.report_line(jsonb, text, integer) IS
    'The lines of one dimension with their names, in the order of its table';
