-- Who may do what, said anew after every migration: the end of `grievd migrate`, as the owner.
--
-- PUBLIC may do nothing in our schemas; grievd may execute the functions of api; grievd_report may
-- read the views of report. Inner functions (rules) take the time as a parameter, so nobody but
-- the owner may call them.

REVOKE ALL ON SCHEMA register, rules, api, report FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA register, rules, report FROM PUBLIC, grievd, grievd_report;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA register, rules, api, report
    FROM PUBLIC, grievd, grievd_report;

GRANT USAGE ON SCHEMA api TO grievd;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO grievd;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA api, rules FROM grievd_notify;
GRANT USAGE ON SCHEMA api TO grievd_notify;
GRANT EXECUTE ON FUNCTION api.outbox_take(text, jsonb, jsonb),
    api.outbox_settle(text, jsonb, jsonb) TO grievd_notify;

GRANT USAGE ON SCHEMA report TO grievd_report;
GRANT SELECT ON ALL TABLES IN SCHEMA report TO grievd_report;

-- A view calls its functions as whoever reads it. These read the tables as their owner; without
-- USAGE on the schema the reader cannot call them by name, with a time of his own.
GRANT EXECUTE ON FUNCTION rules.bangkok_day(timestamptz), rules.received(integer),
    rules.kpi1(timestamptz, integer), rules.unit_month(timestamptz, integer),
    rules.level_finding(timestamptz, integer), rules.indicator_level(timestamptz, integer),
    rules.year_clock(timestamptz, integer), rules.year_line(timestamptz, integer),
    rules.year_turn(timestamptz, integer),
    rules.year_month_line(timestamptz, integer, jsonb, jsonb),
    rules.assessed(integer, boolean, bigint)
    TO grievd_report;
