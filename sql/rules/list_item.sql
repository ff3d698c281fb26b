-- A case as a list shows it to somebody; NULL if he does not see it, or may not read it where that
-- is asked.
CREATE OR REPLACE FUNCTION rules.list_item(actor text, asked uuid, to_read boolean) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan -- its caller plans anew each time
AS $$
BEGIN
    RETURN (SELECT '{' || rules.case_members(c.complaint, s) || '}'
            FROM rules.case_seen AS c
            JOIN register.state AS s ON s.code = c.state
            WHERE c.viewer = actor AND c.id = asked AND (NOT to_read OR c.acts_as <> '{}'));
END;
$$;
COMMENT ON FUNCTION rules.list_item(text, uuid, boolean) IS 'A case as a list shows it to somebody';
