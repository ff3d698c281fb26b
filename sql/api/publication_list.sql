-- For the daemon's own log, no route: what was published after a size, and whether the next is due.
CREATE OR REPLACE FUNCTION api.publication_list(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT 200, NULL::bigint, json_build_object(
        'items', coalesce((SELECT json_agg(json_build_object('size', p.size,
                                                             'checkpoint', p.checkpoint)
                                           ORDER BY p.size)
                           FROM (SELECT * FROM register.log_publication AS p
                                 WHERE p.size > (params ->> 'after')::bigint
                                 ORDER BY p.size LIMIT 1000) AS p), '[]'),
        'due', NOT EXISTS (SELECT FROM register.log_publication AS p
                           WHERE p.published_at > clock_timestamp()
                                 - make_interval(secs => (params ->> 'period_s')::numeric)))
$$;
