-- A text that was told to custodians as well, as the envelope that they open, at the event that told
-- it; NULL if it was not.
CREATE OR REPLACE FUNCTION rules.for_custodians(told jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN told ? 'custodians'
            THEN jsonb_build_object('content', told -> 'content', 'wraps', told -> 'custodians') END;
COMMENT ON FUNCTION rules.for_custodians(jsonb) IS
    'A text that was told to custodians as well, as the envelope that they open';
