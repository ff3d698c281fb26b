-- A figure in a cell: by itself where it is of the year that the reader takes it for, else with its
-- own year.
CREATE OR REPLACE FUNCTION rules.figure_of_year(figure text, fy integer, taken_for integer)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN fy <> taken_for
                THEN json_build_object('th', format('%s (พ.ศ. %s)', figure, fy),
                                       'en', format('%s (of %s)', figure, fy))
                ELSE to_json(figure) END
$$;
COMMENT ON FUNCTION rules.figure_of_year(text, integer, integer) IS
    'A figure in a cell, with its year where that is not the one it is taken for';
