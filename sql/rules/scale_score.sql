-- The score of a value on a scale, exact and unrounded.
--
-- thresholds[n] is the value that scores level n; NULL where the scale defines no such level.
-- They rise or fall strictly. A value on a threshold scores its level, one between two moves in
-- a straight line, one beyond the ends stays at the end. A scale with a single threshold has no
-- direction and no lines: its level when the value is exactly that, else 1.
CREATE OR REPLACE FUNCTION rules.scale_score(thresholds numeric[], value numeric)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    levels  numeric[];
    points  numeric[]; -- the thresholds there are, mirrored at zero when the scale falls
    v       numeric := value;
    i       integer;
BEGIN
    SELECT array_agg(n::numeric ORDER BY n), array_agg(t ORDER BY n)
      INTO levels, points
      FROM unnest(thresholds) WITH ORDINALITY AS u (t, n)
     WHERE t IS NOT NULL;

    IF points IS NULL OR cardinality(thresholds) > 5 THEN
        RAISE EXCEPTION 'a scale has one to five thresholds';
    END IF;
    IF cardinality(points) = 1 THEN
        RETURN CASE WHEN v = points[1] THEN levels[1] ELSE 1 END;
    END IF;

    IF points[1] > points[2] THEN
        SELECT array_agg(-p ORDER BY n) INTO points FROM unnest(points) WITH ORDINALITY AS u (p, n);
        v := -v;
    END IF;
    IF EXISTS (SELECT FROM generate_series(2, cardinality(points)) AS n
                WHERE points[n] <= points[n - 1]) THEN
        RAISE EXCEPTION 'the thresholds of a scale rise or fall strictly';
    END IF;

    IF v <= points[1] THEN
        RETURN levels[1];
    END IF;
    i := 2;
    WHILE i < cardinality(points) AND v > points[i] LOOP
        i := i + 1;
    END LOOP;
    IF v >= points[i] THEN
        RETURN levels[i];
    END IF;
    RETURN trim_scale(levels[i - 1] + (levels[i] - levels[i - 1]) * (v - points[i - 1])
                                      / (points[i] - points[i - 1]));
END
$$;
COMMENT ON FUNCTION rules.scale_score(numeric[], numeric) IS
    'The score of a value on a scale of up to five thresholds, rising or falling; exact, unrounded';
