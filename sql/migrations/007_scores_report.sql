-- The scores that people give, the year's report, and what of it is published.

-- What a rule set consists of: the dimensions and indicators of `transparency`, the objectives
-- and KPIs of `plan`, the parts of `7`. An item that is a rule set of its own (kpi1, 4.1, 7.3)
-- has its name and its scale there, and is scored by the version in force.
CREATE TABLE register.score_item (
    rule_set text NOT NULL,
    version integer NOT NULL,
    code text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('dimension', 'indicator', 'part', 'objective', 'result')),
    parent text,
    ord integer NOT NULL,
    th text, -- NULL: named by the rule set of its code
    en text,
    weight numeric,
    unit text CHECK (unit IN ('count', 'percent', 'level')),
    decimals integer NOT NULL, -- of its score in print
    PRIMARY KEY (rule_set, version, code),
    FOREIGN KEY (rule_set, version) REFERENCES register.rule_set
);

-- A score or a result as the committee's secretary recorded it. A later row about the same code
-- and report replaces an earlier one; nothing is changed.
CREATE TABLE register.assessment (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_set text NOT NULL,
    version integer NOT NULL,
    code text NOT NULL,
    assessment_fy integer NOT NULL, -- the year that was assessed
    report_fy integer NOT NULL,     -- the year whose report has it
    level integer CHECK (level BETWEEN 1 AND 5), -- of an indicator
    result numeric,                              -- of a KPI, in its unit
    reason text,
    corrective text,
    evidence text,
    activities jsonb NOT NULL DEFAULT '[]', -- [{text, new}]
    system_level integer, -- of 4.1 and 4.2 by the evidence here, when this was recorded
    difference text,      -- why the level is another one
    source text,          -- the document that the figure was taken from
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    FOREIGN KEY (rule_set, version, code) REFERENCES register.score_item,
    CHECK ((level IS NULL) <> (result IS NULL))
);
CREATE INDEX assessment_report ON register.assessment (report_fy, code, number);
CREATE TRIGGER assessment_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.assessment
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- An activity of a year's action plan. A later row of the same number replaces an earlier one.
CREATE TABLE register.plan_action (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_fy integer NOT NULL,
    no integer NOT NULL CHECK (no BETWEEN 1 AND 999),
    th text NOT NULL,
    from_month date NOT NULL,
    to_month date NOT NULL CHECK (to_month >= from_month),
    status text CHECK (status IN ('planned', 'running', 'done', 'not_done')),
    note text,
    source text,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL
);
CREATE TRIGGER plan_action_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.plan_action
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- Evidence may say who is designated.
ALTER TABLE register.evidence ADD COLUMN officer text REFERENCES register.principal;

-- What ended before it expires: the last day on which it counts, and why.
CREATE TABLE register.evidence_end (
    evidence uuid PRIMARY KEY REFERENCES register.evidence,
    ended_on date NOT NULL,
    reason text NOT NULL,
    ended_at timestamptz NOT NULL,
    ended_by text NOT NULL
);
CREATE TRIGGER evidence_end_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.evidence_end
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- A report as it was issued: the document's text, byte for byte, under its hash. The score
-- summary (แบบสรุปคะแนน) that a submission makes of its figures is one, too.
CREATE TABLE register.report_issue (
    fy integer NOT NULL,
    edition text NOT NULL CHECK (edition IN ('complaints', 'analysis', 'scores')),
    document text NOT NULL,
    sha256 bytea NOT NULL,
    figures jsonb NOT NULL, -- all that were counted for it
    log_size bigint, -- of the ledger in the snapshot of the counts; NULL without one
    acknowledged text[] NOT NULL, -- what was missing, knowingly
    issued_at timestamptz NOT NULL,
    issued_by text NOT NULL,
    PRIMARY KEY (fy, edition)
);
CREATE TRIGGER report_issue_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.report_issue
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- The hand-over of an issued report to the director.
CREATE TABLE register.report_submission (
    fy integer NOT NULL,
    edition text NOT NULL,
    memo_no text NOT NULL,
    memo_date date NOT NULL,
    acknowledged_on date NOT NULL,   -- the day beside the signed ทราบ
    document_sha256 text NOT NULL,   -- of the scan with it
    submitted_at timestamptz NOT NULL,
    submitted_by text NOT NULL,
    PRIMARY KEY (fy, edition),
    FOREIGN KEY (fy, edition) REFERENCES register.report_issue
);
CREATE TRIGGER report_submission_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.report_submission
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- What became known after a report was issued.
CREATE TABLE register.report_erratum (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fy integer NOT NULL,
    edition text NOT NULL,
    text text NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    FOREIGN KEY (fy, edition) REFERENCES register.report_issue
);
CREATE TRIGGER report_erratum_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.report_erratum
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- Statistics as they were approved for the agency's website; the newest of a period counts.
CREATE TABLE register.publication (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fy integer NOT NULL,
    first_month integer NOT NULL CHECK (first_month BETWEEN 1 AND 12), -- of the fiscal year
    last_month integer NOT NULL CHECK (last_month BETWEEN first_month AND 12),
    document text NOT NULL,
    sha256 bytea NOT NULL,
    approved_by text NOT NULL, -- who signed, in words
    approved_on date NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL
);
CREATE TRIGGER publication_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.publication
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- Where cases stood on a day is told by the first move after it.
CREATE INDEX event_moved ON register.event (at) WHERE from_state IS NOT NULL;
-- What is told beside the tables; few events are of these kinds.
CREATE INDEX event_told ON register.event (at)
    WHERE kind IN ('withdraw', 'refer', 'transfer', 'class_changed', 'link', 'unlink', 'reopen');
