-- The working days from one day to another, both included: Monday to Friday but for the holidays by
-- the newest version of each. Written to be planned as a part of what asks for it.
CREATE OR REPLACE FUNCTION rules.working_days(first_day date, last_day date)
RETURNS TABLE (day date)
LANGUAGE sql STABLE AS $$
    SELECT first_day + n
    FROM generate_series(0, last_day - first_day) AS n
    WHERE extract(isodow FROM first_day + n) < 6
      AND NOT EXISTS (SELECT FROM register.holiday AS h
                      WHERE h.day = first_day + n AND h.holds
                        AND NOT EXISTS (SELECT FROM register.holiday AS later
                                        WHERE later.day = h.day AND later.version > h.version))
$$;
COMMENT ON FUNCTION rules.working_days(date, date) IS 'The working days from one day to another';
