-- Begin to publish the log, if that is due: the index of the heartbeat that the checkpoint must
-- cover. NULL if it is not due, or another is at it. Called again it answers the same until a
-- checkpoint was published, so that whoever comes after a crash goes on.
CREATE OR REPLACE FUNCTION rules.publication_begin(now timestamptz, period_s numeric)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    newest register.log_publication;
    heartbeat bigint;
    place bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('log_publication', 0)) THEN
        RETURN NULL;
    END IF;
    SELECT p.* INTO newest FROM register.log_publication AS p ORDER BY p.size DESC LIMIT 1;
    IF newest.published_at > now - make_interval(secs => period_s) THEN
        RETURN NULL;
    END IF;
    SELECT e.leaf_index INTO heartbeat FROM register.event AS e
    WHERE e.position > coalesce(newest.position, 0) AND e.kind = 'heartbeat'
    ORDER BY e.position LIMIT 1;
    IF heartbeat IS NULL THEN
        place := rules.append(now, rules.system_principal(), 'heartbeat');
        SELECT e.leaf_index INTO heartbeat FROM register.event AS e WHERE e.position = place;
    END IF;
    RETURN heartbeat;
END;
$$;
