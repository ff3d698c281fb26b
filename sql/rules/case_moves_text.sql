-- The kinds of event that somebody acting in these roles may post about a case now, as a refusal of one
-- kind names them.
CREATE OR REPLACE FUNCTION rules.case_moves_text(f register.complaint, acts_as text[], refused text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(nullif(array_to_string(
        array_remove(rules.case_moves(f, acts_as), refused), ', '), ''), 'nothing');
END;
$$;
COMMENT ON FUNCTION rules.case_moves_text(register.complaint, text[], text) IS
    'The kinds of event that may be posted about a case now, as a refusal names them';
