-- Attachments: what came with a complaint, or was found while it was worked on, to the byte.
--
-- An attachment arrives in chunks, sealed each by itself (docs/sealing.md), a row a chunk. Until it
-- is whole nobody sees it, and what does not become whole is swept away. Afterwards it stays as it
-- is: only its wraps are made anew for other keys, and an erasure of its case deletes it.

CREATE TABLE register.attachment (
    id uuid PRIMARY KEY, -- of this arrival: a second try under the same event_id is another
    complaint uuid NOT NULL, -- the whole letter, where the case is a part of one
    n smallint NOT NULL CHECK (n BETWEEN 1 AND 20),
    event_id uuid NOT NULL, -- of who sends it; the envelope is file:n:event_id
    sender text NOT NULL,
    begun_at timestamptz NOT NULL,

    finished_at timestamptz, -- NULL: it is still arriving
    position bigint UNIQUE,  -- of the event that tells of it
    chunks integer,
    size bigint, -- of the file, in bytes
    type text,   -- by its content
    wraps bytea, -- each behind its length in two bytes
    opening bytea, -- salt_M, part_B and part_I of the commitment
    CHECK (finished_at IS NULL OR (position, chunks, size, type, wraps, opening) IS NOT NULL)
);
CREATE UNIQUE INDEX attachment_n ON register.attachment (complaint, n)
    WHERE finished_at IS NOT NULL;
CREATE INDEX attachment_arriving ON register.attachment (begun_at) WHERE finished_at IS NULL;

CREATE TABLE register.attachment_chunk (
    attachment uuid NOT NULL REFERENCES register.attachment ON DELETE CASCADE,
    counter integer NOT NULL CHECK (counter BETWEEN 0 AND 399),
    chunk bytea NOT NULL CHECK (length(chunk) <= 66500), -- sealed
    PRIMARY KEY (attachment, counter)
);
ALTER TABLE register.attachment_chunk ALTER COLUMN chunk SET STORAGE EXTERNAL;

-- What is whole is evidence.
CREATE FUNCTION register.keep_attachment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM register.complaint AS c
                                    WHERE c.id = OLD.complaint AND c.erased_at IS NOT NULL) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% keeps what was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER attachment_kept
    BEFORE DELETE ON register.attachment
    FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL)
    EXECUTE FUNCTION register.keep_attachment();
CREATE TRIGGER attachment_facts
    BEFORE UPDATE OF id, complaint, n, event_id, sender, begun_at, finished_at, position, chunks,
                     size, type, opening ON register.attachment
    FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL)
    EXECUTE FUNCTION register.keep_attachment();
CREATE TRIGGER attachment_stays
    BEFORE TRUNCATE ON register.attachment
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- A chunk goes with its attachment and is never changed.
CREATE FUNCTION register.keep_chunk() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM register.attachment AS a
                                        WHERE a.id = OLD.attachment) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% keeps what was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER attachment_chunk_facts
    BEFORE UPDATE OR DELETE ON register.attachment_chunk
    FOR EACH ROW EXECUTE FUNCTION register.keep_chunk();
CREATE TRIGGER attachment_chunk_stays
    BEFORE TRUNCATE ON register.attachment_chunk
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
