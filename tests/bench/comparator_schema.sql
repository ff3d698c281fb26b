-- What comparator.sql writes to: rows as big as the register's and as many indexes on them, but
-- nothing that counts, orders or checks. Frozen, so that figures stay comparable.
CREATE SCHEMA bench;

CREATE TABLE bench.complaint (
    id uuid PRIMARY KEY,
    accepted_at timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    received_on date NOT NULL,
    nonce_key_id smallint NOT NULL,
    box_opening uuid,
    unit text NOT NULL,
    submitter text NOT NULL,
    channel text NOT NULL,
    process text NOT NULL,
    subject text NOT NULL,
    class text NOT NULL,
    identity text NOT NULL,
    route text NOT NULL,
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
WITH (toast_tuple_target = 8160, fillfactor = 90);
ALTER TABLE bench.complaint ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX complaint_track ON bench.complaint (track_hash);
CREATE INDEX complaint_box ON bench.complaint (box_opening) WHERE box_opening IS NOT NULL;

CREATE TABLE bench.case_file (
    id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    version bigint NOT NULL,
    state_since timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL,
    fy integer NOT NULL,
    received_on date NOT NULL,
    counted_on date NOT NULL,
    late boolean NOT NULL,
    unit text NOT NULL,
    submitter text NOT NULL,
    ref text NOT NULL,
    route text NOT NULL,
    state text NOT NULL,
    class text NOT NULL,
    process text NOT NULL,
    identity text NOT NULL
)
WITH (fillfactor = 85);
CREATE UNIQUE INDEX case_file_ref ON bench.case_file (ref);
CREATE INDEX case_file_submitter ON bench.case_file (submitter, position);

CREATE TABLE bench.event (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    complaint uuid,
    event_id uuid,
    kind text NOT NULL,
    actor text NOT NULL,
    unit text NOT NULL,
    to_state text
);
CREATE UNIQUE INDEX event_event_id ON bench.event (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX event_complaint ON bench.event (complaint, position)
    WHERE complaint IS NOT NULL AND kind <> 'accepted';
