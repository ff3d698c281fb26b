-- Case work: the machine as data, what each kind of event tells, two-person acts about a case.

DROP VIEW IF EXISTS rules.case_seen CASCADE; -- its columns change; it is made anew after this

-- The machine. A row is something that may be done: by whom, in which states and on which routes,
-- where the case goes (NULL: it stays), what must be told with it and what must hold.
--
-- Of one kind the first row in order counts that the case, the actor and `selects` fit; then all of
-- `conditions` must hold, and of the first that does not its sentence is the answer. Both name
-- conditions of rules.condition_holds().
DROP TABLE register.move;
CREATE TABLE register.move (
    kind text NOT NULL,
    ord integer NOT NULL,
    from_states text[] NOT NULL,
    to_state text REFERENCES register.state,
    roles text[] NOT NULL, -- as rules.case_seen has the viewer act in the case; or 'system'
    routes text[] NOT NULL,
    selects text[] NOT NULL,
    conditions text[] NOT NULL,
    required text[] NOT NULL, -- members of register.event_field
    two_person boolean NOT NULL, -- it waits as a proposal that the head decides on
    if_match boolean NOT NULL, -- the version that was read must be named
    PRIMARY KEY (kind, ord)
);

-- What a kind of event may tell, and as what. What is `sealed` is text for the few who may read
-- the case: functions look at its presence only, and it is shown with the content.
CREATE TABLE register.event_field (
    kind text NOT NULL,
    field text NOT NULL,
    type text NOT NULL CHECK (type IN ('sealed', 'text', 'day', 'boolean', 'principal', 'unit',
                                       'case', 'cases', 'class', 'outcome', 'agency', 'audience',
                                       'next_step', 'accused_role', 'principals', 'codes',
                                       'subjects')),
    PRIMARY KEY (kind, field)
);

-- The conditions of the machine, each with the sentence that refuses.
CREATE TABLE register.condition (
    code text PRIMARY KEY,
    en text NOT NULL
);

-- How a case may end: of which classes (NULL: any) and what must hold besides.
CREATE TABLE register.outcome (
    code text PRIMARY KEY,
    th text NOT NULL,
    en text NOT NULL,
    ord integer NOT NULL UNIQUE,
    classes text[],
    conditions text[] NOT NULL,
    CHECK (code || th || en !~ '["\\[:cntrl:]]')
);

-- A part of a letter with several matters: worked on by itself, counted nowhere (it has no fiscal
-- year), without a commitment of its own; its content is its parent's.
ALTER TABLE register.complaint ADD COLUMN parent uuid;
ALTER TABLE register.complaint ADD COLUMN content_at bigint; -- the parent's position
ALTER TABLE register.complaint ALTER COLUMN fy DROP NOT NULL;
ALTER TABLE register.complaint ALTER COLUMN counted_on DROP NOT NULL;
ALTER TABLE register.complaint ALTER COLUMN leaf_index DROP NOT NULL;
CREATE INDEX complaint_parent ON register.complaint (parent) WHERE parent IS NOT NULL;
CREATE INDEX complaint_duplicate ON register.complaint (duplicate_of)
    WHERE duplicate_of IS NOT NULL;

-- Cases that are worked on, by their state: nothing fresh is in it.
CREATE INDEX complaint_worked ON register.complaint (state, position)
    WHERE state NOT IN ('RECEIVED', 'CLOSED');
-- What the director orders or has ordered the end of: nothing fresh is in it.
CREATE INDEX complaint_ending ON register.complaint (position)
    WHERE state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED');

-- What was said of the accused after the complaint came, the newest being today's.
CREATE TABLE register.case_accusation (
    complaint uuid NOT NULL,
    at timestamptz NOT NULL,
    accused_unit text,
    accused_role text,
    accused_principals text,
    conflict text,
    route text NOT NULL, -- as it is from then on
    event_id uuid NOT NULL UNIQUE,
    PRIMARY KEY (complaint, at, event_id)
);
CREATE TRIGGER case_accusation_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.case_accusation
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- The days on which somebody read a case's content through the server.
CREATE TABLE register.case_read (
    complaint uuid NOT NULL,
    reader text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (complaint, reader, day)
);

-- A proposal may be about a case: then only who sees the case sees it.
ALTER TABLE register.proposal ADD COLUMN complaint uuid;
CREATE INDEX proposal_complaint ON register.proposal (complaint) WHERE complaint IS NOT NULL;

-- Events that nobody caused are the system's.
ALTER TABLE register.principal ADD CHECK (name <> 'system');

-- How long each step may take. A clock runs from `base`: the day of receipt, of acceptance or of
-- asking, never from the last change; of one kind the newest in force on that day counts. Waiting
-- lengthens it where `pausable`. Before it is due somebody is reminded, after it the head is told.
CREATE TABLE register.clock_rule (
    kind text NOT NULL,
    effective_from date NOT NULL,
    days integer NOT NULL CHECK (days > 0),
    working boolean NOT NULL,
    base text NOT NULL CHECK (base IN ('accepted', 'received', 'asked', 'result_due')),
    pausable boolean NOT NULL,
    remind_days integer NOT NULL, -- calendar days before it is due
    remind_role text NOT NULL,
    escalate_role text NOT NULL,
    th text NOT NULL,
    en text NOT NULL,
    source text NOT NULL,
    confirmed_by text, -- NULL: nobody of the agency has confirmed it yet
    PRIMARY KEY (kind, effective_from)
);

-- The clocks of each case, begun when it is first looked at or swept: nothing of this is written
-- while a complaint is submitted.
CREATE TABLE register.clock (
    complaint uuid NOT NULL,
    kind text NOT NULL,
    began_on date NOT NULL,
    due_on date NOT NULL, -- the last day in time; pauses that are over are in it
    paused_on date, -- since when it stands still
    paused_days integer NOT NULL DEFAULT 0,
    met_on date,
    reminded_on date,
    escalated_on date,
    rank integer NOT NULL, -- of the case's class: the order of a queue within a day
    position bigint NOT NULL, -- of the case
    PRIMARY KEY (complaint, kind, began_on)
)
WITH (fillfactor = 85);
CREATE INDEX clock_running ON register.clock (due_on, rank, position)
    WHERE met_on IS NULL AND paused_on IS NULL;

-- Up to which acceptance the clocks have begun.
CREATE TABLE register.sweep (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);
INSERT INTO register.sweep (position) VALUES (0);

-- Where a principal gets mail; NULL: nowhere.
ALTER TABLE register.principal ADD COLUMN email text
    CHECK (email ~ '^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}([.][A-Za-z0-9-]{1,63}){1,8}$');

-- Mail that is to go out, written in the transaction of what it tells. It names a case by its
-- number and what is due, never its content. Its id is its Message-ID: sent twice it is one.
CREATE TABLE register.outbox (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    recipient text NOT NULL, -- a principal
    email text NOT NULL,
    ref text NOT NULL,
    matter text NOT NULL, -- a code of the taxonomy 'matter'
    due_on date,
    status text NOT NULL CHECK (status IN ('waiting', 'sent', 'dead')),
    tries integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    settled_at timestamptz,
    trouble text -- of the last try
);
CREATE INDEX outbox_waiting ON register.outbox (next_try_at) WHERE status = 'waiting';
CREATE INDEX outbox_dead ON register.outbox (at) WHERE status = 'dead';
