-- A custodian with a new key gives his shares back wrapped for it: each takes the place of the old
-- wrap, of the same length and about the same share of the same case. What he has replaced already is
-- passed over, so that a batch may be sent again.
CREATE OR REPLACE FUNCTION rules.custody_rewrap(now timestamptz, actor text, params jsonb,
                                                body jsonb, OUT status integer,
                                                OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'custody_rewrap');
    event CONSTANT uuid := rules.uuid_member(body, 'event_id');
    hash CONSTANT bytea := rules.request_hash('custody_rewrap', params, body);
    item record;
    changed integer := 0;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'wraps');
    SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
    IF status IS NOT NULL THEN
        RETURN;
    END IF;
    IF coalesce(jsonb_typeof(body -> 'wraps') <> 'array', true)
       OR jsonb_array_length(body -> 'wraps') NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION '/wraps must be a list of 1 to 100' USING ERRCODE = 'ZG422';
    END IF;
    FOR item IN
        SELECT substring(w ->> 'position' FROM '^[0-9]{1,18}$')::bigint AS position,
               rules.wrap_of(w ->> 'old') AS old, rules.wrap_of(w ->> 'new') AS new
        FROM jsonb_array_elements(body -> 'wraps') AS w ORDER BY 1
    LOOP
        IF coalesce(rules.wrap_place(item.new) <> rules.wrap_place(item.old), true)
           OR item.position IS NULL THEN
            RAISE EXCEPTION '/wraps must give each share anew at its own place' USING ERRCODE = 'ZG422';
        END IF;
        PERFORM rules.share_claim(now, actor, rules.wrap_place(item.old));
        UPDATE register.content AS t
        SET wraps = overlay(t.wraps PLACING item.new FROM position(item.old IN t.wraps))
        WHERE t.position = item.position AND position(item.old IN t.wraps) > 0;
        changed := changed + FOUND::integer;
    END LOOP;
    status := 200;
    content := jsonb_build_object('changed', changed);
    PERFORM rules.append(now, caller, 'shares_rewrapped', event_id => event, request_hash => hash,
                         status => status, answer => content, fields => content);
END;
$$;
