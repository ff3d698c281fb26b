-- What was told with an event, or is with a proposal, as somebody may know it who need not see every case
-- that it names: of the candidates of a screening those that he sees, and their numbers. NULL, if it is
-- about a link to a case that he does not see: to him nothing has happened.
CREATE OR REPLACE FUNCTION rules.told_seen(viewer text, told jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF told ? 'original' THEN
        IF NOT rules.sees_case(viewer, (told ->> 'original')::uuid) THEN
            RETURN NULL;
        END IF;
        told := told || jsonb_build_object('original_ref',
                                           rules.case_ref((told ->> 'original')::uuid));
    END IF;
    IF told ? 'duplicates' THEN
        told := told || (
            SELECT jsonb_build_object('duplicates', coalesce(jsonb_agg(n ORDER BY n), '[]'),
                                      'duplicate_refs', coalesce(jsonb_agg(rules.case_ref(n::uuid)
                                                                           ORDER BY n), '[]'))
            FROM jsonb_array_elements_text(told -> 'duplicates') AS n
            WHERE rules.sees_case(viewer, n::uuid));
    END IF;
    RETURN told;
END;
$$;
COMMENT ON FUNCTION rules.told_seen(text, jsonb) IS
    'What was told with an event, as somebody may know it';
