-- A day as Thai official letters write it, with the Buddhist year: 3 ตุลาคม 2570.
CREATE OR REPLACE FUNCTION rules.thai_date(day date)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT extract(day FROM day)::integer || ' '
        || (ARRAY['มกราคม', 'กุมภาพันธ์', 'มีนาคม', 'เมษายน', 'พฤษภาคม', 'มิถุนายน', 'กรกฎาคม',
                  'สิงหาคม', 'กันยายน', 'ตุลาคม', 'พฤศจิกายน', 'ธันวาคม'])
           [extract(month FROM day)::integer]
        || ' ' || (extract(year FROM day)::integer + 543)
$$;
COMMENT ON FUNCTION rules.thai_date(date) IS 'A day in Thai with the Buddhist year';
