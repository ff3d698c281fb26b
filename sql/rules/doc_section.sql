-- A section of a document.
CREATE OR REPLACE FUNCTION rules.doc_section(key text, th text, en text, VARIADIC blocks json[])
RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object('key', key, 'title', json_build_object('th', th, 'en', en),
                             'blocks', (SELECT coalesce(json_agg(b ORDER BY o), '[]')
                                        FROM unnest(blocks) WITH ORDINALITY AS x (b, o)
                                        WHERE b IS NOT NULL))
$$;
COMMENT ON FUNCTION rules.doc_section(text, text, text, json[]) IS 'A section of a document';
