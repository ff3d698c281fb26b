-- The register: reference data, complaints, cases, events.
--
-- A complaint is written once by api.complaint_submit and never changes, but for `seen` and an
-- erasure. What changes of it lives in case_file, a small row of its own. Everything that happens
-- is an event, in commit order, and stays.
--
-- The tables of the hot path have no foreign keys: their only writer has resolved every code
-- by joins, and a key's trigger would cost more than the row.

CREATE FUNCTION register.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% keeps what was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;

-- Reference data, each loaded from sql/reference/<table>.csv

-- Code lists with both names: channel, process, subject, class, identity, accused_role,
-- unit_kind, role, route, event.
CREATE TABLE register.taxonomy (
    kind text NOT NULL,
    code text NOT NULL,
    th text NOT NULL,
    en text NOT NULL,
    ord integer NOT NULL,
    PRIMARY KEY (kind, code),
    CHECK (code || th || en !~ '["\\[:cntrl:]]') -- answers print these as they are
);

CREATE TABLE register.state (
    code text PRIMARY KEY,
    th text NOT NULL,
    en text NOT NULL,
    ord integer NOT NULL UNIQUE,
    CHECK (code || th || en !~ '["\\[:cntrl:]]') -- answers print these as they are
);

-- The machine: who may move a case from where to where, and what must be given.
CREATE TABLE register.move (
    kind text NOT NULL,
    from_state text NOT NULL REFERENCES register.state,
    to_state text NOT NULL REFERENCES register.state,
    role text NOT NULL,
    two_person boolean NOT NULL,
    required text[] NOT NULL,
    PRIMARY KEY (kind, from_state, role)
);

-- Who may call which function of schema api: a role, or 'any' active principal, or 'anyone'.
CREATE TABLE register.rights (
    function text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (function, role)
);

-- The first rule in order whose fact a complaint has gives its route; without one it is 'legal'.
-- value is a role for the fact accused_role, else the kind of the unit concerned. The people of
-- the units of the kinds in `excludes` do not see the case.
CREATE TABLE register.routing_rule (
    ord integer PRIMARY KEY,
    fact text NOT NULL CHECK (fact IN ('accused_role', 'accused_unit', 'accused_principal',
                                       'conflict')),
    value text NOT NULL,
    route text NOT NULL CHECK (route IN ('alternate', 'external')),
    excludes text[] NOT NULL,
    UNIQUE (fact, value)
);

CREATE TABLE register.fiscal_year (
    fy integer PRIMARY KEY, -- Buddhist year in which it ends
    opens date NOT NULL UNIQUE,
    closes date NOT NULL UNIQUE,
    closing_day date NOT NULL, -- last day on which what was received in it still counts in it
    CHECK (opens <= closes AND closes <= closing_day)
);

CREATE TABLE register.holiday (
    day date PRIMARY KEY,
    th text NOT NULL,
    en text NOT NULL,
    source text NOT NULL
);

CREATE TABLE register.rule_set (
    code text NOT NULL,
    version integer NOT NULL,
    name_th text NOT NULL,
    name_en text NOT NULL,
    order_no text, -- of the order that adopted it, and its day; NULL where not known
    adopted_on date,
    effective_from date NOT NULL,
    PRIMARY KEY (code, version)
);

-- The thresholds of a rule set: the value that earns each level it has.
CREATE TABLE register.scale (
    code text NOT NULL,
    version integer NOT NULL,
    level integer NOT NULL CHECK (level BETWEEN 1 AND 5),
    threshold numeric NOT NULL,
    PRIMARY KEY (code, version, level),
    FOREIGN KEY (code, version) REFERENCES register.rule_set
);

-- The agency's own: loaded once from CSV, then changed through the API

-- Codes and names of principals stand in comma-joined lists and paths and are printed into JSON as
-- they are. ASCII only, so none is the name of the central series either.
CREATE TABLE register.unit (
    code text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    name_th text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    parent text,
    head text, -- principals; either may confirm the month
    deputy text,
    active_from date NOT NULL,
    active_to date,
    demo boolean NOT NULL DEFAULT false
);

CREATE TABLE register.principal (
    name text PRIMARY KEY -- the CN of the certificate
        CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    name_th text NOT NULL,
    name_en text NOT NULL,
    unit text NOT NULL REFERENCES register.unit,
    roles text NOT NULL DEFAULT '', -- separated by blanks
    active boolean NOT NULL DEFAULT true,
    demo boolean NOT NULL DEFAULT false,
    role_set text[] GENERATED ALWAYS AS (string_to_array(roles, ' ')) STORED
);
CREATE INDEX principal_unit ON register.principal (unit);

-- What happens

CREATE TABLE register.box_opening (
    id uuid PRIMARY KEY,
    unit text NOT NULL REFERENCES register.unit,
    opened_on date NOT NULL,
    openers text[] NOT NULL CHECK (cardinality(openers) = 2),
    seal_before text NOT NULL,
    seal_after text NOT NULL,
    items integer NOT NULL CHECK (items >= 0),
    not_complaints jsonb NOT NULL DEFAULT '[]', -- [{item, reason}]
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL
);
CREATE INDEX box_opening_unit ON register.box_opening (unit, opened_on);

