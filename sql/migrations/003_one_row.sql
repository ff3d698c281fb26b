-- One row for what a complaint is and what becomes of it, and its texts apart.
--
-- Before this, what an office sent lay in one wide row, its case in a second and its acceptance in a
-- third, an event that said nothing new. Now register.complaint holds all that is counted, routed
-- and listed, in a row of a few hundred bytes that figures can be summed from quickly, and
-- register.content the texts. The acceptance is what the complaint's own columns tell. It keeps
-- its position, so the order of everything stays without a gap.

-- Functions are made after all migrations: a new database has none of them yet.
DROP FUNCTION IF EXISTS api.complaint_submit, rules.complaint_submit;
DROP VIEW IF EXISTS rules.case_seen;
DROP FUNCTION IF EXISTS rules.case_members;

ALTER TABLE register.complaint RENAME TO complaint_before;
ALTER TABLE register.complaint_before RENAME CONSTRAINT complaint_pkey TO complaint_before_pkey;
DROP INDEX register.complaint_track, register.complaint_box;

CREATE TABLE register.complaint (
    id uuid PRIMARY KEY, -- chosen by the client
    position bigint NOT NULL, -- of its acceptance, in the order of everything
    version bigint NOT NULL,
    accepted_at timestamptz NOT NULL,
    seen timestamptz NOT NULL, -- the last time it was sent; a replay writes only this
    state_since timestamptz NOT NULL,
    registered_at timestamptz, -- by the event register; so that scores need not search the events
    erased_at timestamptz,
    received_on date NOT NULL,
    counted_on date NOT NULL,
    fy integer NOT NULL,
    late boolean NOT NULL, -- entered after its year's closing day
    nonce_key_id smallint NOT NULL, -- 0: the client brought the nonce
    box_opening uuid,
    duplicate_of uuid, -- the original it repeats; both stay counted
    unit text NOT NULL,
    submitter text NOT NULL,
    ref text NOT NULL,
    route text NOT NULL,
    state text NOT NULL,
    class text NOT NULL, -- in effect
    channel text NOT NULL,
    process text NOT NULL,
    subject text NOT NULL,
    identity text NOT NULL,
    office_class text NOT NULL, -- the office's opinion, as sent
    accepted_route text NOT NULL,
    accused_unit text,
    accused_role text,
    accused_principals text, -- sorted, comma-joined
    conflict text,           -- principals and units, sorted, comma-joined
    source text,             -- a JSON object as sent
    investigator text,
    registered_unit text, -- of who registered it, then
    commit bytea NOT NULL,
    opening bytea NOT NULL, -- salt_M, or 32 zero bytes once erased, then part_B and part_I
    track_hash bytea NOT NULL
)
WITH (fillfactor = 85); -- room in each page for the next version of a row

-- The texts. What erases a complaint deletes its row here.
CREATE TABLE register.content (
    position bigint PRIMARY KEY, -- of the complaint's acceptance
    body bytea NOT NULL,        -- salt_B, then the request without the complainant
    complainant bytea NOT NULL  -- salt_I, then the complainant; nothing after it where none was told
)
-- Rows stay whole in their page up to its size: most do, and the second table costs more.
WITH (toast_tuple_target = 8160);
ALTER TABLE register.content ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE register.content ALTER COLUMN complainant SET STORAGE EXTERNAL;

INSERT INTO register.complaint
SELECT c.id, f.position, f.version, c.accepted_at, c.seen, f.state_since, f.registered_at,
       c.erased_at, c.received_on, f.counted_on, f.fy, f.late, c.nonce_key_id, c.box_opening,
       f.duplicate_of, c.unit, c.submitter, f.ref, f.route, f.state, f.class, c.channel, c.process,
       c.subject, c.identity, c.class, c.route, c.accused_unit, c.accused_role,
       c.accused_principals, c.conflict, c.source, f.investigator, f.registered_unit, c.commit,
       coalesce(c.salt_m, decode(repeat('00', 32), 'hex')) || c.part_b || c.part_i, c.track_hash
