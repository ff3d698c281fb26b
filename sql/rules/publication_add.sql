-- Publish a signed checkpoint, unless another was published since the heartbeat that it covers.
CREATE OR REPLACE FUNCTION rules.publication_add(now timestamptz, size bigint, checkpoint text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    newest register.log_publication;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('log_publication', 0));
    SELECT p.* INTO newest FROM register.log_publication AS p ORDER BY p.size DESC LIMIT 1;
    IF NOT EXISTS (SELECT FROM register.event AS e
                   WHERE e.position > coalesce(newest.position, 0) AND e.kind = 'heartbeat'
                     AND e.leaf_index < publication_add.size) THEN
        RETURN false;
    END IF;
    INSERT INTO register.log_publication (size, checkpoint, published_at, position)
    SELECT publication_add.size, publication_add.checkpoint, now, h.position
    FROM register.head AS h;
    RETURN true;
END;
$$;
