-- The version of a case after an event of this kind, proposed, done or rejected. A link leaves it alone: not
-- everybody who works on the case is told of that, and a gap would tell him.
CREATE OR REPLACE FUNCTION rules.version_after(version bigint, kind text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN version + CASE WHEN kind IN ('link', 'unlink') THEN 0 ELSE 1 END;
COMMENT ON FUNCTION rules.version_after(bigint, text) IS 'The version of a case after an event of this kind';