FROM register.complaint_before AS c JOIN register.case_file AS f ON f.id = c.id
ORDER BY f.position;
INSERT INTO register.content
SELECT f.position, c.salt_b || c.body, c.salt_i || c.complainant
FROM register.complaint_before AS c JOIN register.case_file AS f ON f.id = c.id
WHERE c.erased_at IS NULL
ORDER BY f.position;
DROP TABLE register.complaint_before, register.case_file;

ALTER TABLE register.event DISABLE TRIGGER event_append_only;
DELETE FROM register.event WHERE kind = 'accepted';
ALTER TABLE register.event ENABLE TRIGGER event_append_only;
DROP INDEX register.event_complaint;
CREATE INDEX event_complaint ON register.event (complaint, position) WHERE complaint IS NOT NULL;

CREATE UNIQUE INDEX complaint_position ON register.complaint (position);
CREATE UNIQUE INDEX complaint_ref ON register.complaint (ref);
CREATE INDEX complaint_submitter ON register.complaint (submitter, position);
-- Not unique: a client may use one nonce twice.
CREATE INDEX complaint_track ON register.complaint (track_hash);
CREATE INDEX complaint_box ON register.complaint (box_opening) WHERE box_opening IS NOT NULL;
-- Complaints lie in the order of their acceptance, hence nearly by year: a few bytes find the
-- pages of one, and an insert hardly notices.
CREATE INDEX complaint_fy ON register.complaint USING brin (fy) WITH (pages_per_range = 32);
-- The few cases that are not for the whole legal group; most rows are in neither.
CREATE INDEX complaint_elsewhere ON register.complaint (position) WHERE route <> 'legal';
CREATE INDEX complaint_assigned ON register.complaint (investigator, position)
    WHERE investigator IS NOT NULL;

-- What was sent and what was counted stays, when and where it was. An UPDATE that names only other
-- columns does not come here.
CREATE TRIGGER complaint_facts
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, position, accepted_at, received_on, counted_on, fy, late, nonce_key_id,
                     box_opening, unit, submitter, ref, channel, process, subject, identity,
                     office_class, accepted_route, accused_unit, accused_role, accused_principals,
                     conflict, source, commit, track_hash
    ON register.complaint
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
-- A text is deleted by an erasure and never changed.
CREATE TRIGGER content_facts
    BEFORE TRUNCATE OR UPDATE ON register.content
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- The codes that a submission may name, and the roles that may submit, as arrays: one row that
-- tells of a whole batch at once that nothing in it is unknown. Kept by triggers.
CREATE TABLE register.intake_code (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    channel text[],
    process text[],
    subject text[],
    class text[],
    identity text[],
    accused_role text[],
    submit_role text[]
);
INSERT INTO register.intake_code DEFAULT VALUES;

CREATE FUNCTION register.intake_code_renew() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE register.intake_code AS c
    SET channel = t.channel, process = t.process, subject = t.subject, class = t.class,
        identity = t.identity, accused_role = t.accused_role,
        submit_role = ARRAY(SELECT r.role FROM register.rights AS r
                            WHERE r.function = 'complaint_submit')
    FROM (SELECT array_agg(t.code) FILTER (WHERE t.kind = 'channel') AS channel,
                 array_agg(t.code) FILTER (WHERE t.kind = 'process') AS process,
                 array_agg(t.code) FILTER (WHERE t.kind = 'subject') AS subject,
                 array_agg(t.code) FILTER (WHERE t.kind = 'class') AS class,
                 array_agg(t.code) FILTER (WHERE t.kind = 'identity') AS identity,
                 array_agg(t.code) FILTER (WHERE t.kind = 'accused_role') AS accused_role
          FROM register.taxonomy AS t) AS t;
    RETURN NULL;
END;
$$;
CREATE TRIGGER taxonomy_intake_code
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.taxonomy
    FOR EACH STATEMENT EXECUTE FUNCTION register.intake_code_renew();
CREATE TRIGGER rights_intake_code
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.rights
    FOR EACH STATEMENT EXECUTE FUNCTION register.intake_code_renew();
-- Databases that hold their reference data already.
UPDATE register.rights SET role = role WHERE function = 'complaint_submit';
