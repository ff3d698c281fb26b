-- What `grievd notify` asks for: {most}. Answers {items: [{id, email, subject, text}]}. No route
-- leads here.
CREATE OR REPLACE FUNCTION api.outbox_take(actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint,
                                           OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT 200, NULL::bigint,
           rules.outbox_take(clock_timestamp(), rules.integer_member(body, 'most', 1, 100))
$$;
