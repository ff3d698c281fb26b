-- The cases that any of these is linked to as a duplicate or as an original.
CREATE OR REPLACE FUNCTION rules.case_linked(asked uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT d.id FROM register.complaint AS d WHERE d.duplicate_of = ANY (asked)
                 UNION
                 SELECT c.duplicate_of FROM register.complaint AS c
                 WHERE c.id = ANY (asked) AND c.duplicate_of IS NOT NULL);
END;
$$;
COMMENT ON FUNCTION rules.case_linked(uuid[]) IS 'The cases that some are linked to';
