-- What became of a message that was lent: sent; to be tried again later, at most twelve times in
-- all; or never, because the mail server will not have it. One that is settled already stays so.
CREATE OR REPLACE FUNCTION rules.outbox_settle(now timestamptz, message uuid, outcome text,
                                               what_trouble text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE register.outbox AS o
    SET status = CASE WHEN outcome = 'sent' THEN 'sent'
                      WHEN outcome = 'never' OR o.tries >= 12 THEN 'dead' ELSE 'waiting' END,
        settled_at = CASE WHEN outcome = 'later' AND o.tries < 12 THEN NULL ELSE now END,
        trouble = what_trouble
    WHERE o.id = message AND o.status = 'waiting';
END;
$$;
COMMENT ON FUNCTION rules.outbox_settle(timestamptz, uuid, text, text) IS
    'What became of a message that was lent';
