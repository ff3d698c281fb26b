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

-- An event and a proposal keep what was told; of a text the wraps may be made anew for other keys, and
-- of an erased case the texts go.
CREATE FUNCTION register.keep_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before CONSTANT jsonb := CASE TG_TABLE_NAME WHEN 'event' THEN to_jsonb(OLD) -> 'fields'
                                                ELSE to_jsonb(OLD) -> 'request' END;
    after CONSTANT jsonb := CASE TG_TABLE_NAME WHEN 'event' THEN to_jsonb(NEW) -> 'fields'
                                               ELSE to_jsonb(NEW) -> 'request' END;
BEGIN
    IF EXISTS (SELECT FROM jsonb_each(before) AS b
               WHERE b.value IS DISTINCT FROM after -> b.key
                 AND NOT CASE WHEN jsonb_typeof(b.value) <> 'object' OR NOT b.value ? 'wraps' THEN false
                              WHEN after ? b.key THEN b.value - 'wraps' = (after -> b.key) - 'wraps'
                              ELSE EXISTS (SELECT FROM register.complaint AS c
                                           WHERE c.id = OLD.complaint AND c.erased_at IS NOT NULL)
                         END)
       OR EXISTS (SELECT FROM jsonb_object_keys(after) AS k WHERE NOT before ? k) THEN
        RAISE EXCEPTION '% keeps what was written', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
$$;
DROP TRIGGER event_append_only ON register.event;
CREATE TRIGGER event_append_only
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF position, leaf_index, at, complaint, event_id, kind, actor, unit, from_state,
                     to_state, request_hash, salt, status, answer ON register.event
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
CREATE TRIGGER event_told BEFORE UPDATE OF fields ON register.event
    FOR EACH ROW EXECUTE FUNCTION register.keep_told();
DROP TRIGGER proposal_facts ON register.proposal;
CREATE TRIGGER proposal_facts
    BEFORE DELETE OR TRUNCATE
        OR UPDATE OF id, kind, complaint, summary, role, proposed_by, proposed_at, expires_at
    ON register.proposal
    FOR EACH STATEMENT EXECUTE FUNCTION register.refuse_change();
CREATE TRIGGER proposal_told BEFORE UPDATE OF request ON register.proposal
    FOR EACH ROW EXECUTE FUNCTION register.keep_told();

-- How long the content of a closed case is kept, by its class.
CREATE TABLE register.retention_rule (
    class text PRIMARY KEY,
    years integer NOT NULL CHECK (years > 0),
    source text NOT NULL
);
