\set n random(1, 4611686018427387904)
BEGIN;
INSERT INTO bench.complaint VALUES (md5(:n::text)::uuid, now(), now(), current_date, 1, NULL, 'TH-50', 'TH-50', 'box', 'production', 'field_pay', 'CX', 'anonymous', 'legal', convert_to(:text, 'UTF8'), '', decode(:hash, 'hex'), decode(:hash, 'hex'), decode(:hash, 'hex'), decode(:hash, 'hex'), decode(:hash, 'hex'), decode(:hash, 'hex'), decode(md5(:n::text) || md5(:n::text), 'hex'));
INSERT INTO bench.case_file (id, version, state_since, accepted_at, fy, received_on, counted_on, late, unit, submitter, ref, route, state, class, process, identity) VALUES (md5(:n::text)::uuid, 1, now(), now(), 2570, current_date, current_date, false, 'TH-50', 'TH-50', 'TH-50/2570/' || :n::text, 'legal', 'RECEIVED', 'CX', 'production', 'anonymous');
INSERT INTO bench.event (at, complaint, kind, actor, unit, to_state) VALUES (now(), md5(:n::text)::uuid, 'accepted', 'TH-50', 'TH-50', 'RECEIVED');
COMMIT;
