-- Undo the links of a case that was just hidden which can no longer stand: some of those who work on
-- the one case do not see the other, and could neither know of the link nor undo it.
CREATE OR REPLACE FUNCTION rules.case_unlink(now timestamptz, hidden uuid) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    duplicate register.complaint;
BEGIN
    FOR duplicate IN SELECT d.* FROM register.complaint AS d
                     WHERE (d.duplicate_of = hidden OR d.id = hidden AND d.duplicate_of IS NOT NULL)
                       AND NOT rules.hidden_alike(d, d.duplicate_of)
                     ORDER BY d.id
    LOOP
        UPDATE register.complaint AS c SET duplicate_of = NULL WHERE c.id = duplicate.id;
        PERFORM rules.append(now, rules.system_principal(), 'unlink', complaint => duplicate.id,
                             fields => jsonb_build_object('original', duplicate.duplicate_of));
    END LOOP;
END;
$$;
COMMENT ON FUNCTION rules.case_unlink(timestamptz, uuid) IS
    'Undo the links of a case that can no longer stand';
