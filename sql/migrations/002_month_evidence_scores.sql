-- The month, the evidence and the rules of counting.

-- A unit's month as its head or deputy confirmed it, zero included: once, and it stays. What
-- arrives later is listed beside it and changes nothing here.
CREATE TABLE register.month_return (
    unit text NOT NULL REFERENCES register.unit,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    due_on date NOT NULL, -- as the holiday table stood then
    count integer NOT NULL CHECK (count >= 0),
    confirmed_at timestamptz NOT NULL,
    confirmed_by text NOT NULL,
    late boolean NOT NULL,
    event_id uuid NOT NULL UNIQUE,
    PRIMARY KEY (unit, month)
);
CREATE TRIGGER month_return_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.month_return
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- The kinds of evidence for 4.1 and 4.2, and which members each needs and may have.
CREATE TABLE register.evidence_kind (
    kind text PRIMARY KEY,
    th text NOT NULL,
    en text NOT NULL,
    ord integer NOT NULL,
    criteria text[] NOT NULL,
    required text[] NOT NULL,
    optional text[] NOT NULL
);

-- A piece of evidence counts from valid_from to expires_on, both included.
CREATE TABLE register.evidence (
    id uuid PRIMARY KEY,
    kind text NOT NULL REFERENCES register.evidence_kind,
    criterion text NOT NULL,
    unit text REFERENCES register.unit,
    order_no text,
    order_date date,
    url text,
    audience text CHECK (audience IN ('internal', 'external')),
    document_sha256 text CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    valid_from date NOT NULL,
    expires_on date CHECK (expires_on >= valid_from),
    note text,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL
);
CREATE TRIGGER evidence_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.evidence
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

CREATE TRIGGER box_opening_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.box_opening
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- What KPI 1 counts, and what the figures beside it would count: the classes, the processes
-- (NULL: every one) and whether a duplicate counts. The variant 'kpi1' is the KPI itself.
CREATE TABLE register.kpi1_variant (
    version integer NOT NULL, -- of the rule set kpi1
    variant text NOT NULL,
    th text NOT NULL,
    en text NOT NULL,
    ord integer NOT NULL,
    classes text[] NOT NULL,
    processes text[],
    duplicates boolean NOT NULL,
    PRIMARY KEY (version, variant)
);

-- The levels of a criterion: what each says and which test of rules.level_finding() decides it.
CREATE TABLE register.rule_level (
    code text NOT NULL,
    version integer NOT NULL,
    level integer NOT NULL CHECK (level BETWEEN 1 AND 5),
    th text NOT NULL,
    en text NOT NULL,
    test text NOT NULL CHECK (test IN ('designated', 'registered', 'published', 'evidence',
                                       'report_submitted')),
    argument text,
    ours boolean NOT NULL, -- the source has no such level of its own: the split is this system's
    PRIMARY KEY (code, version, level),
    FOREIGN KEY (code, version) REFERENCES register.rule_set
);

-- Cases lie in the order of their acceptance, hence nearly by year: a few bytes find the pages
-- of one, and an insert hardly notices.
CREATE INDEX case_file_fy ON register.case_file USING brin (fy) WITH (pages_per_range = 32);
-- The few cases that are not for the whole legal group; most rows are in neither.
CREATE INDEX case_file_elsewhere ON register.case_file (position) WHERE route <> 'legal';
CREATE INDEX case_file_assigned ON register.case_file (investigator, position)
    WHERE investigator IS NOT NULL;
CREATE INDEX evidence_sought ON register.evidence (criterion, kind, unit, audience);
