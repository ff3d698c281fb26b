-- The log's leaves: what was committed, in the order of commits, 48 bytes each (docs/ledger.md).
--
-- A transaction appends its leaves as one row, last. What was in the register before gets its
-- leaves here, in the order of positions.

DROP FUNCTION IF EXISTS api.complaint_submit, rules.complaint_submit;

ALTER TABLE register.head ADD COLUMN leaf_count bigint NOT NULL DEFAULT 0;
-- While it is set nothing is written: everyone who writes takes this row and looks.
ALTER TABLE register.head ADD COLUMN frozen_at timestamptz;

CREATE TABLE register.leaf_run (
    first bigint PRIMARY KEY, -- index of its first leaf
    leaves bytea NOT NULL     -- one behind the other
);
CREATE TRIGGER leaf_run_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.leaf_run
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- Leaves that were signed and whose rows the database lost: put back from the signer. Who sends the
-- same request again gets his leaf again, and it is taken out here. Nearly always empty.
CREATE TABLE register.lost_leaf (
    leaf_index bigint PRIMARY KEY,
    leaf bytea NOT NULL
);

-- The type of leaf of each kind of event; NULL for a kind that has none.
CREATE TABLE register.event_leaf (
    kind text PRIMARY KEY,
    leaf_type smallint CHECK (leaf_type BETWEEN 1 AND 9)
);

ALTER TABLE register.complaint ADD COLUMN leaf_index bigint;
ALTER TABLE register.event ADD COLUMN leaf_index bigint;
-- What an act of the system itself commits to besides what its row says: it had no request.
ALTER TABLE register.event ADD COLUMN salt bytea;

-- What the public was shown: a checkpoint, and with it all tiles of its size.
CREATE TABLE register.log_publication (
    size bigint PRIMARY KEY CHECK (size > 0),
    checkpoint text NOT NULL, -- the signed note
    published_at timestamptz NOT NULL,
    position bigint NOT NULL -- of the register then; what comes after it is not published yet
);
CREATE TRIGGER log_publication_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON register.log_publication
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

DO $$
DECLARE
    n bigint;
BEGIN
    ALTER TABLE register.event DISABLE TRIGGER event_append_only;
    CREATE TEMPORARY TABLE ordered ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY p.position) - 1 AS leaf_index, p.*
    FROM (SELECT c.position, c.id, 'accepted' AS kind, c.counted_on, c.commit,
                 CASE WHEN c.office_class IN ('C1', 'C2') THEN c.office_class ELSE 'CX' END
                     AS class, NULL::text AS month
          FROM register.complaint AS c
          UNION ALL
          SELECT e.position, NULL, e.kind, NULL, coalesce(e.request_hash, sha256('')), NULL,
                 e.fields ->> 'month'
          FROM register.event AS e) AS p;
    UPDATE register.complaint AS c SET leaf_index = o.leaf_index
    FROM ordered AS o WHERE o.position = c.position;
    UPDATE register.event AS e SET leaf_index = o.leaf_index
    FROM ordered AS o WHERE o.position = e.position;
    INSERT INTO register.leaf_run (first, leaves)
    SELECT o.leaf_index,
           CASE o.kind
           WHEN 'accepted' THEN
               '\x0101'::bytea || int2send(array_position('{C1,C2,CX}', o.class)::int2)
               || int4send(to_char(o.counted_on, 'YYYYMM')::integer)
           WHEN 'return_confirmed' THEN
               '\x01040000'::bytea || int4send(replace(o.month, '-', '')::integer)
           ELSE '\x0109000000000000'::bytea END
           || '\xffffffffffffffff'::bytea || o.commit
    FROM ordered AS o
    ORDER BY o.leaf_index;
    SELECT count(*) INTO n FROM ordered;
    UPDATE register.head SET leaf_count = n;
    ALTER TABLE register.event ENABLE TRIGGER event_append_only;
END;
$$;
ALTER TABLE register.complaint ALTER COLUMN leaf_index SET NOT NULL;

-- The new column is a fact like the others.
DROP TRIGGER complaint_facts ON register.complaint;
CREATE TRIGGER complaint_facts
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, position, leaf_index, accepted_at, received_on, counted_on, fy, late,
                     nonce_key_id, box_opening, unit, submitter, ref, channel, process, subject,
                     identity, office_class, accepted_route, accused_unit, accused_role,
                     accused_principals, conflict, source, commit, track_hash
    ON register.complaint
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
