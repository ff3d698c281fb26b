-- Lend the mailer up to `most` messages that are due. Each is out of reach for the others until its
-- loan ends, which is when it would be tried again; the waits double from two minutes to six hours.
-- What its recipient may no longer see is not sent, and what was lent twelve times is dead.
CREATE OR REPLACE FUNCTION rules.outbox_take(now timestamptz, most integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken jsonb;
BEGIN
    WITH due AS (
        SELECT o.id FROM register.outbox AS o
        WHERE o.status = 'waiting' AND o.next_try_at <= now
        ORDER BY o.next_try_at LIMIT most
        FOR UPDATE SKIP LOCKED
    ), lent AS (
        UPDATE register.outbox AS o
        SET tries = o.tries + CASE WHEN s.shown AND o.tries < 12 THEN 1 ELSE 0 END,
            status = CASE WHEN s.shown AND o.tries < 12 THEN 'waiting' ELSE 'dead' END,
            settled_at = CASE WHEN s.shown AND o.tries < 12 THEN NULL ELSE now END,
            trouble = CASE WHEN NOT s.shown THEN 'no longer for its recipient'
                           WHEN o.tries >= 12 THEN 'never settled' ELSE o.trouble END,
            next_try_at = now + least(interval '2 minutes' * 2 ^ o.tries, interval '6 hours')
        FROM due AS d
        CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM rules.case_seen AS c
                           JOIN register.outbox AS x ON x.id = d.id
                           WHERE c.viewer = x.recipient AND c.ref = x.ref) AS shown) AS s
        WHERE o.id = d.id
        RETURNING o.*
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', l.id, 'email', l.email, 'subject', rules.outbox_subject(l.ref, l.matter),
               'text', rules.outbox_text(now, l.ref, l.matter, l.due_on)) ORDER BY l.at), '[]')
    INTO taken
    FROM lent AS l WHERE l.status = 'waiting';
    RETURN jsonb_build_object('items', taken);
END;
$$;
COMMENT ON FUNCTION rules.outbox_take(timestamptz, integer) IS
    'Lend the mailer messages that are due';
