-- Opening who complained: asked for, approved by one custodian, opened by another on his own machine.

CREATE TABLE register.identity_request (
    id uuid PRIMARY KEY, -- the event_id that asked
    complaint uuid NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    approved_by text, -- the first custodian
    approved_at timestamptz,
    opener text,  -- the second, for whom the first has wrapped his share
    share bytea,  -- that wrap
    opened_at timestamptz,
    CHECK (approved_by <> opener AND asked_by NOT IN (approved_by, opener))
);
CREATE INDEX identity_request_complaint ON register.identity_request (complaint);
CREATE TRIGGER identity_request_facts
    BEFORE DELETE OR TRUNCATE OR UPDATE OF id, complaint, asked_by, asked_at, expires_at
    ON register.identity_request
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();

-- What has been read is told by the events `opened`.
DROP TABLE register.case_read;
