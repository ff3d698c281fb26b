-- GET /v1/mail: mail that waits or is dead, newest first, without what it says: who administers it
-- sees no cases.
CREATE OR REPLACE FUNCTION api.mail_list(actor text, params jsonb, body jsonb,
                                         OUT status integer, OUT version bigint, OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'mail_list');
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'id', o.id, 'at', o.at, 'recipient', o.recipient, 'email', o.email,
               'status', o.status, 'tries', o.tries, 'next_try_at', o.next_try_at,
               'trouble', o.trouble) ORDER BY o.at DESC, o.id), '[]'))
    INTO content
    FROM (SELECT * FROM register.outbox AS x WHERE x.status <> 'sent'
          ORDER BY x.at DESC, x.id LIMIT 200) AS o;
END;
$$;
COMMENT ON FUNCTION api.mail_list(text, jsonb, jsonb) IS 'GET /v1/mail';
