-- Who may touch what: the daemon executes schema api and nothing else, nobody else anything.
BEGIN;
SELECT plan(27);

SELECT is(has_function_privilege('grievd', p.oid, 'EXECUTE'), true,
          'the daemon may execute every function of api')
FROM pg_proc AS p WHERE p.pronamespace = 'api'::regnamespace
ORDER BY NOT has_function_privilege('grievd', p.oid, 'EXECUTE') DESC LIMIT 1;
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace IN ('rules'::regnamespace, 'register'::regnamespace,
                             'report'::regnamespace)
      AND has_function_privilege('grievd', p.oid, 'EXECUTE')
$$, 'the daemon may execute nothing else of ours');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p, aclexplode(p.proacl) AS a
    WHERE p.pronamespace IN ('api'::regnamespace, 'rules'::regnamespace,
                             'register'::regnamespace, 'report'::regnamespace)
      AND a.grantee = 0
$$, 'PUBLIC may execute nothing of ours');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace IN ('api'::regnamespace, 'rules'::regnamespace,
                             'register'::regnamespace)
      AND p.proacl IS NULL
$$, 'no function of ours is left with the defaults, which are PUBLIC''s EXECUTE');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'api'::regnamespace
      AND (NOT p.prosecdef
           OR NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}')))
$$, 'every function of api is SECURITY DEFINER with a pinned search_path');
SELECT is_empty($$
    SELECT p.oid::regprocedure FROM pg_proc AS p
    WHERE p.pronamespace = 'rules'::regnamespace AND p.prolang <> (
              SELECT l.oid FROM pg_language AS l WHERE l.lanname = 'sql')
      AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}'))
$$, 'every plpgsql function of rules has a pinned search_path');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class AS c,
           unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
                        'TRIGGER']) AS privilege
    WHERE c.relnamespace IN ('register'::regnamespace, 'rules'::regnamespace,
                             'report'::regnamespace)
      AND c.relkind IN ('r', 'v', 'm', 'p')
      AND has_table_privilege('grievd', c.oid, privilege)
$$, 'the daemon may touch no table or view');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relnamespace = 'register'::regnamespace AND c.relkind = 'r'
      AND has_table_privilege('grievd_report', c.oid, 'SELECT')
$$, 'the report role may read no table');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v'
      AND NOT has_table_privilege('grievd_report', c.oid, 'SELECT')
$$, 'the report role may read every view of report');
SELECT is_empty($$
    SELECT n.nspname FROM pg_namespace AS n
    WHERE n.nspname IN ('register', 'rules', 'report')
      AND has_schema_privilege('grievd', n.oid, 'USAGE')
$$, 'the daemon may name nothing outside api');
SELECT ok(has_schema_privilege('grievd', 'api', 'USAGE'), 'the daemon may name what is in api');
SELECT is_empty($$
    SELECT n.nspname FROM pg_namespace AS n
    WHERE n.nspname IN ('register', 'rules', 'report', 'api', 'public')
      AND (has_schema_privilege('grievd', n.oid, 'CREATE')
           OR has_schema_privilege('grievd_report', n.oid, 'CREATE'))
$$, 'neither may create anything');
SELECT is_empty($$
    SELECT r.rolname FROM pg_roles AS r
    WHERE r.rolname LIKE 'grievd%'
      AND (r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls)
$$, 'no role of ours has an attribute that passes the checks by');
SELECT is_empty($$
    SELECT c.oid::regclass FROM pg_class AS c
    WHERE c.relnamespace IN ('register'::regnamespace, 'rules'::regnamespace,
                             'report'::regnamespace)
      AND pg_get_userbyid(c.relowner) <> 'grievd_owner'
$$, 'grievd_owner owns every table and view');
SELECT ok('log_min_error_statement=panic' = ANY (s.setconfig)
              AND 'log_statement=none' = ANY (s.setconfig)
              AND 'log_parameter_max_length=0' = ANY (s.setconfig),
          'no statement of ' || r.rolname || ' reaches a log')
FROM pg_roles AS r LEFT JOIN pg_db_role_setting AS s ON s.setrole = r.oid AND s.setdatabase = 0
WHERE r.rolname IN ('grievd', 'grievd_owner', 'grievd_report');

-- As the daemon
SET LOCAL ROLE grievd;
SELECT is((api.me('TH-50', '{}', NULL)).status, 200, 'the daemon calls api');
SELECT throws_ok($$ SELECT rules.bangkok_day(now()) $$, '42501', NULL, 'but not rules');
SELECT throws_ok($$ SELECT * FROM register.complaint $$, '42501', NULL, 'nor reads the register');
SELECT throws_ok($$ CREATE TABLE public.x () $$, '42501', NULL, 'nor makes tables');
RESET ROLE;
SET LOCAL ROLE grievd_report;
SELECT throws_ok($$ SELECT api.me('TH-50', '{}', NULL) $$, '42501', NULL,
                 'the report role calls no api');
RESET ROLE;

-- As the owner, in whose name the functions run
SET LOCAL ROLE grievd_owner;
SELECT alike(tests.submit(now(), '{"id": 1, "actor": "TH-50"}'), '201 %', 'events are appended');
SELECT throws_ok($$ UPDATE register.event SET actor = 'nobody' $$, '23001', NULL,
                 'and never changed, not even by the owner');
SELECT throws_ok($$ DELETE FROM register.event $$, '23001', NULL, 'never deleted');
SELECT throws_ok($$ UPDATE register.complaint SET received_on = '2026-01-01' $$, '23001', NULL,
                 'the facts of a complaint are never changed');
SELECT throws_ok($$ DELETE FROM register.complaint $$, '23001', NULL, 'never deleted');

SELECT * FROM finish();
ROLLBACK;
