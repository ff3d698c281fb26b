-- In which year a complaint counts: by the day it was received, while that year is open.
BEGIN;
SELECT plan(11);

CREATE FUNCTION pg_temp.counted(n integer, now timestamptz, received date) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text := tests.submit(now, jsonb_build_object('id', n, 'actor', 'TH-50',
                                                        'received', received));
BEGIN
    RETURN coalesce((SELECT concat_ws(' ', f.fy, f.counted_on, CASE WHEN f.late THEN 'late' END,
                                      f.ref)
                     FROM register.complaint AS f WHERE f.id = tests.id(n)), answer);
END;
$$;

SELECT is(pg_temp.counted(1, '2027-10-03 09:00+07', '2027-09-30'),
          '2570 2027-09-30 TH-50/2570/0001', 'received 30 September, entered 3 October: the old year');
SELECT is(pg_temp.counted(2, '2027-10-31 23:59:59+07', '2027-09-30'),
          '2570 2027-09-30 TH-50/2570/0002', 'the closing day is still open, to its end in Bangkok');
SELECT is(pg_temp.counted(3, '2027-11-01 00:00+07', '2027-09-30'),
          '2571 2027-11-01 late TH-50/2571/0001', 'after it: the new year, and late');
SELECT is(pg_temp.counted(4, '2027-10-01 00:00+07', '2027-10-01'),
          '2571 2027-10-01 TH-50/2571/0002', 'the new year opens at midnight in Bangkok');
SELECT is(pg_temp.counted(5, '2027-09-30 16:59:59+00', '2027-09-30'),
          '2570 2027-09-30 TH-50/2570/0003', 'a second earlier it is the old one');
SELECT is(pg_temp.counted(6, '2027-09-30 16:59:59+00', '2027-10-01'),
          '422 /received_on lies in the future', 'in which tomorrow lies in the future');
SELECT is(pg_temp.counted(7, '2030-05-05 09:00+07', '2017-01-01'),
          '2573 2030-05-05 late TH-50/2573/0001', 'however old: only late');
SELECT is(pg_temp.counted(8, '2030-05-05 09:00+07', '2016-10-01'),
          '2573 2030-05-05 late TH-50/2573/0002', 'the first day of the first year');
SELECT is(pg_temp.counted(9, '2030-05-05 09:00+07', '2016-09-30'),
          '422 /received_on lies in no fiscal year of the register', 'the day before has no year');
SELECT is(pg_temp.counted(10, '2057-10-01 09:00+07', '2057-09-30'),
          '2600 2057-09-30 TH-50/2600/0001', 'the last year can be closed off');
SELECT is(pg_temp.counted(11, '2057-11-01 09:00+07', '2057-09-30'),
          '422 /received_on lies in no fiscal year of the register',
          'but nothing is counted in a year that has no row');

SELECT * FROM finish();
ROLLBACK;
