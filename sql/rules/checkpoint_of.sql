-- The first checkpoint that was published of at least so many leaves, the newest for NULL: the log's
-- origin, size and root hash, as its signed note says them.
CREATE OR REPLACE FUNCTION rules.checkpoint_of(leaves bigint)
RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('origin', split_part(p.checkpoint, E'\n', 1), 'size', p.size,
                              'root', split_part(p.checkpoint, E'\n', 3),
                              'published_at', p.published_at)
    FROM register.log_publication AS p
    WHERE leaves IS NULL OR p.size >= leaves
    ORDER BY CASE WHEN leaves IS NULL THEN -p.size ELSE p.size END
    LIMIT 1
$$;
COMMENT ON FUNCTION rules.checkpoint_of(bigint) IS
    'The first checkpoint that was published of at least so many leaves';
