-- Refuse who may see the case and not attach to it: who sent it and who works on it may, until it
-- is closed.
CREATE OR REPLACE FUNCTION rules.may_attach(seen rules.case_seen) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF seen.acts_as = '{}'
       AND NOT (seen.submitter = seen.viewer AND seen.viewer_roles && '{officer,intake}') THEN
        RAISE EXCEPTION 'only who sent the case and who works on it attach to it'
            USING ERRCODE = 'ZG403';
    END IF;
    IF seen.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    ELSIF seen.state = 'CLOSED' THEN
        RAISE EXCEPTION 'the case is closed: reopen it first' USING ERRCODE = 'ZG409';
    END IF;
END;
$$;
