-- What the SQL tests share: pgTAP, and short ways to call what they test. Loaded once, before
-- them; each test file is BEGIN … ROLLBACK.

BEGIN;

CREATE SCHEMA tap;
CREATE EXTENSION pgtap SCHEMA tap;
CREATE SCHEMA tests;
GRANT USAGE ON SCHEMA tap, tests TO PUBLIC;

-- An api function as the store calls it, by an actor: {status, version, content}, or {error,
-- message} with the SQLSTATE it raised, and what else its problem document tells.
CREATE FUNCTION tests.call(function text, actor text, params jsonb DEFAULT '{}',
                           body jsonb DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    told   text;
BEGIN
    EXECUTE format('SELECT status, version, content::text AS content FROM api.%I($1, $2, $3)',
                   function)
        INTO answer USING actor, params, body;
    RETURN jsonb_build_object('status', answer.status, 'version', answer.version,
                              'content', answer.content::jsonb);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS told = PG_EXCEPTION_DETAIL;
    RETURN jsonb_build_object('error', SQLSTATE, 'message', SQLERRM)
           || CASE WHEN SQLSTATE ~ '^ZG' AND told <> '' THEN told::jsonb ELSE '{}' END;
END;
$$;

-- A request with its texts as the daemon hands them on: in envelopes, the words for a content.
CREATE FUNCTION tests.sealed(body jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT body || coalesce((
        SELECT jsonb_object_agg(m.key, jsonb_build_object('content', m.value, 'wraps', ''))
        FROM jsonb_each(body) AS m
        WHERE m.key IN ('text', 'reason', 'finding') AND jsonb_typeof(m.value) = 'string'
          AND m.value <> '""'), '{}')
$$;

-- The same of an inner function that is handed the time.
CREATE FUNCTION tests.call_at(now timestamptz, function text, actor text,
                              params jsonb DEFAULT '{}', body jsonb DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    told   text;
BEGIN
    EXECUTE format('SELECT status, version, content::text AS content'
                   ' FROM rules.%I($1, $2, $3, $4)', function)
        INTO answer USING now, actor, params,
                          CASE function WHEN 'complaint_event' THEN tests.sealed(body)
                                        ELSE body END;
    RETURN jsonb_build_object('status', answer.status, 'version', answer.version,
                              'content', answer.content::jsonb);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS told = PG_EXCEPTION_DETAIL;
    RETURN jsonb_build_object('error', SQLSTATE, 'message', SQLERRM)
           || CASE WHEN SQLSTATE ~ '^ZG' AND told <> '' THEN told::jsonb ELSE '{}' END;
END;
$$;

-- A UUID to name things by: tests.id(7).
CREATE FUNCTION tests.id(n integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

-- And back: the 7 of it.
CREATE FUNCTION tests.n(id uuid) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || right(id::text, 8))::bit(32)::integer
$$;

-- Submit complaints as one batch. Each item is {id: n, actor, …}: what it does not say is filled
-- in with something good, the unit with the actor's own, and the route it is sealed for with the
-- one it takes, unless an item says sealed_for. The commitment is a digest of the item.
CREATE FUNCTION tests.submit_all(now timestamptz, items jsonb)
RETURNS TABLE (k bigint, status integer, ref text, state text, route text, detail text,
               nonce_key_id integer, stale boolean)
LANGUAGE sql AS $$
    WITH item AS (
        SELECT ordinality AS k,
               '{"channel": "phone", "process": "service", "subject": "bribery", "class": "CX",
                 "identity": "anonymous", "key": 1}'::jsonb
               || jsonb_build_object('received', rules.bangkok_day(now), 'unit', (
                      SELECT p.unit FROM register.principal AS p WHERE p.name = v ->> 'actor'))
               || v AS v,
               sha256(convert_to(coalesce(v ->> 'commit', v::text), 'UTF8')) AS digest
        FROM jsonb_array_elements(items) WITH ORDINALITY AS i (v, ordinality)
    ), a AS (
        SELECT array_agg(tests.id((v ->> 'id')::integer) ORDER BY k) AS ids,
               array_agg(v ->> 'actor' ORDER BY k) AS actors,
               array_agg(coalesce(v ->> 'unit', '') ORDER BY k) AS units,
               array_agg(v ->> 'channel' ORDER BY k) AS channels,
               array_agg(v ->> 'process' ORDER BY k) AS processes,
               array_agg(v ->> 'subject' ORDER BY k) AS subjects,
               array_agg(v ->> 'class' ORDER BY k) AS classes,
               array_agg(v ->> 'identity' ORDER BY k) AS identities,
               array_agg((v ->> 'received')::date ORDER BY k) AS received,
               array_agg(v ->> 'accused_unit' ORDER BY k) AS accused_units,
               array_agg(v ->> 'accused_role' ORDER BY k) AS accused_roles,
               array_agg(v ->> 'accused' ORDER BY k) AS accused_principals,
               array_agg(v ->> 'conflict' ORDER BY k) AS conflicts,
               array_agg(v ->> 'source' ORDER BY k) AS sources,
               array_agg((v ->> 'box')::uuid ORDER BY k) AS box_openings,
               array_agg(v ->> 'sealed_for' ORDER BY k) AS sealed_for,
               bool_or(v ? 'sealed_for') AS sealed_as_said,
               array_agg(convert_to(coalesce(v ->> 'body', 'an envelope'), 'UTF8')
                         ORDER BY k) AS bodies,
               array_agg(digest ORDER BY k) AS digests,
               array_agg(digest || digest || digest ORDER BY k) AS openings,
               array_agg((v ->> 'key')::smallint ORDER BY k) AS keys
        FROM item
    ), r AS ( -- what a daemon whose reference data is new seals for
        SELECT a.*, ARRAY(SELECT nullif(f.route, 'legal')
                          FROM unnest(g.routes) WITH ORDINALITY AS f (route, k)
                          ORDER BY f.k) AS right_ones
        FROM a CROSS JOIN LATERAL rules.routing(units, actors, accused_units, accused_roles,
                                                accused_principals, conflicts) AS g
    )
    SELECT i.k, i.status, CASE WHEN i.status < 300 THEN s.refs[i.k] END,
           CASE WHEN i.status < 300 THEN 'RECEIVED' END,
           CASE WHEN i.status < 300 THEN coalesce(s.routes[i.k], 'legal') END,
           s.details[i.k], s.key_ids[i.k], coalesce(s.stale[i.k], false)
    FROM r, rules.complaint_submit(
             now, ids, actors, units, channels, processes, subjects, classes, identities,
             received, accused_units, accused_roles, accused_principals, conflicts, sources,
             box_openings, CASE WHEN sealed_as_said THEN sealed_for ELSE right_ones END, bodies,
             digests, digests, digests, openings, digests, keys) AS s
    CROSS JOIN LATERAL unnest(s.statuses) WITH ORDINALITY AS i (status, k)
$$;

-- Submit one complaint: "201 TH-50/2570/0001 RECEIVED legal", or "422 /subject is …".
CREATE FUNCTION tests.submit(now timestamptz, item jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', s.status, s.ref, s.state, s.route, s.detail)
    FROM tests.submit_all(now, jsonb_build_array(item)) AS s
$$;

-- Post an event about a case as it stands: "200 TRIAGE", or the SQLSTATE and what was said.
CREATE FUNCTION tests.act(at timestamptz, actor text, n integer, kind text,
                          more jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := tests.call_at(at, 'complaint_event', actor,
        jsonb_build_object('id', tests.id(n),
                           'if_match', (SELECT f.version::text FROM register.complaint AS f
                                        WHERE f.id = tests.id(n))),
        jsonb_build_object('kind', kind, 'event_id', gen_random_uuid()) || more);
    RETURN coalesce(answer ->> 'error' || ' ' || (answer ->> 'message'),
                    concat_ws(' ', answer ->> 'status', answer #>> '{content,state}'));
END;
$$;

-- What somebody is told that he can do with a case.
CREATE FUNCTION tests.moves(who text, n integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.call('complaint_get', who, jsonb_build_object('id', tests.id(n))) #> '{content,moves}'
$$;

-- The head decides on what is open about a case.
CREATE FUNCTION tests.decide(at timestamptz, actor text, n integer, decision text DEFAULT 'approve')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := tests.call_at(at, 'proposal_decide', actor,
        jsonb_build_object('id', (SELECT p.id FROM register.proposal AS p
                                  WHERE p.complaint = tests.id(n) AND p.status = 'open')),
        jsonb_build_object('decision', decision, 'event_id', gen_random_uuid()));
    RETURN coalesce(answer ->> 'error' || ' ' || (answer ->> 'message'),
                    concat_ws(' ', answer ->> 'status', answer #>> '{content,status}'));
END;
$$;

COMMIT;

ALTER DATABASE grievd SET search_path = tap, tests, pg_catalog;
ALTER DATABASE grievd SET timezone = 'Asia/Bangkok';
ALTER DATABASE grievd SET jit = off; -- as the register's roles have it
