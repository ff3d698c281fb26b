-- Who complained: asked for by who works on the case, approved by one custodian, opened by another;
-- and custodians' shares.
BEGIN;
SELECT no_plan();
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || i)
FROM (VALUES (1, '{}'::jsonb), (2, '{}'), (3, '{"accused_role": "legal_head"}'),
             (4, '{"conflict": "custodian-2"}'), (5, '{"conflict": "C-HR"}'), (6, '{}'), (7, '{}'),
             (8, '{}')) AS t (n, i) \g /dev/null
UPDATE register.complaint SET investigator = 'investigator', state = 'INVESTIGATING' WHERE id = tests.id(2);
INSERT INTO register.principal (name, name_th, name_en, unit, roles, active) VALUES
    ('both', 'ก', 'a', 'LEGAL', 'triager custodian', true), ('former', 'ข', 'b', 'AUDIT', 'custodian', false);

CREATE FUNCTION pg_temp.said(answer jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(answer ->> 'error' || ' ' || (answer ->> 'message'), answer ->> 'status')
$$;
CREATE FUNCTION pg_temp.ask(actor text, n integer, request integer, more jsonb DEFAULT '{}',
                            at timestamptz DEFAULT '2026-11-10 10:00+07')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.said(tests.call_at(at, 'identity_request', actor,
        jsonb_build_object('id', tests.id(n), 'sealed_for', coalesce(more ->> 'sealed_for', (
            SELECT c.route FROM register.complaint AS c WHERE c.id = tests.id(n)))),
        tests.sealed(jsonb_strip_nulls(jsonb_build_object('event_id', tests.id(request), 'reason', 'ต้องถาม')
                                       || (more - 'sealed_for')))))
$$;

-- A wrapped share: whose it is and about which case stands in front, what only its key opens behind.
CREATE FUNCTION pg_temp.share(n integer, number integer, filler text DEFAULT '00') RETURNS bytea
LANGUAGE sql AS $$
    SELECT '\x0103000d'::bytea || 'localhost/log'::bytea || uuid_send(tests.id(n))
           || '\x00'::bytea || decode(lpad(to_hex(length('share:' || number)), 2, '0'), 'hex')
           || convert_to('share:' || number, 'UTF8') || decode(repeat(filler, 116), 'hex')
$$;
-- Each case is sealed for three custodians, whose keys begin with a1, a2 and a3.
CREATE FUNCTION pg_temp.wraps(n integer, keys text[] DEFAULT '{a1,a2,a3}') RETURNS bytea LANGUAGE sql AS $$
    SELECT string_agg(decode(lpad(to_hex(length(s.share)), 4, '0'), 'hex') || s.share, '' ORDER BY s.k)
    FROM (SELECT k, pg_temp.share(n, k::integer, key) AS share
          FROM unnest(keys) WITH ORDINALITY AS t (key, k)) AS s
$$;
UPDATE register.content AS t SET wraps = pg_temp.wraps(n)
FROM generate_series(1, 8) AS n JOIN register.complaint AS c ON c.id = tests.id(n)
WHERE c.position = t.position;
CREATE FUNCTION pg_temp.decide(actor text, request integer, act text, more jsonb DEFAULT '{}',
                               at timestamptz DEFAULT '2026-11-11 09:00+07')
RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.call_at(at, 'identity_decide', actor, jsonb_build_object('id', tests.id(request)),
                         jsonb_strip_nulls(jsonb_build_object('event_id', gen_random_uuid(), 'act', act) || more))
$$;
CREATE FUNCTION pg_temp.approve(actor text, request integer, opener text, number integer,
                                more jsonb DEFAULT '{}', at timestamptz DEFAULT '2026-11-11 09:00+07')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.said(pg_temp.decide(actor, request, 'approve', jsonb_build_object(
        'opener', opener, 'share', rules.base64(pg_temp.share(
            request % 10, number, coalesce('a' || substring(opener FROM '[0-9]$'), '00')))) || more, at))
$$;

\set not_working_on_it '\'ZG403 none of your roles allows this; it takes one of: head, intake, investigator, triager\''
\set no_custodian '\'ZG403 none of your roles allows this; it takes one of: custodian\''

-- Asking
SELECT is(pg_temp.ask(actor, n, request), expected, promise)
FROM (VALUES
    ('TH-50', 1, 100, :not_working_on_it, 'the office that sent it does not ask'),
    ('auditor', 1, 100, :not_working_on_it, 'nor the auditor'),
    ('director', 1, 100, :not_working_on_it, 'nor the director'),
    ('custodian-1', 1, 100, :not_working_on_it, 'nor a custodian'),
    ('investigator', 1, 100, 'ZG404 no such complaint', 'nor an investigator of other cases'),
    ('alt-head', 1, 100, 'ZG404 no such complaint', 'nor another group'),
    ('head', 3, 100, 'ZG404 no such complaint', 'an accused head least of all'),
    ('triager', 1, 101, '201', 'a triager of the group does'),
    ('head', 1, 100, 'ZG409 it is asked for already', 'one request at a time'),
    ('investigator', 2, 102, '201', 'an investigator for his case'),
    ('alt-head', 3, 103, '201', 'the alternate''s head for hers'),
    ('legal', 4, 104, '201', 'whoever registers'),
    ('head', 5, 105, '201', 'and the head')) AS t (actor, n, request, expected, promise);
SELECT is(pg_temp.ask('triager', 6, 106, more), expected, promise)
FROM (VALUES
    ('{"reason": null}'::jsonb, 'ZG422 /reason must be a text, sealed', 'not without a reason'),
    ('{"reason": ["ก"]}', 'ZG422 /reason must be a text, sealed', 'in an envelope'),
    ('{"why": "ก"}', 'ZG422 the content has a member that is not known here', 'and with nothing else'),
    ('{"sealed_for": "alternate"}', 'ZG412 the case has changed since you read it',
     'sealed for those who have the case')) AS t (more, expected, promise);
SELECT is(pg_temp.ask('triager', 1, 101), '201', 'the same request again gets the same answer');
SELECT is(pg_temp.ask('triager', 1, 101, '{"reason": "อื่น"}'),
          'ZG409 the event_id was used for another request', 'another under its event_id does not');
SELECT is(pg_temp.ask('head', 1, 111, at => '2026-11-24 10:00+07'), '201',
          'once it has expired it may be asked for anew');
SELECT is(pg_temp.ask('both', 7, 107), '201', 'a triager who is a custodian as well may ask');
SELECT is(pg_temp.ask('triager', 8, 108), '201', 'and one whose case is then erased');
DELETE FROM register.content WHERE position = (SELECT position FROM register.complaint WHERE id = tests.id(8));
UPDATE register.complaint SET erased_at = now() WHERE id = tests.id(8);
SELECT is(pg_temp.ask('triager', 8, 118, at => '2026-11-30 10:00+07'), 'ZG410 the content was erased',
          'of what is erased nothing is asked for');

-- What waits for a custodian
CREATE FUNCTION pg_temp.listed(actor text, at timestamptz DEFAULT '2026-11-11 09:00+07')
RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(right(i ->> 'request', 2), ' ' ORDER BY i ->> 'request')
    FROM jsonb_array_elements(tests.call_at(at, 'identity_request_list', actor) #> '{content,items}') AS i
$$;
SELECT is(pg_temp.listed('custodian-1'), '65 66 67 68 69 6b 6f', 'each open request');
SELECT is(pg_temp.listed('custodian-2'), '65 66 67 69 6b 6f', 'but for a case he is in conflict with');
SELECT is(pg_temp.listed('custodian-3'), '65 66 67 68 6b 6f', 'or that his unit is');
SELECT is(pg_temp.listed('both'), '65 66 68 69 6f',
          'or that he asked about himself, or that accuses his group');
SELECT is(pg_temp.listed('custodian-1', '2026-11-24 11:00+07'), '6f', 'an expired one waits no more');
SELECT is(pg_temp.said(tests.call_at('2026-11-11 09:00+07', 'identity_request_list', who)), why,
          who || ' has no list')
FROM (VALUES ('head', :no_custodian), ('auditor', :no_custodian), ('admin', :no_custodian),
             ('former', 'ZG403 the certificate belongs to nobody active in the register')) AS t (who, why);

-- Approving
SELECT is(pg_temp.approve(actor, request, opener, 1), expected, promise)
FROM (VALUES
    ('head', 101, 'custodian-2', :no_custodian, 'no head approves'),
    ('custodian-2', 104, 'custodian-1', 'ZG404 no such request', 'nor a custodian in conflict'),
    ('custodian-3', 105, 'custodian-1', 'ZG404 no such request', 'nor one of a unit in conflict'),
    ('both', 107, 'custodian-1', 'ZG404 no such request', 'nor who asked'),
    ('custodian-1', 199, 'custodian-2', 'ZG404 no such request', 'what is no request'),
    ('custodian-1', 101, 'custodian-1', 'ZG422 /opener must be another custodian who may take part',
     'not to himself'),
    ('custodian-1', 101, 'head', 'ZG422 /opener must be another custodian who may take part',
     'nor to somebody who is none'),
    ('custodian-1', 101, 'former', 'ZG422 /opener must be another custodian who may take part',
     'nor to one of former days'),
    ('custodian-1', 104, 'custodian-2', 'ZG422 /opener must be another custodian who may take part',
     'nor to one in conflict'),
    ('custodian-1', 107, 'both', 'ZG422 /opener must be another custodian who may take part',
     'nor to who asked'),
    ('custodian-1', 108, 'custodian-2', 'ZG410 the content was erased', 'nothing of what is erased'),
    ('custodian-1', 101, 'custodian-2', '200', 'a custodian approves, for a second one'),
    ('custodian-1', 101, 'custodian-3', '200', 'and again for another, until it is opened'))
    AS t (actor, request, opener, expected, promise);
SELECT is(pg_temp.approve('custodian-1', 102, 'custodian-2', 1, more), expected, promise)
FROM (VALUES
    ('{"share": null}'::jsonb, 'ZG422 /share must be a wrapped share in base64', 'not without his share'),
    ('{"share": "%"}', 'ZG422 /share must be a wrapped share in base64', 'in base64'),
    (jsonb_build_object('share', rules.base64(substr(pg_temp.share(1, 1), 2))),
     'ZG422 /share must be a wrapped share in base64', 'whole'),
    (jsonb_build_object('share', rules.base64(pg_temp.share(1, 1) || '\x00')),
     'ZG422 /share must be a wrapped share in base64', 'and nothing behind it'),
    (jsonb_build_object('share', rules.base64(pg_temp.share(1, 65536))),
     'ZG422 /share must be a wrapped share in base64', 'of a number that can be'),
    (jsonb_build_object('share', rules.base64(pg_temp.share(1, 2))), 'ZG403 share 2 is not yours',
     'the one that is his and no other'),
    (jsonb_build_object('share', rules.base64(pg_temp.share(1, 1, 'a2'))),
     'ZG422 /share must be your share of this case', 'and of this case'),
    (jsonb_build_object('share', rules.base64(pg_temp.share(2, 1, 'b2'))),
     'ZG422 /share is wrapped for another key than the share of its opener', 'not for a key that no share is for'),
    (jsonb_build_object('share', rules.base64(pg_temp.share(2, 1, 'a1'))),
     'ZG422 /share is wrapped for another key than the share of its opener', 'nor for his own'),
    ('{"act": "peek"}', 'ZG422 /act must be approve, open or refuse', 'and does one of three things'))
    AS t (more, expected, promise);
SELECT is(pg_temp.approve('custodian-2', 102, 'custodian-1', 2), '200', 'a second one may approve as well, and has a number then');
SELECT is(pg_temp.approve('custodian-1', 102, 'custodian-2', 1, more), expected, promise)
FROM (VALUES
    (jsonb_build_object('share', rules.base64(pg_temp.share(2, 1, 'a3'))),
     'ZG422 /share is wrapped for another key than the share of its opener', 'so a third one''s key does not pass for his'),
    ('{}', '200', 'and his own does')) AS t (more, expected, promise);
UPDATE register.content AS t SET wraps = pg_temp.wraps(5, '{a1}')
FROM register.complaint AS c WHERE c.id = tests.id(5) AND c.position = t.position;
SELECT is(pg_temp.approve('custodian-1', 105, 'custodian-2', 1),
          'ZG422 /share is wrapped for another key than the share of its opener', 'nobody opens what has no share of his');
SELECT is(pg_temp.approve('custodian-2', 102, 'custodian-1', 1), 'ZG403 share 1 is not yours',
          'nobody passes another''s share off as his');
SELECT is(pg_temp.approve('custodian-1', 102, 'custodian-2', 1, at => '2026-11-24 10:00+07'),
          'ZG409 the request has expired', 'not after its time');

-- Opening
SELECT is(pg_temp.said(pg_temp.decide(actor, request, 'open')), expected, promise)
FROM (VALUES
    ('custodian-1', 102, 'ZG403 a first custodian must approve it for you', 'nobody opens what is approved for another'),
    ('custodian-1', 106, 'ZG404 no such request', 'nor what nobody asked for'),
    ('custodian-1', 103, 'ZG403 a first custodian must approve it for you', 'nor what nobody approved'),
    ('custodian-1', 101, 'ZG403 a first custodian must approve it for you', 'nor what he himself approved'),
    ('custodian-2', 101, 'ZG403 a first custodian must approve it for you', 'nor what is for another'),
    ('custodian-2', 104, 'ZG404 no such request', 'nor one in conflict'),
    ('head', 101, :no_custodian, 'nor a head')) AS t (actor, request, expected, promise);
SELECT is(pg_temp.decide('custodian-3', 101, 'open', at => '2026-11-24 10:00+07') ->> 'message',
          'the request has expired', 'not after its time');
UPDATE register.principal SET active = false WHERE name = 'custodian-1';
SELECT is(pg_temp.decide('custodian-3', 101, 'open') ->> 'message', 'who approved it may take part no more',
          'not when the first is a custodian no more');
UPDATE register.principal SET active = true WHERE name = 'custodian-1';
UPDATE register.content AS t SET wraps = pg_temp.wraps(1, '{a1,a2,b3}')
FROM register.complaint AS c WHERE c.id = tests.id(1) AND c.position = t.position;
SELECT is(pg_temp.said(pg_temp.decide('custodian-3', 101, 'open')),
          'ZG409 your shares are wrapped for another key since it was approved', 'not what his next key does not open');
SELECT is((SELECT r.opened_at FROM register.identity_request AS r WHERE r.id = tests.id(101)), NULL,
          'and that is no delivery');
UPDATE register.content AS t SET wraps = pg_temp.wraps(1)
FROM register.complaint AS c WHERE c.id = tests.id(1) AND c.position = t.position;
SELECT is(pg_temp.decide('custodian-3', 101, 'open') #> '{content}' #- '{content}' #- '{wraps}',
          jsonb_build_object('request', tests.id(101), 'id', tests.id(1), 'ref', 'TH-50/2570/0001',
                             'envelope_id', tests.id(1), 'approved_by', 'custodian-1',
                             'share', rules.base64(pg_temp.share(1, 1, 'a3')),
                             'part_i', (SELECT rules.base64(substr(c.opening, 65, 32))
                                        FROM register.complaint AS c WHERE c.id = tests.id(1))),
          'whom it was approved for gets the first one''s share beside the envelope');
SELECT is(pg_temp.said(pg_temp.decide('custodian-3', 101, 'open')), '200', 'and again, since answers get lost');
SELECT is(pg_temp.approve('custodian-1', 101, 'custodian-2', 1), 'ZG409 it has been opened',
          'but it is approved for nobody else');
SELECT is(pg_temp.approve('custodian-2', 101, 'custodian-3', 2), 'ZG409 it has been opened', 'nor by anybody else');
SELECT is(pg_temp.listed('custodian-3'), '65 66 67 68 6b 6f', 'until it expires it is among those to act on');
UPDATE register.content AS t SET wraps = pg_temp.wraps(1, '{a1,a2,b3}')
FROM register.complaint AS c WHERE c.id = tests.id(1) AND c.position = t.position;
SELECT is(pg_temp.approve('custodian-1', 101, 'custodian-3', 1, jsonb_build_object(
              'share', rules.base64(pg_temp.share(1, 1, 'b3')))), '200',
          'who approved it may do so again for the same one, say for his next key');
SELECT is(pg_temp.decide('custodian-3', 101, 'open') #>> '{content,share}', rules.base64(pg_temp.share(1, 1, 'b3')),
          'and then that share is handed out');
SELECT is(pg_temp.approve('custodian-1', 101, 'custodian-3', 1, at => '2026-11-24 10:00+07'),
          'ZG409 the request has expired', 'while its time lasts');
SELECT is(pg_temp.said(pg_temp.decide('custodian-2', 102, 'open')), '200', 'what was handed out');
SELECT is(pg_temp.ask('investigator', 2, 122, at => '2026-11-12 10:00+07'), '201', 'keeps nobody from asking anew');
SELECT is((SELECT string_agg(e.actor || ' ' || e.kind, ', ' ORDER BY e.position)
           FROM register.event AS e WHERE e.complaint = tests.id(1) AND e.at < '2026-11-20'),
          'triager identity_requested, custodian-1 identity_approved, custodian-1 identity_approved, '
          'custodian-3 identity_opened, custodian-3 identity_opened, custodian-1 identity_approved, '
          'custodian-3 identity_opened', 'each step is an event');

-- Refusing
CREATE FUNCTION pg_temp.refuse(actor text, request integer, more jsonb DEFAULT '{}',
                               event uuid DEFAULT gen_random_uuid(), sealed_for text DEFAULT 'legal',
                               at timestamptz DEFAULT '2026-11-11 10:00+07')
RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.said(tests.call_at(at, 'identity_decide', actor,
        jsonb_build_object('id', tests.id(request), 'sealed_for', sealed_for),
        tests.sealed(jsonb_strip_nulls(jsonb_build_object('event_id', event, 'act', 'refuse', 'reason', 'ไม่จำเป็น') || more))))
$$;
CREATE FUNCTION pg_temp.item(actor text, request integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.call_at('2026-11-11 11:00+07', 'identity_request_list', actor,
                         jsonb_build_object('request', tests.id(request))) #> '{content,items,0}'
$$;
SELECT is(pg_temp.ask('triager', 6, 126, jsonb_build_object('reason', jsonb_build_object(
              'event', tests.id(126), 'content', 'c', 'wraps', 'w', 'custodians', 'x'))), '201', 'asked, told to the custodians');
SELECT is(pg_temp.item('custodian-1', 126) -> 'reason',
          '{"content": "c", "wraps": "x"}', 'each custodian gets why, wrapped for him');
SELECT ok(NOT i ?| '{reason,refusals}', 'when he asks for the one request')
FROM jsonb_array_elements(tests.call_at('2026-11-11 11:00+07', 'identity_request_list', 'custodian-1') #> '{content,items}') AS i;
SELECT is(pg_temp.said(tests.call_at('2026-11-11 11:00+07', 'identity_request_list', 'custodian-1', '{"request": "1"}')),
          'ZG422 request must be a UUID', 'by its id');
SELECT is(pg_temp.item('custodian-1', 102) -> 'reason', 'null', 'where it was sealed for custodians');
SELECT is(pg_temp.approve('custodian-1', 126, 'custodian-2', 1), '200', 'one approves, for a second one');
SELECT is(pg_temp.refuse(actor, request, more, sealed_for => sealed_for, at => at), expected, promise)
FROM (VALUES
    ('head', 126, '{}'::jsonb, 'legal', '2026-11-11 10:00+07'::timestamptz, :no_custodian, 'no head refuses'),
    ('custodian-2', 104, '{}', 'legal', '2026-11-11', 'ZG404 no such request', 'nor a custodian in conflict'),
    ('custodian-2', 126, '{"reason": null}', 'legal', '2026-11-11', 'ZG422 /reason must be a text, sealed', 'nor anybody without a reason'),
    ('custodian-2', 126, '{"reason": "ก"}', 'alternate', '2026-11-11', 'ZG412 the case has changed since you read it',
     'sealed for those who have the case'),
    ('custodian-2', 126, '{"opener": "custodian-1"}', 'legal', '2026-11-11',
     'ZG422 the content has a member that is not known here', 'and with nothing else'),
    ('custodian-2', 126, '{}', 'legal', '2026-11-25', 'ZG409 the request has expired', 'in its time'))
    AS t (actor, request, more, sealed_for, at, expected, promise);
SELECT is(pg_temp.refuse('custodian-2', 126, event => tests.id(226)), '200', 'the second one will not open it');
SELECT is(pg_temp.refuse('custodian-2', 126, event => tests.id(226)), '200', 'the same request again gets the same answer');
SELECT is(pg_temp.refuse('custodian-2', 126, '{"reason": "อื่น"}', tests.id(226)),
          'ZG409 the event_id was used for another request', 'another under its event_id does not');
SELECT is(tests.call('sealing_place', 'custodian-2', jsonb_build_object(
              'function', 'identity_decide', 'id', tests.id(request), 'event_id', tests.id(226))) ->> 'error', expected, promise)
FROM (VALUES (126, NULL, 'for that it is sealed once more'), (104, 'ZG404', 'and for nothing else, hidden'),
             (199, 'ZG404', 'or not there')) AS t (request, expected, promise);
SELECT is(pg_temp.refuse('custodian-2', 126), 'ZG404 no such request', 'nobody refuses twice');
SELECT is(pg_temp.approve('custodian-2', 126, 'custodian-1', 2), 'ZG404 no such request', 'nor approves what he refused');
SELECT is(pg_temp.said(pg_temp.decide('custodian-2', 126, 'open')), 'ZG404 no such request', 'nor opens it');
SELECT is(pg_temp.item('custodian-2', 126), NULL, 'nor is asked any more');
SELECT is(pg_temp.approve('custodian-1', 126, 'custodian-2', 1), 'ZG422 /opener must be another custodian who may take part',
          'nor is it approved for him');
SELECT is(pg_temp.item('custodian-1', 126) - '{wraps,reason,envelope_id,id,ref,asked_at,expires_at,asked_by}'::text[]
              #- '{refusals,0,at}' #- '{refusals,0,event_id}',
          jsonb_build_object('request', tests.id(126), 'approved_by', NULL, 'opener', NULL, 'opened_at', NULL,
                             'refused_by', ARRAY['custodian-2'],
                             'refusals', jsonb_build_array(jsonb_build_object('by', 'custodian-2', 'reason', NULL))),
          'what was approved for him is void, and the others learn who refused');
SELECT is(pg_temp.ask('head', 6, 136), 'ZG409 it is asked for already', 'the request stands');
SELECT is(pg_temp.approve('custodian-1', 126, 'custodian-3', 1), '200', 'for any two of the others');
SELECT is(pg_temp.said(pg_temp.decide('custodian-3', 126, 'open')), '200', 'who open it');
SELECT is(pg_temp.refuse('custodian-3', 126), 'ZG409 it has been opened', 'and then it is too late to refuse');
SELECT is(pg_temp.ask('alt-head', 3, 113), 'ZG409 it is asked for already', 'a request whose custodians are few stands');
SELECT is(pg_temp.refuse('custodian-1', 107, event => tests.id(207)), '200', 'one of three refuses');
SELECT is(pg_temp.ask('triager', 7, 127), 'ZG409 it is asked for already', 'two are enough');
SELECT is(pg_temp.approve('custodian-3', 107, 'custodian-2', 3), '200', 'of whom one approves');
SELECT is(pg_temp.refuse('custodian-3', 107), '200', 'and thinks better of it');
SELECT is(pg_temp.said(pg_temp.decide('custodian-2', 107, 'open')), 'ZG403 a first custodian must approve it for you',
          'what he approved is void');
SELECT is(pg_temp.ask('triager', 7, 127), '201', 'with one left it may be asked for anew');
INSERT INTO register.case_excluded (complaint, kind, code, since) VALUES (tests.id(7), 'principal', 'custodian-1', now());
SELECT is(tests.call('sealing_place', 'custodian-1', jsonb_build_object(
              'function', 'identity_decide', 'id', tests.id(request), 'event_id', tests.id(207))) ->> 'error', expected, promise)
FROM (VALUES (107, NULL, 'who is excluded later may repeat what he did'), (127, 'ZG404', 'and learns of nothing that came after'))
    AS t (request, expected, promise);
SELECT is((SELECT string_agg(e.actor || ' ' || e.kind || coalesce(' ' || (e.fields ->> 'request' = tests.id(126)::text), ''), ', '
                             ORDER BY e.position)
           FROM register.event AS e WHERE e.complaint = tests.id(6)),
          'triager identity_requested, custodian-1 identity_approved, custodian-2 identity_refused true, '
          'custodian-1 identity_approved, custodian-3 identity_opened', 'each step is an event');
SELECT is((SELECT tests.call('sealing_place', who, jsonb_build_object('function', function, 'id', id)) -> 'content'),
          jsonb_build_object('id', tests.id(6), 'route', 'legal', 'custodians', shown, 'without', '[]'::jsonb), promise)
FROM (VALUES ('custodian-1', 'identity_decide', tests.id(126), true, 'why one refuses is sealed at the case, and for the custodians'),
             ('triager', 'identity_request', tests.id(6), true, 'as is why it is asked for'),
             ('head', 'erasure_propose', tests.id(6), true, 'and why it is to be erased'),
             ('triager', 'complaint_event', tests.id(6), false, 'and nothing else of a case'))
    AS t (who, function, id, shown, promise);
SELECT is(tests.call('sealing_place', 'triager', jsonb_build_object('function', 'identity_request', 'id', tests.id(4)))
              #> '{content,without}', '[2]', 'but for a custodian in conflict, whose number is known');
SELECT is(tests.call('sealing_place', 'head', jsonb_build_object(
              'function', 'complaint_event', 'id', tests.id(n), 'event_id', tests.id(105))) ->> 'error',
          'ZG404', 'the event_id of another case tells nothing of one that is ' || what)
FROM (VALUES (3, 'hidden'), (99, 'not there')) AS t (n, what);
SELECT is(tests.call('sealing_place', who, jsonb_build_object('function', 'identity_decide', 'id', tests.id(request))) ->> 'error',
          expected, promise)
FROM (VALUES ('custodian-2', 126, 'ZG404', 'who refused has no place there'), ('custodian-2', 104, 'ZG404', 'nor who is in conflict'),
             ('triager', 126, 'ZG403', 'nor who is no custodian')) AS t (who, request, expected, promise);

-- All envelopes, for a custodian
CREATE FUNCTION pg_temp.rewrap(actor text, wraps jsonb, event uuid DEFAULT gen_random_uuid()) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error' || ' ' || (a ->> 'message'), a #>> '{content,changed}')
    FROM tests.call_at('2026-11-12 09:00+07', 'custody_rewrap', actor, '{}',
                       jsonb_build_object('event_id', event, 'wraps', wraps)) AS a
$$;
CREATE FUNCTION pg_temp.change(n integer, number integer, old text, new text, more jsonb DEFAULT '{}')
RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('position', c.position, 'old', rules.base64(pg_temp.share(n, number, old)),
                              'new', rules.base64(pg_temp.share(n, number, new))) || more
    FROM register.complaint AS c WHERE c.id = tests.id(n)
$$;
UPDATE register.content AS t
SET wraps = pg_temp.share(c.n, 1) || pg_temp.share(c.n, 2) || pg_temp.share(c.n, 3)
FROM (SELECT x.position, n FROM generate_series(1, 2) AS n JOIN register.complaint AS x ON x.id = tests.id(n)) AS c
WHERE c.position = t.position;
SELECT is(jsonb_array_length(tests.call('custody_list', 'custodian-1') #> '{content,items}'), 7,
          'a custodian has the wraps of all there are');
SELECT is(jsonb_array_length(tests.call('custody_list', 'custodian-1', jsonb_build_object('after', i ->> 'position'))
                             #> '{content,items}'), 5, 'page by page')
FROM jsonb_array_elements(tests.call('custody_list', 'custodian-1') #> '{content,items}') WITH ORDINALITY AS t (i, k)
WHERE k = 2;
SELECT is(tests.call('custody_list', 'custodian-1', '{"after": "x"}') ->> 'message', 'after must be a position',
          'after is a position');
SELECT is(tests.call('custody_list', who) ->> 'error', 'ZG403', who || ' gets none')
FROM unnest(ARRAY['head', 'triager', 'auditor', 'admin', 'director', 'former']) AS who;

SELECT is(pg_temp.rewrap('custodian-2', jsonb_build_array(pg_temp.change(1, 2, '00', '11'), pg_temp.change(2, 2, '00', '11'))),
          '2', 'a custodian''s shares for his new key take the place of the old');
SELECT is((SELECT t.wraps FROM register.content AS t JOIN register.complaint AS c USING (position) WHERE c.id = tests.id(1)),
          pg_temp.share(1, 1) || pg_temp.share(1, 2, '11') || pg_temp.share(1, 3), 'and nobody else''s');
SELECT is(pg_temp.rewrap('custodian-2', jsonb_build_array(pg_temp.change(1, 2, '00', '11'))), '0',
          'what is replaced already is passed over');
SELECT is(pg_temp.rewrap('custodian-2', jsonb_build_array(pg_temp.change(1, 2, '11', '22')), tests.id(200)), '1',
          'once more for a key after that');
SELECT is(pg_temp.rewrap('custodian-2', jsonb_build_array(pg_temp.change(1, 2, '11', '22')), tests.id(200)), '1',
          'the same request again gets the same answer');
SELECT is(pg_temp.rewrap(actor, wraps), expected, promise)
FROM (VALUES
    ('custodian-2', jsonb_build_array(pg_temp.change(1, 3, '00', '66')), 'ZG403 share 3 is not yours',
     'a custodian spoils no other''s share'),
    ('custodian-3', jsonb_build_array(pg_temp.change(1, 2, '22', '66')), 'ZG403 share 2 is not yours',
     'nor takes the number of another'),
    ('custodian-3', jsonb_build_array(pg_temp.change(1, 3, '00', '33')), '1', 'each his own'),
    ('head', jsonb_build_array(pg_temp.change(1, 1, '00', '66')), :no_custodian,
     'and who is no custodian none'),
    ('custodian-1', '[]', 'ZG422 /wraps must be a list of 1 to 100', 'one at least'),
    ('custodian-1', '"x"', 'ZG422 /wraps must be a list of 1 to 100', 'in a list'),
    ('custodian-1', (SELECT jsonb_agg(pg_temp.change(1, 1, '00', '66')) FROM generate_series(1, 101)),
     'ZG422 /wraps must be a list of 1 to 100', 'a hundred at most')) AS t (actor, wraps, expected, promise);
SELECT is(pg_temp.rewrap('custodian-1', jsonb_build_array(pg_temp.change(1, 1, '00', '66', more))),
          'ZG422 /wraps must give each share anew at its own place', promise)
FROM (VALUES
    (jsonb_build_object('new', rules.base64(pg_temp.share(2, 1))), 'not for another case'),
    (jsonb_build_object('new', rules.base64(pg_temp.share(1, 2))), 'nor under another number'),
    (jsonb_build_object('new', rules.base64(pg_temp.share(1, 1) || '\x00')), 'nor longer'),
    (jsonb_build_object('new', '%'), 'nor what is no base64'),
    (jsonb_build_object('old', 'AAAA', 'new', 'AAAA'), 'nor what is no share'),
    (jsonb_build_object('position', 'x'), 'nor at no position'),
    (jsonb_build_object('position', '99999999999999999999'), 'or one that is none')) AS t (more, promise);
SELECT is((SELECT t.wraps FROM register.content AS t JOIN register.complaint AS c USING (position) WHERE c.id = tests.id(1)),
          pg_temp.share(1, 1) || pg_temp.share(1, 2, '22') || pg_temp.share(1, 3, '33'), 'of all that nothing was changed');
SELECT is((SELECT count(*) FROM register.event AS e WHERE e.kind = 'shares_rewrapped'), 4::bigint,
          'each batch that was taken is an event');
SELECT * FROM finish();
ROLLBACK;
