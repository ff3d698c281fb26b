-- GET /v1/openings?fy=…: what opens the leaves of a fiscal year's complaints, in their order, a
-- page at a time. For an auditor, who holds each row against its leaf.
--
-- A row has the fields that its commitment binds, and the opening that binds them: salt_M and the
-- parts B and I, so that nothing of the texts is told. A case that is hidden from the auditor is not
-- in it, and its leaf then has no row, as that of a deleted one. Parts of a split case have no leaf.
CREATE OR REPLACE FUNCTION api.opening_list(actor text, params jsonb, body jsonb,
                                            OUT status integer, OUT version bigint,
                                            OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'opening_list');
    year CONSTANT integer := rules.year_asked(clock_timestamp(), params);
    after CONSTANT bigint := (rules.cursor_place('openings', actor, params ->> 'cursor', 0))[1];
    page CONSTANT integer := rules.page_rows(params ->> 'limit');
BEGIN
    status := 200;
    WITH found AS MATERIALIZED (
        SELECT c.position, json_build_object(
                   'index', c.leaf_index, 'ref', c.ref,
                   'month', to_char(c.counted_on, 'YYYY-MM'),
                   'class', c.class, 'erased', c.erased_at IS NOT NULL,
                   'opening', translate(encode(substr(c.opening, 1, 96), 'base64'), E'\n', ''),
                   'fields', json_strip_nulls(json_build_object(
                       'id', c.id, 'unit', c.unit, 'submitter', c.submitter,
                       'channel', c.channel, 'process', c.process, 'subject', c.subject,
                       'class', c.office_class, 'identity', c.identity,
                       'received_on', c.received_on, 'accused_unit', c.accused_unit,
                       'accused_role', c.accused_role, 'accused', c.accused_principals,
                       'conflict', c.conflict, 'source', c.source::json,
                       'box_opening', c.box_opening))) AS item
        FROM rules.case_seen AS c
        WHERE c.viewer = caller.name AND c.fy = year AND c.parent IS NULL AND c.position > after
        ORDER BY c.position
        LIMIT page + 1
    )
    SELECT json_build_object(
               'items', coalesce(json_agg(f.item ORDER BY f.position), '[]'),
               'next', CASE WHEN (SELECT count(*) FROM found) > page
                            THEN rules.cursor_text('openings', actor, max(f.position))
                       END)
    INTO content
    FROM (SELECT * FROM found ORDER BY position LIMIT page) AS f;
END;
$$;
COMMENT ON FUNCTION api.opening_list(text, jsonb, jsonb) IS
    'What opens the leaves of a fiscal year''s complaints';
