-- How long an attachment may take to become whole: the half hour of an upload (docs/operations.md), and
-- some minutes for whatever holds up its end.
CREATE OR REPLACE FUNCTION rules.attachment_patience() RETURNS interval
LANGUAGE sql IMMUTABLE
RETURN interval '35 minutes';
COMMENT ON FUNCTION rules.attachment_patience() IS
    'How long an attachment may take to become whole';
