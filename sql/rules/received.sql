-- The complaints counted in a fiscal year, in cells: month, class in effect, process, and three
-- marks. Every figure of the scores and of schema report is a sum over these cells. They name no
-- unit: a cell of unit and month could tell somebody of a case that he must not see.
CREATE OR REPLACE FUNCTION rules.received(year integer)
RETURNS TABLE (month date, class text, process text, anonymous boolean, late boolean,
               duplicate boolean, complaints bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT date_trunc('month', c.counted_on::timestamp)::date, c.class, c.process,
           c.identity IN ('anonymous', 'letter'), c.late, c.duplicate_of IS NOT NULL, count(*)
      FROM register.complaint AS c
     WHERE c.fy = year
     GROUP BY 1, 2, 3, 4, 5, 6
$$;
COMMENT ON FUNCTION rules.received(integer) IS
    'The complaints counted in a fiscal year, in cells that every figure is a sum over';
