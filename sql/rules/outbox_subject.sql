-- The subject of a message: the number of the case and what it is about.
CREATE OR REPLACE FUNCTION rules.outbox_subject(ref text, matter text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT ref || ': ' || t.th || ' / ' || t.en
    FROM register.taxonomy AS t WHERE t.kind = 'matter' AND t.code = matter
$$;
COMMENT ON FUNCTION rules.outbox_subject(text, text) IS 'The subject of a message';
