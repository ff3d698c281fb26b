-- What `grievd notify` says of a message: {id, outcome, trouble}. No route leads here.
CREATE OR REPLACE FUNCTION api.outbox_settle(actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.only_members(body, 'id', 'outcome', 'trouble');
    IF coalesce(body ->> 'outcome', '') NOT IN ('sent', 'later', 'never') THEN
        RAISE EXCEPTION '/outcome must be sent, later or never' USING ERRCODE = 'ZG422';
    END IF;
    PERFORM rules.outbox_settle(clock_timestamp(), rules.uuid_member(body, 'id'),
                                body ->> 'outcome', rules.text_member(body, 'trouble', false));
    status := 200;
    content := '{}';
END;
$$;
