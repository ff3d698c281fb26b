-- Some findings in words: the first few, and how many more there are.
CREATE OR REPLACE FUNCTION rules.finding_words(findings jsonb, lang text)
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(l.value ->> ('text_' || lang), '; ' ORDER BY l.ordinality)
               FILTER (WHERE l.ordinality <= 3)
           || CASE WHEN count(*) > 3
                   THEN format(CASE lang WHEN 'th' THEN ' และอีก %s รายการ'
                                         ELSE ', and %s more' END, count(*) - 3)
                   ELSE '' END
    FROM jsonb_array_elements(findings) WITH ORDINALITY AS l
$$;
COMMENT ON FUNCTION rules.finding_words(jsonb, text) IS 'Some findings in words';
