-- The wraps of all envelopes, a page at a time, for a custodian who checks them or has a new key: out
-- of each only his own share opens with his key. Cases go by the id of their envelope, nothing else.
CREATE OR REPLACE FUNCTION rules.custody_list(now timestamptz, actor text, params jsonb,
                                              body jsonb, OUT status integer,
                                              OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'custody_list');
    IF coalesce(params ->> 'after', '0') !~ '^[0-9]{1,18}$' THEN
        RAISE EXCEPTION 'after must be a position' USING ERRCODE = 'ZG422';
    END IF;
    status := 200;
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object(
               'position', t.position, 'envelope_id', t.id, 'wraps', rules.base64(t.wraps))
               ORDER BY t.position), '[]'))
    INTO content
    FROM (SELECT t.position, c.id, t.wraps
          FROM register.content AS t JOIN register.complaint AS c ON c.position = t.position
          WHERE t.position > coalesce(params ->> 'after', '0')::bigint
          ORDER BY t.position LIMIT 100) AS t;
END;
$$;
