-- A bar chart in a document: labels are texts, in both languages or not, or months; one value each.
CREATE OR REPLACE FUNCTION rules.doc_chart(key text, th text, en text, labels json, bars json)
RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object('kind', 'chart', 'key', key,
                             'title', json_build_object('th', th, 'en', en),
                             'labels', coalesce(labels, '[]'), 'values', coalesce(bars, '[]'))
$$;
COMMENT ON FUNCTION rules.doc_chart(text, text, text, json, json) IS 'A bar chart in a document';
