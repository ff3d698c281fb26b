-- ข้อมูลเชิงสถิติ: what the public is told of some months of a year, in the columns that the public
-- integrity assessment asks for: per month C1, C2, CX, their total, how many are done and how many
-- in progress as of a day. Totals of the agency, nothing smaller.
--
-- It covers months that have ended, and stands as of the last day of the last of them. It changes
-- with a new month and not within one: what comes in or is given another class in the month that
-- runs is not in it yet, for a table that moved with every arrival would tell whoever watches it
-- when a complaint came. Of September, what was entered in October is told in November.
--
-- How many units have not confirmed their months is said with it, for silence is not zero. A year
-- before the register has no table: nobody counted.
CREATE OR REPLACE FUNCTION rules.statistics_document(now timestamptz, year integer,
                                                     first_month integer, last_month integer)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB' AS $$
DECLARE
    opens   CONSTANT date := rules.year_opens(year);
    ended   CONSTANT integer := least(last_month, greatest(0,
        (extract(year FROM rules.bangkok_day(now)) * 12 + extract(month FROM rules.bangkok_day(now))
         - extract(year FROM opens) * 12 - extract(month FROM opens))::integer));
    as_of   CONSTANT date := (opens + ended * interval '1 month')::date - 1;
    until   CONSTANT timestamptz := (as_of + 1)::timestamp AT TIME ZONE 'Asia/Bangkok';
    settled CONSTANT timestamptz := -- the first moment of the month that runs
        date_trunc('month', now AT TIME ZONE 'Asia/Bangkok') AT TIME ZONE 'Asia/Bangkok';
    units   record;
    result  json;
