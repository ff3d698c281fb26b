-- The working day that is `days` working days after a day.
CREATE OR REPLACE FUNCTION rules.working_day_add(day date, days integer)
RETURNS date
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT w.due_on FROM rules.working_day_due(day, day, days) AS w);
END;
$$;
COMMENT ON FUNCTION rules.working_day_add(date, integer) IS
    'The working day that is so many working days after a day';
