-- Texts lie in envelopes (docs/sealing.md): this database never sees one of them open.
--
-- What was stored in clear before waits in content_plain until `grievd migrate` has sealed it, which
-- it does right after the migrations and needs the keys of [sealing] for; then the table is dropped.

DROP FUNCTION IF EXISTS api.complaint_submit, rules.complaint_submit;

ALTER TABLE register.content RENAME TO content_plain;
ALTER TABLE register.content_plain RENAME CONSTRAINT content_pkey TO content_plain_pkey;

CREATE TABLE register.content (
    position bigint PRIMARY KEY, -- of the complaint's acceptance
    body bytea NOT NULL,     -- the content of the envelope `body`
    identity bytea NOT NULL, -- and of `identity`
    wraps bytea NOT NULL     -- the wraps of both, each behind its length in two bytes
)
-- Rows stay whole in their page up to its size: most do, and the second table costs more.
WITH (toast_tuple_target = 8160);
ALTER TABLE register.content ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE register.content ALTER COLUMN identity SET STORAGE EXTERNAL;
ALTER TABLE register.content ALTER COLUMN wraps SET STORAGE EXTERNAL;
-- A text is deleted by an erasure and never changed; its wraps are made anew for other keys.
CREATE TRIGGER content_facts
    BEFORE TRUNCATE OR UPDATE OF position, body, identity ON register.content
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM register.content_plain) THEN
        DROP TABLE register.content_plain;
    END IF;
END;
$$;

COMMENT ON COLUMN register.complaint.opening IS
    'salt_M, or 32 zero bytes once erased, then part_B and part_I; then salt_I where a client sealed I';

-- Set when something is told of a case that does not move it: there are events although its version
-- is still 1.
ALTER TABLE register.complaint ADD COLUMN noted_at timestamptz;
