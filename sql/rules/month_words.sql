-- Months of one fiscal year (["2026-10", …]) in words, short, without their years.
CREATE OR REPLACE FUNCTION rules.month_words(months jsonb)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object('th', string_agg(w.th, ' ' ORDER BY m.ordinality),
                             'en', string_agg(w.en, ' ' ORDER BY m.ordinality))
    FROM jsonb_array_elements_text(months) WITH ORDINALITY AS m
    JOIN unnest('{ม.ค.,ก.พ.,มี.ค.,เม.ย.,พ.ค.,มิ.ย.,ก.ค.,ส.ค.,ก.ย.,ต.ค.,พ.ย.,ธ.ค.}'::text[],
                '{Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec}'::text[])
         WITH ORDINALITY AS w (th, en, month) ON w.month = right(m.value, 2)::integer
$$;
COMMENT ON FUNCTION rules.month_words(jsonb) IS 'Months of one fiscal year in words';
