-- A paragraph in a document. Its style is plain, strong, note or warning.
CREATE OR REPLACE FUNCTION rules.doc_text(th text, en text, style text DEFAULT 'plain')
RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object('kind', 'text', 'style', style,
                             'text', json_build_object('th', th, 'en', en))
$$;
COMMENT ON FUNCTION rules.doc_text(text, text, text) IS 'A paragraph in a document';
