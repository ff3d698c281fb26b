-- Begin the clocks of the acceptances that nobody has looked at yet, at most so many; how many it
-- were. Positions are given in the order of commits, so none can come in before the mark.
CREATE OR REPLACE FUNCTION rules.clock_begin_new(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mark  bigint;
    last  bigint;
    begun integer;
BEGIN
    SELECT s.position INTO mark FROM register.sweep AS s FOR UPDATE SKIP LOCKED;
    IF mark IS NULL THEN
        RETURN 0; -- somebody else is at it
    END IF;
    WITH fresh AS (
        SELECT c AS complaint, c.position FROM register.complaint AS c
        WHERE c.position > mark ORDER BY c.position LIMIT most
    )
    SELECT max(f.position), count(rules.clock_begin(f.complaint)) INTO last, begun
    FROM fresh AS f;
    IF last IS NOT NULL THEN
        UPDATE register.sweep SET position = last;
    END IF;
    RETURN begun;
END;
$$;
COMMENT ON FUNCTION rules.clock_begin_new(integer) IS
    'Begin the clocks of the acceptances that nobody has looked at yet';
