-- GET /v1/complaints/{id}: one complaint, by its id or its number, with its timeline.
--
-- The text of the JSON is put together, not built. What was told lies sealed; `reads` says whether
-- the caller may have it opened (complaint_open). The timeline begins with the acceptance, which
-- the case's own columns tell; a case whose version is 1 and of which nothing is noted has nothing
-- after it.
--
-- What it costs is the start of its one statement more than the run: each table, each function and
-- each use of a column of rules.case_seen that is an expression (`reads`) adds to it.
CREATE OR REPLACE FUNCTION api.complaint_get(actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    -- case_id() would do, but is called for a number only
    asked CONSTANT uuid := coalesce(rules.uuid_of(params ->> 'id'), rules.case_id(params ->> 'id'));
BEGIN
    SELECT 200, c.version, format(
               '{%s,"source":%s,"reads":%s,"moves":%s,%s"attachments":[%s],"timeline":[{"at":%s,"kind":"accepted",'
               '"kind_th":"%s","by":"%s","by_unit":"%s","from":null,"to":"RECEIVED","fields":{}}%s]}',
               rules.case_members(c.complaint, s), coalesce(c.source, 'null'),
               c.reads::text,
               CASE WHEN c.reads THEN to_json(rules.case_moves(c.complaint, c.acts_as)) ELSE '[]' END,
               CASE WHEN c.reads THEN rules.case_work_members(c.complaint) END,
               CASE WHEN c.version > 1
                    THEN rules.attachment_items(c.complaint, actor,
                                                c.reads OR 'auditor' = ANY (c.viewer_roles)) END,
               to_json(c.accepted_at),
               (SELECT x.th FROM register.taxonomy AS x
                WHERE x.kind = 'event' AND x.code = 'accepted'),
               c.submitter, c.unit,
               CASE WHEN c.version > 1 OR c.noted_at IS NOT NULL
                    THEN rules.later_events(c.id, CASE WHEN c.reads THEN 'all'
                                                       WHEN 'auditor' = ANY (c.viewer_roles)
                                                       THEN 'chain' ELSE 'moves' END) END)
    INTO status, version, content
    FROM rules.case_seen AS c
    JOIN register.state AS s ON s.code = c.state
    WHERE c.viewer = actor AND c.id = asked;
    IF status IS NULL THEN
        PERFORM rules.caller(actor, 'complaint_get');
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
