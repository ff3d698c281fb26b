-- Refuse who may see the case and not attach to it: who sent it and who works on it may, until it
-- is closed. Who only sent it fills ten of the twenty numbers, so that what is found has a place.
CREATE OR REPLACE FUNCTION rules.may_attach(seen rules.case_seen) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF seen.acts_as = '{}'
       AND NOT (seen.submitter = seen.viewer AND seen.viewer_roles && '{officer,intake}') THEN
        RAISE EXCEPTION 'only who sent the case and who works on it attach to it'
            USING ERRCODE = 'ZG403';
    END IF;
    IF seen.acts_as = '{}'
       AND (SELECT count(*) FROM register.attachment AS a
            WHERE a.complaint = (SELECT l.id FROM register.complaint AS l
                                 WHERE l.position = rules.content_position(seen.complaint))
              AND a.sender = seen.viewer AND a.finished_at IS NOT NULL) >= 10 THEN
        RAISE EXCEPTION 'ten of the twenty files are for those who work on the case'
            USING ERRCODE = 'ZG409';
    END IF;
    IF seen.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    ELSIF seen.state = 'CLOSED' THEN
        RAISE EXCEPTION 'the case is closed: reopen it first' USING ERRCODE = 'ZG409';
    END IF;
END;
$$;
