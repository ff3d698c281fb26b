-- The working day that is `days` working days after a day, which itself is never counted.
CREATE OR REPLACE FUNCTION rules.working_day_add(day date, days integer)
RETURNS date
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT w.day
            FROM rules.working_days(working_day_add.day + 1, -- far enough for every long weekend
                                    working_day_add.day + 3 * days + 30) AS w
            ORDER BY w.day OFFSET days - 1 LIMIT 1);
END;
$$;
COMMENT ON FUNCTION rules.working_day_add(date, integer) IS
    'The working day that is so many working days after a day';
