-- What a total that has KPI 1 in it must say while units are silent; NULL once all have confirmed.
CREATE OR REPLACE FUNCTION rules.unconfirmed_note(f jsonb)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object(
               'th', 'ระดับของ KPI 1 ยังไม่ยืนยัน ผลรวมของแผนซึ่งคิดจากระดับนี้จึงยังไม่ยืนยัน',
               'en', 'The level of KPI 1 is unconfirmed, and so is the total of the plan, '
                     'which it is part of.')
    WHERE NOT (f #>> '{kpi1,confirmed}')::boolean
$$;
COMMENT ON FUNCTION rules.unconfirmed_note(jsonb) IS
    'What a total with KPI 1 in it says while units are silent';
