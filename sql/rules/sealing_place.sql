-- Where a text told with an event is sealed, and for whom: the id and the route of a case that the
-- caller sees, who may call the function that the text is for; or of the case of a request that he
-- may act on as a custodian. Why an identity is asked for, why one will not open it, and why a case
-- is to be erased is for the custodians as well: `custodians`. A request that was carried out
-- already is told as well, though the case may be out of the caller's sight since: what is sealed
-- for it is compared and not stored. `without` are the numbers of custodians who are to learn nothing of
-- the case, as far as the register knows whose they are.
CREATE OR REPLACE FUNCTION rules.sealing_place(actor text, params jsonb, OUT status integer,
                                               OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, params ->> 'function');
    event CONSTANT uuid := rules.uuid_of(params ->> 'event_id');
    deciding CONSTANT boolean := params ->> 'function' = 'identity_decide';
    request register.identity_request;
    asked uuid;
BEGIN
    IF deciding THEN
        SELECT r.* INTO request FROM register.identity_request AS r WHERE r.id = rules.uuid_of(params ->> 'id');
        asked := request.complaint;
    ELSE
        asked := rules.case_id(params ->> 'id');
    END IF;
    SELECT 200, jsonb_build_object('id', c.id, 'route', c.route,
                                   'custodians', deciding OR params ->> 'function'
                                                             IN ('identity_request', 'erasure_propose'),
                                   'without', (
               SELECT coalesce(jsonb_agg(n.number ORDER BY n.number), '[]')
               FROM register.custodian_number AS n JOIN register.principal AS p ON p.name = n.principal
               WHERE rules.hidden_from(p, c.id)))
    INTO status, content
    FROM register.complaint AS c
    WHERE c.id = asked
      AND (CASE WHEN deciding THEN rules.custodian_for(actor, request)
                ELSE EXISTS (SELECT FROM rules.case_seen AS s WHERE s.viewer = actor AND s.id = c.id) END
           OR EXISTS (SELECT FROM register.event AS e
                      WHERE e.event_id = event AND e.actor = caller.name AND e.complaint = c.id
                        AND (NOT deciding OR e.fields ->> 'request' = request.id::text)));
    IF status IS NULL THEN
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
