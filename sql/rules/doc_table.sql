-- A table in a document: rows are arrays of cells, a cell is null, a number, a text, or a text in
-- both languages. The last row is the total when there is one.
CREATE OR REPLACE FUNCTION rules.doc_table(key text, th text, en text, columns json, rows json,
                                           total json DEFAULT NULL, note json DEFAULT NULL)
RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_object('kind', 'table', 'key', key,
                             'title', json_build_object('th', th, 'en', en), 'columns', columns,
                             'rows', coalesce(rows, '[]'), 'total', total, 'note', note)
$$;
COMMENT ON FUNCTION rules.doc_table(text, text, text, json, json, json, json) IS
    'A table in a document';
