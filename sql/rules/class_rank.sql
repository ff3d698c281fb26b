-- The place of a class in the order of the taxonomy, which is that of a queue within a day.
CREATE OR REPLACE FUNCTION rules.class_rank(class text) RETURNS integer
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.ord FROM register.taxonomy AS t WHERE t.kind = 'class' AND t.code = class
$$;
COMMENT ON FUNCTION rules.class_rank(text) IS 'The place of a class in the order of the taxonomy';
