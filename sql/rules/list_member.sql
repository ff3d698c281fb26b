-- A member that must be a list of so many short texts.
CREATE OR REPLACE FUNCTION rules.list_member(object jsonb, member text, fewest integer,
                                             most integer)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(object -> member) IS DISTINCT FROM 'array'
       OR jsonb_array_length(object -> member) NOT BETWEEN fewest AND most
    THEN
        RAISE EXCEPTION '/% must be a list of % to % texts', member, fewest, most
            USING ERRCODE = 'ZG422';
    END IF;
    RETURN ARRAY(SELECT rules.text_member(jsonb_build_object('0', v), '0',
                                          pointer => '/' || member || '/')
                 FROM jsonb_array_elements(object -> member) AS v);
END;
$$;
COMMENT ON FUNCTION rules.list_member(jsonb, text, integer, integer) IS
    'A member that must be a list of short texts';