BEGIN
    IF ended < first_month THEN
        RETURN NULL;
    END IF;
    SELECT count(DISTINCT m.unit) AS most,
           count(DISTINCT m.unit) FILTER (WHERE m.confirmed_at IS NULL) AS unconfirmed,
           (SELECT b.day FROM rules.register_began(now) AS b (day), register.fiscal_year AS y
            WHERE y.fy = year AND y.closing_day < b.day) AS began
    INTO units
    FROM rules.unit_month(now, year) AS m
    WHERE m.month BETWEEN opens + (first_month - 1) * interval '1 month' AND as_of;
    WITH months AS (
        SELECT m::date AS month
        FROM generate_series(opens + (first_month - 1) * interval '1 month',
                             opens + (ended - 1) * interval '1 month', '1 month') AS m
    ), after AS (
        SELECT DISTINCT ON (e.complaint) e.complaint, e.from_state AS state
        FROM register.event AS e
        WHERE e.from_state IS NOT NULL AND e.at >= until AND e.complaint IS NOT NULL
        ORDER BY e.complaint, e.position
    ), changed AS (
        SELECT DISTINCT ON (e.complaint) e.complaint, e.fields ->> 'from' AS class
        FROM register.event AS e
        WHERE e.kind = 'class_changed' AND e.at >= settled
        ORDER BY e.complaint, e.position
    ), counted AS (
        SELECT date_trunc('month', c.counted_on::timestamp)::date AS month,
               coalesce(g.class, c.class) AS class,
               coalesce(a.state, c.state) = 'CLOSED' AS done, count(*) AS cases
        FROM rules.case_counted AS c
        LEFT JOIN after AS a ON a.complaint = c.id
        LEFT JOIN changed AS g ON g.complaint = c.id
        WHERE c.fy = year AND c.counted_on <= as_of AND c.accepted_at < settled
          AND coalesce(g.class, c.class) IN ('C1', 'C2', 'CX')
        GROUP BY 1, 2, 3
    ), line AS (
        SELECT m.month,
               coalesce(sum(c.cases) FILTER (WHERE c.class = 'C1'), 0) AS c1,
               coalesce(sum(c.cases) FILTER (WHERE c.class = 'C2'), 0) AS c2,
               coalesce(sum(c.cases) FILTER (WHERE c.class = 'CX'), 0) AS cx,
               coalesce(sum(c.cases), 0) AS total,
               coalesce(sum(c.cases) FILTER (WHERE c.done), 0) AS done,
               coalesce(sum(c.cases) FILTER (WHERE NOT c.done), 0) AS open
        FROM months AS m LEFT JOIN counted AS c ON c.month = m.month
        GROUP BY m.month
    ), said AS (
        SELECT CASE WHEN sum(l.total) = 0 THEN rules.nil_text(
                        'ไม่มีเรื่องร้องเรียน', 'No complaints', units.unconfirmed, units.most,
                        units.began)
                    WHEN units.unconfirmed > 0 THEN rules.doc_text(
                        format('ยังไม่ยืนยัน: %s จาก %s หน่วยงาน', units.unconfirmed, units.most),
                        format('Not confirmed: %s of %s units', units.unconfirmed, units.most),
                        'warning') END AS block
        FROM line AS l
    )
    SELECT json_build_object(
        'fy', year, 'edition', 'statistics', 'made_at', until, 'as_of', as_of,
        'first_month', first_month, 'last_month', ended,
        'agency', '{"th": "สำนักงานสถิติแห่งชาติ", "en": "National Statistical Office"}'::json,
        'title', '{"th": "ข้อมูลเชิงสถิติเรื่องร้องเรียนการทุจริตและประพฤติมิชอบ",
                   "en": "Statistics of complaints about corruption and misconduct"}'::json,
        'subtitle', json_build_object('th', format('ประจำปีงบประมาณ พ.ศ. %s', year),
                                      'en', format('Fiscal year %s', year)),
        'secrecy', NULL, 'log_size', NULL, 'acknowledged', '[]'::json, 'rules', '[]'::json,
        'signature', NULL, 'standing', (SELECT s.block -> 'text' FROM said AS s),
        'sections', json_build_array(rules.doc_section(
            'statistics', format('ข้อมูล ณ วันที่ %s', rules.thai_date(as_of)),
            format('As of %s', as_of),
            (SELECT s.block FROM said AS s),
            CASE WHEN units.began IS NULL THEN
                rules.doc_text('หน่วย : เรื่อง', 'Unit: complaints', 'note') END,
            CASE WHEN units.began IS NULL THEN rules.doc_table(
                'statistics', 'จำนวนเรื่องร้องเรียน', 'Number of complaints',
                json_build_array(
                    rules.doc_column('month', 'month', 'ประจำเดือน', 'Month'),
                    rules.doc_column('c1', 'count', 'ทุจริตต่อหน้าที่', 'Corruption'),
                    rules.doc_column('c2', 'count', 'ประพฤติมิชอบ', 'Misconduct'),
                    rules.doc_column('cx', 'count', 'ยังไม่จำแนกประเภท*', 'Not classified*'),
                    rules.doc_column('total', 'count', 'จำนวนเรื่องทั้งหมด', 'Total'),
                    rules.doc_column('done', 'count', 'ดำเนินการแล้วเสร็จ', 'Done'),
                    rules.doc_column('open', 'count', 'อยู่ระหว่างดำเนินการ', 'In progress')),
                json_agg(json_build_array(to_char(l.month, 'YYYY-MM'), l.c1, l.c2, l.cx, l.total,
                                          l.done, l.open) ORDER BY l.month),
                json_build_array('{"th": "รวม", "en": "Total"}'::json, sum(l.c1), sum(l.c2),
                                 sum(l.cx), sum(l.total), sum(l.done), sum(l.open)),
                '{"th": "* เรื่องที่รับไว้และยังไม่จำแนกประเภท นับรวมในจำนวนทั้งหมด",
                  "en": "* Received and not yet classified; part of the total."}'::json) END)))
    INTO result
    FROM line AS l;
    RETURN result;
END;
$$;
COMMENT ON FUNCTION rules.statistics_document(timestamptz, integer, integer, integer) IS
    'What the public is told of some months of a year';
