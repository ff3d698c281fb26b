-- The months of a year whose confirmed number is not the register's: it was another one then, or
-- complaints have arrived since.
--
-- A complaint that is hidden from somebody stands on no unit's line, and whoever confirmed may have
-- seen it or not: with or without it his number agrees. What agrees only with it is not told, for
-- that would tell where it is.
CREATE OR REPLACE FUNCTION rules.month_differing(year integer)
RETURNS TABLE (unit text, name_th text, name_en text, month date, confirmed integer,
               register bigint, after bigint)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH confirmed AS (
        SELECT r.unit, r.month, r.count, e.position
        FROM register.fiscal_year AS y
        JOIN register.month_return AS r ON r.month BETWEEN y.opens AND y.closes
        JOIN register.event AS e ON e.event_id = r.event_id
        WHERE y.fy = year
    ), held AS (
        SELECT r.unit, r.month,
               count(*) FILTER (WHERE c.position < r.position) AS all_then,
               count(k.line) FILTER (WHERE c.position < r.position) AS shown_then,
               count(k.line) AS shown
        FROM register.complaint AS c
        JOIN rules.case_counted AS k ON k.id = c.id
        JOIN confirmed AS r
          ON r.unit = c.unit AND r.month = date_trunc('month', c.counted_on::timestamp)::date
        WHERE c.fy = year
        GROUP BY r.unit, r.month
    )
    SELECT r.unit, u.name_th, u.name_en, r.month, r.count, coalesce(h.shown, 0),
           coalesce(h.shown - h.shown_then, 0)
    FROM confirmed AS r
    JOIN register.unit AS u ON u.code = r.unit
    LEFT JOIN held AS h ON h.unit = r.unit AND h.month = r.month
    WHERE r.count < coalesce(h.shown_then, 0) OR r.count > coalesce(h.all_then, 0)
       OR r.count = h.shown_then AND h.shown > h.shown_then
$$;
COMMENT ON FUNCTION rules.month_differing(integer) IS
    'The months of a year whose confirmed number is not the register''s';
