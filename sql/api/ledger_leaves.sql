-- For the daemon's own log, no route: {first, count} gives up to 4,096 leaves from first on, in
-- base64, how many the log has, and whether the register is frozen.
CREATE OR REPLACE FUNCTION api.ledger_leaves(actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    leaves CONSTANT bytea := rules.leaves_at((params ->> 'first')::bigint,
                                             least((params ->> 'count')::integer, 4096));
BEGIN
    status := 200;
    content := json_build_object('size', (SELECT h.leaf_count FROM register.head AS h),
                                 'frozen', (SELECT h.frozen_at IS NOT NULL
                                            FROM register.head AS h),
                                 'leaves', translate(encode(coalesce(leaves, ''), 'base64'),
                                                     E'\n', ''));
END;
$$;
