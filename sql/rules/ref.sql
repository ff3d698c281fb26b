-- A number as people write it: TH-50/2570/0007; it grows past four digits.
CREATE OR REPLACE FUNCTION rules.ref(series text, fy integer, number integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN series || '/' || fy::text || '/'
       || CASE WHEN number < 10000 THEN lpad(number::text, 4, '0') ELSE number::text END;
