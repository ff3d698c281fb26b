-- The first answer to a request that is sent again, or NULLs when its event_id is new. Another
-- request under the same event_id, or the same by another actor, is refused.
--
-- Requests with one event_id wait for each other here, before they lock anything else.
CREATE OR REPLACE FUNCTION rules.repeated(actor text, event uuid, hash bytea,
                                          OUT status integer, OUT version bigint,
                                          OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_one register.event;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(event::text, 0));
    SELECT * INTO first_one FROM register.event AS e WHERE e.event_id = event;
    IF first_one.position IS NULL THEN
        RETURN;
    END IF;
    IF first_one.actor <> actor OR first_one.request_hash <> hash THEN
        RAISE EXCEPTION 'the event_id was used for another request' USING ERRCODE = 'ZG409';
    END IF;
    status := first_one.status;
    content := first_one.answer;
    version := (content ->> 'version')::bigint;
END;
$$;
