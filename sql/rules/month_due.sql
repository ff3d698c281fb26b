-- The last day on which a month is confirmed in time: the 5th working day of the next month.
CREATE OR REPLACE FUNCTION rules.month_due(month date)
RETURNS date
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN rules.working_day_add((month + interval '1 month' - interval '1 day')::date, 5);
END;
$$;
COMMENT ON FUNCTION rules.month_due(date) IS
    'The last day on which a month (given by its first day) is confirmed in time';
