-- Working days: across weekends, New Year and Songkran, and as the holiday table says.
BEGIN;
SELECT plan(22);

SELECT is(rules.working_day_add(r.day::date, r.days), r.due::date, r.promise)
FROM (VALUES
    ('2026-11-02', 3, '2026-11-05', 'within one week'),
    ('2026-11-05', 3, '2026-11-10', 'over a weekend'),
    ('2026-11-07', 1, '2026-11-09', 'from a Saturday the next is Monday'),
    ('2026-12-30', 1, '2027-01-04', 'over New Year: 31 December, 1 January and a weekend'),
    ('2026-12-30', 3, '2027-01-06', 'three days over New Year'),
    ('2026-12-31', 3, '2027-01-06', 'the holiday itself is not counted'),
    ('2027-04-09', 3, '2027-04-19', 'over Songkran: 12, 16 and 19 April'),
    ('2027-04-13', 1, '2027-04-16', 'from within Songkran'),
    ('2027-04-05', 1, '2027-04-07', 'over Chakri Day'),
    ('2026-12-04', 1, '2026-12-08', 'a holiday on a weekend moves to Monday'),
    ('2026-11-02', 90, '2027-03-12', 'ninety days, four holidays among them')
) AS r (day, days, due, promise);

SELECT is(rules.month_due(r.month::date), r.due::date, r.promise)
FROM (VALUES
    ('2025-11-01', '2025-12-08', 'November 2025: 5 December is a holiday'),
    ('2026-10-01', '2026-11-06', 'October 2026 is due on 6 November'),
    ('2026-11-01', '2026-12-08', 'November 2026: 7 December is a holiday'),
    ('2026-12-01', '2027-01-08', 'December 2026: 1 January is a holiday'),
    ('2027-03-01', '2027-04-08', 'March 2027: Chakri Day lies between'),
    ('2027-09-01', '2027-10-07', 'September 2027, the last of its year')
) AS r (month, due, promise);

INSERT INTO register.holiday VALUES ('2026-11-04', 'วันหยุดพิเศษ', 'Special holiday', 'test');
SELECT is(rules.month_due('2026-10-01'), '2026-11-09'::date, 'a new holiday moves a due day');
INSERT INTO register.holiday (day, version, holds, th, en, source) VALUES
    ('2026-11-04', 2, false, 'วันหยุดพิเศษ', 'Special holiday', 'test'), ('2026-11-05', 2, true, 'ก', 'a', 'test'),
    ('2026-12-10', 2, false, 'ก', 'a', 'test'), ('2026-12-10', 3, true, 'ก', 'a', 'test');
SELECT is(rules.working_day_add('2026-11-03', 1), '2026-11-04'::date, 'a holiday taken back is a working day');
SELECT is(rules.working_day_add('2026-11-04', 1), '2026-11-06'::date, 'and the one instead is none');
SELECT is(rules.working_day_add('2026-12-09', 1), '2026-12-11'::date, 'of a day the newest version counts');
SELECT is(rules.bangkok_day('2026-11-06 17:00+00'), '2026-11-07'::date,
          'a day begins at midnight in Bangkok');

SELECT * FROM finish();
ROLLBACK;
