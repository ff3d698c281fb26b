-- The day of a moment where the agency is. Thailand has kept UTC+7 since 1920; the offset costs a
-- tenth of looking the zone up by name, which counts over a year of cases.
CREATE OR REPLACE FUNCTION rules.bangkok_day(moment timestamptz) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (moment AT TIME ZONE interval '07:00')::date;
