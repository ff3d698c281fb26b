-- GET /v1/complaints/{id}: one complaint, by its id or its number, with its timeline.
--
-- The text of the JSON is put together, not built. What was told lies sealed; `reads` says whether
-- the caller may have it opened (complaint_open). The timeline begins with the acceptance, which
-- the case's own columns tell; a case whose version is 1 and of which nothing is noted has nothing
-- after it.
--
-- What it costs is the start of its statements more than their run: each statement, each table and
-- each function with settings of its own adds to it, and so does each use of a column of
-- rules.case_seen that is an expression (`acts_as`), so that one is taken once. A function in SQL
-- that is not inlined would be planned at each call. What most cases need no look at is not looked at.
CREATE OR REPLACE FUNCTION api.complaint_get(actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off -- a plan made while the register was empty must be good later too
SET enable_mergejoin = off -- of each table it takes a row: there is nothing to sort
AS $$
DECLARE
    -- case_id() would do, but is called for a number only
    asked CONSTANT uuid := coalesce(rules.uuid_of(params ->> 'id'), rules.case_id(params ->> 'id'));
    seen record;
    f register.complaint;
    reads boolean;
    settled boolean;
    moves text := '[]';
    clocks text;
    links text := '"duplicate_of":null,"duplicate_of_ref":null,"parent":null,"parent_ref":null,"parts":[]';
    work text := '';
    files text := '';
    later text := '';
BEGIN
    SELECT c.complaint, c.acts_as, c.viewer_roles,
           rules.case_members(c.complaint, s) AS members,
           format('{"at":%s,"kind":"accepted","kind_th":"%s","by":"%s","by_unit":"%s",'
                  '"from":null,"to":"RECEIVED","fields":{}}',
                  to_json(c.accepted_at), t.th, c.submitter, c.unit) AS accepted
    INTO seen
    FROM rules.case_seen AS c
    JOIN register.state AS s ON s.code = c.state
    JOIN register.taxonomy AS t ON t.kind = 'event' AND t.code = 'accepted'
    WHERE c.viewer = actor AND c.id = asked;
    IF NOT FOUND THEN
        PERFORM rules.caller(actor, 'complaint_get');
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;

    f := seen.complaint;
    reads := seen.acts_as <> '{}';
    IF reads THEN
        SELECT to_json(m.kinds), m.settled, k.items INTO moves, settled, clocks
        FROM rules.moves_plain(f.state, f.route, seen.acts_as) AS m, rules.clocks_of(f.id) AS k;
        IF NOT settled THEN
            moves := to_json(rules.case_moves(now(), f, seen.acts_as, actor));
        END IF;
        IF f.version > 1 OR f.parent IS NOT NULL THEN -- to link or split it was an event
            links := rules.case_links(f, actor);
        END IF;
        work := format('"investigator":%s,%s,"clocks":[%s],',
                       coalesce(to_json(f.investigator), 'null'), links, clocks);
    END IF;
    IF f.version > 1 THEN
        files := rules.attachment_items(f, actor, reads OR 'auditor' = ANY (seen.viewer_roles));
    END IF;
    IF f.version > 1 OR f.noted_at IS NOT NULL THEN
        later := rules.later_events(f.id, actor,
                                    CASE WHEN reads THEN 'all'
                                         WHEN 'auditor' = ANY (seen.viewer_roles) THEN 'chain'
                                         ELSE 'moves' END);
    END IF;
    status := 200;
    version := f.version;
    content := '{' || seen.members || ',"source":' || coalesce(f.source, 'null')
        || ',"reads":' || reads::text || ',"moves":' || moves || ',' || work
        || '"attachments":[' || coalesce(files, '') || '],"timeline":[' || seen.accepted
        || coalesce(later, '') || ']}';
END;
$$;
