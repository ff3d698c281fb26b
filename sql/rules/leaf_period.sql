-- The month of a day in a leaf: YYYYMM, Gregorian.
CREATE OR REPLACE FUNCTION rules.leaf_period(day date) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_part('year', day::timestamp)::integer * 100
       + date_part('month', day::timestamp)::integer;
