-- GET /v1/mail: mail that is dead, then mail that waits, newest first, without what it says: who
-- administers it sees no cases. Of a case that is hidden from him there is none.
CREATE OR REPLACE FUNCTION api.mail_list(actor text, params jsonb, body jsonb,
                                         OUT status integer, OUT version bigint, OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'mail_list');
BEGIN
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'id', o.id, 'at', o.at, 'recipient', o.recipient, 'email', o.email,
               'status', o.status, 'tries', o.tries, 'next_try_at', o.next_try_at,
               'trouble', o.trouble) ORDER BY o.status <> 'dead', o.at DESC, o.id), '[]'))
    INTO content
    FROM (SELECT m.* FROM register.outbox AS m
          JOIN register.complaint AS c ON c.ref = m.ref
          WHERE m.status <> 'sent'
            AND NOT rules.hidden_from(caller, c.id)
          ORDER BY m.status <> 'dead', m.at DESC, m.id LIMIT 200) AS o;
END;
$$;
COMMENT ON FUNCTION api.mail_list(text, jsonb, jsonb) IS 'GET /v1/mail';
