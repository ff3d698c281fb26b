-- Somebody has read a case's content through the server: an event for each reader and day.
CREATE OR REPLACE FUNCTION rules.case_was_read(now timestamptz, actor text, asked uuid)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    reader register.principal;
BEGIN
    IF EXISTS (SELECT FROM register.case_read AS r
               WHERE r.complaint = asked AND r.reader = actor
                 AND r.day = rules.bangkok_day(now)) THEN
        RETURN; -- nearly always: without a write
    END IF;
    UPDATE register.complaint AS f SET noted_at = coalesce(f.noted_at, now) WHERE f.id = asked;
    INSERT INTO register.case_read (complaint, reader, day)
    VALUES (asked, actor, rules.bangkok_day(now))
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        SELECT p.* INTO reader FROM register.principal AS p WHERE p.name = actor;
        PERFORM rules.append(now, reader, 'read', complaint => asked);
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.case_was_read(timestamptz, text, uuid) IS
    'Somebody has read a case''s content through the server';
