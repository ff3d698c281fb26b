-- Where a text told with an event is sealed, and for whom: the id and the route of a case that the
-- caller sees, who may call the function that the text is for. A request that was carried out
-- already is told as well, though the case may be out of the caller's sight since: what is sealed
-- for it is compared and not stored.
CREATE OR REPLACE FUNCTION rules.sealing_place(actor text, params jsonb, OUT status integer,
                                               OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, params ->> 'function');
    asked CONSTANT uuid := rules.case_id(params ->> 'id');
    event CONSTANT uuid := rules.uuid_of(params ->> 'event_id');
BEGIN
    SELECT 200, jsonb_build_object('id', c.id, 'route', c.route) INTO status, content
    FROM register.complaint AS c
    WHERE c.id = asked
      AND (EXISTS (SELECT FROM rules.case_seen AS s WHERE s.viewer = actor AND s.id = c.id)
           OR EXISTS (SELECT FROM register.event AS e
                      WHERE e.event_id = event AND e.actor = caller.name));
    IF status IS NULL THEN
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
