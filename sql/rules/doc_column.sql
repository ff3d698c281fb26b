-- A column of a table in a document. Its type says how the renderers print and store its cells:
-- text, label (the number of an item, 3.2.1), code (digits stay Arabic), hash (a code of many
-- digits), count, decimal (a number in a text, printed with its digits), percent (alike), day
-- (YYYY-MM-DD), month (YYYY-MM).
CREATE OR REPLACE FUNCTION rules.doc_column(key text, type text, th text, en text)
RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object('key', key, 'type', type,
                             'title', json_build_object('th', th, 'en', en))
$$;
COMMENT ON FUNCTION rules.doc_column(text, text, text, text) IS 'A column of a table in a document';
