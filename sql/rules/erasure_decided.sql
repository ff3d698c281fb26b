-- A custodian decides on an erasure: what was told in the case and its parts goes, with every wrap and
-- salt; its number, days, class and counts, its events and the parts of the commitment stay.
CREATE OR REPLACE FUNCTION rules.erasure_decided(now timestamptz, caller register.principal,
                                                 proposed register.proposal, outcome text, event uuid,
                                                 hash bytea)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c register.complaint;
    answer CONSTANT jsonb := jsonb_build_object('id', proposed.id, 'status', outcome);
    marks CONSTANT jsonb := jsonb_build_object('proposal', proposed.id, 'proposed_by',
                                               proposed.proposed_by);
BEGIN
    SELECT x.* INTO c FROM register.complaint AS x WHERE x.id = proposed.complaint FOR UPDATE;
    IF outcome <> 'approved' THEN
        PERFORM rules.append(now, caller, outcome, complaint => c.id, event_id => event,
                             request_hash => hash, status => 200, answer => answer,
                             fields => marks || '{"act": "erase"}');
        RETURN answer;
    END IF;
    IF c.state <> 'CLOSED' THEN
        RAISE EXCEPTION 'only a closed case is erased' USING ERRCODE = 'ZG409';
    END IF;
    UPDATE register.complaint AS x
    SET erased_at = now, opening = decode(repeat('00', 32), 'hex') || substr(x.opening, 33, 64),
        version = x.version + 1
    WHERE x.id = c.id OR x.content_at = c.position;
    DELETE FROM register.content AS t WHERE t.position = c.position;
    DELETE FROM register.attachment AS a WHERE a.complaint = c.id;
    UPDATE register.event AS e
    SET fields = (SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}')
                  FROM jsonb_each(e.fields) AS f WHERE NOT f.value ? 'wraps')
    WHERE e.complaint IN (SELECT x.id FROM register.complaint AS x
                          WHERE x.id = c.id OR x.content_at = c.position)
      AND EXISTS (SELECT FROM jsonb_each(e.fields) AS f WHERE f.value ? 'wraps');
    UPDATE register.proposal AS p
    SET request = (SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}')
                   FROM jsonb_each(p.request) AS f WHERE NOT f.value ? 'wraps')
    WHERE p.complaint IN (SELECT x.id FROM register.complaint AS x
                          WHERE x.id = c.id OR x.content_at = c.position)
      AND EXISTS (SELECT FROM jsonb_each(p.request) AS f WHERE f.value ? 'wraps');
    UPDATE register.identity_request AS r SET share = NULL WHERE r.complaint = c.id;
    PERFORM rules.append(now, caller, 'erased', complaint => c.id, event_id => event,
                         request_hash => hash, status => 200, answer => answer,
                         fields => marks || jsonb_build_object('approval_no',
                                                               proposed.request -> 'approval_no'));
    RETURN answer;
END;
$$;
