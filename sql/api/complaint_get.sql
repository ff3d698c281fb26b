-- GET /v1/complaints/{id}: one complaint, by its id or its number, with its timeline.
--
-- The text of the JSON is put together, not built: the body's bytes go out as they came in. The
-- timeline begins with the acceptance, which the case's own columns tell; a case whose version is
-- 1 has nothing after it.
--
-- Who gets the content has read it, which is an event.
--
-- What it costs is the start of its one statement more than the run: each table, each function and
-- each use of a column of rules.case_seen that is an expression (`reads`) adds to it.
CREATE OR REPLACE FUNCTION api.complaint_get(actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    -- case_id() would do, but is called for a number only
    asked CONSTANT uuid := coalesce(rules.uuid_of(params ->> 'id'), rules.case_id(params ->> 'id'));
    reads boolean;
BEGIN
    SELECT 200, f.version, format(
               '{%s,"source":%s,%s"timeline":[{"at":%s,"kind":"accepted","kind_th":"%s",'
               '"by":"%s","by_unit":"%s","from":null,"to":"RECEIVED","fields":{}}%s]}',
               rules.case_members(f.file, c, s), coalesce(c.source, 'null'),
               CASE WHEN f.reads THEN rules.case_content(f.file, f.acts_as)
                    ELSE '"moves":[],' END,
               to_json(f.accepted_at),
               (SELECT t.th FROM register.taxonomy AS t
                WHERE t.kind = 'event' AND t.code = 'accepted'),
               f.submitter, f.unit,
               CASE WHEN f.version > 1 OR f.read_at IS NOT NULL
                    THEN rules.later_events(f.id, CASE WHEN f.reads THEN 'all'
                                                       WHEN 'auditor' = ANY (f.viewer_roles)
                                                       THEN 'chain' ELSE 'moves' END) END),
           f.reads
    INTO status, version, content, reads
    FROM rules.case_seen AS f
    JOIN register.complaint AS c ON c.id = f.id
    JOIN register.state AS s ON s.code = f.state
    WHERE f.viewer = actor AND f.id = asked;
    IF status IS NULL THEN
        PERFORM rules.caller(actor, 'complaint_get');
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
    IF reads THEN
        PERFORM rules.case_was_read(clock_timestamp(), actor, asked);
    END IF;
END;
$$;