-- What an office sent. The request's bytes (body) and the complainant's part of them are kept as
-- sent; a commitment binds the clear fields, the body and the complainant, each under its salt.
CREATE TABLE register.complaint (
    id uuid PRIMARY KEY, -- chosen by the client
    accepted_at timestamptz NOT NULL,
    seen timestamptz NOT NULL, -- the last time it was sent; a replay writes only this
    erased_at timestamptz,
    received_on date NOT NULL,
    nonce_key_id smallint NOT NULL, -- 0: the client brought the nonce
    box_opening uuid,
    unit text NOT NULL,
    submitter text NOT NULL,
    channel text NOT NULL,
    process text NOT NULL,
    subject text NOT NULL,
    class text NOT NULL, -- the office's opinion
    identity text NOT NULL,
    accused_unit text,
    accused_role text,
    accused_principals text, -- sorted, comma-joined
    conflict text,           -- principals and units, sorted, comma-joined
    source text,             -- a JSON object as sent
    route text NOT NULL,     -- as chosen at acceptance; case_file has today's
    body bytea,
    complainant bytea,
    commit bytea NOT NULL,
    salt_m bytea,
    salt_b bytea,
    salt_i bytea,
    part_b bytea NOT NULL,
    part_i bytea NOT NULL,
    track_hash bytea NOT NULL
)
-- Rows stay whole in their page up to its size: most do, and the second table costs more. There
-- is room in each page for a replay's new row version.
WITH (toast_tuple_target = 8160, fillfactor = 90);
ALTER TABLE register.complaint ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE register.complaint ALTER COLUMN complainant SET STORAGE EXTERNAL;
-- Not unique: a client may use one nonce twice.
CREATE INDEX complaint_track ON register.complaint (track_hash);
CREATE INDEX complaint_box ON register.complaint (box_opening) WHERE box_opening IS NOT NULL;

-- An UPDATE that names only other columns (seen, an erasure) does not come here.
CREATE TRIGGER complaint_facts
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, accepted_at, received_on, nonce_key_id, box_opening, unit, submitter,
                     channel, process, subject, class, identity, accused_unit, accused_role,
                     accused_principals, conflict, source, route, commit, part_b, part_i, track_hash
    ON register.complaint
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- What becomes of it. One row a complaint, changed in place (HOT) with each event.
CREATE TABLE register.case_file (
    id uuid PRIMARY KEY, -- of the complaint
    position bigint NOT NULL, -- of its acceptance
    version bigint NOT NULL,
    state_since timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL,
    registered_at timestamptz, -- by the event register; so that scores need not search the events
    fy integer NOT NULL,
    received_on date NOT NULL,
    counted_on date NOT NULL,
    late boolean NOT NULL, -- entered after its year's closing day
    unit text NOT NULL,
    submitter text NOT NULL,
    ref text NOT NULL,
    route text NOT NULL,
    state text NOT NULL,
    class text NOT NULL, -- in effect
    process text NOT NULL,
    identity text NOT NULL,
    investigator text,
    registered_unit text, -- of who registered it, then
    duplicate_of uuid -- the original it repeats; both stay counted
)
WITH (fillfactor = 85);
-- What was counted stays counted, when and where it was. An UPDATE of other columns does not come
-- here.
CREATE TRIGGER case_file_facts
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, position, accepted_at, fy, received_on, counted_on, late, unit, submitter,
                     ref, process, identity
    ON register.case_file
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
CREATE UNIQUE INDEX case_file_ref ON register.case_file (ref);
CREATE INDEX case_file_submitter ON register.case_file (submitter, position);

-- Who must not see a case: a principal, or everybody who is or comes to be in a unit.
CREATE TABLE register.case_excluded (
    complaint uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('principal', 'unit')),
    code text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (complaint, kind, code)
);

-- Gapless numbers: of a unit and year, or of the central series and year.
CREATE TABLE register.counter (
    series text NOT NULL,
    fy integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (series, fy)
)
WITH (fillfactor = 20);
CREATE TRIGGER counter_stays
    BEFORE DELETE OR TRUNCATE OR UPDATE OF series, fy ON register.counter
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- The order of everything: the position of the newest event. Locked last, after complaints by id
-- and counters by (series, fy); so the order of commits is the order of positions.
CREATE TABLE register.head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
)
WITH (fillfactor = 10);
INSERT INTO register.head (position) VALUES (0);
CREATE TRIGGER head_stays
    BEFORE DELETE OR TRUNCATE ON register.head
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- What happened, in order. `complaint` is NULL for what concerns none (a month's confirmation, a
-- unit's change). A client's request carries event_id; its hash tells a repeat from another
-- request, and the answer is kept for the repeat.
CREATE TABLE register.event (
    position bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    complaint uuid,
    event_id uuid,
    kind text NOT NULL,
    actor text NOT NULL,
    unit text NOT NULL, -- the actor's, then
    from_state text,
    to_state text,
    fields jsonb,
    request_hash bytea,
    status integer,
    answer jsonb
);
CREATE UNIQUE INDEX event_event_id ON register.event (event_id) WHERE event_id IS NOT NULL;
-- The acceptance is found by case_file.position.
CREATE INDEX event_complaint ON register.event (complaint, position)
    WHERE complaint IS NOT NULL AND kind <> 'accepted';
CREATE TRIGGER event_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.event
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- An act that takes two people, waiting for the second.
CREATE TABLE register.proposal (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    request jsonb NOT NULL, -- what will be carried out
    summary text NOT NULL,
    role text NOT NULL, -- the role its approver needs
    status text NOT NULL CHECK (status IN ('open', 'approved', 'rejected')),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_by text,
    decided_at timestamptz,
    CHECK (decided_by <> proposed_by)
);
CREATE TRIGGER proposal_facts
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, kind, request, summary, role, proposed_by, proposed_at, expires_at
    ON register.proposal
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
