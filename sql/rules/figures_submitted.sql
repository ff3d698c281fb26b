-- The figures of an issued report after its submission: as they were, but that what the last level
-- of 4.2 asks for is found. Nothing is counted again.
CREATE OR REPLACE FUNCTION rules.figures_submitted(f jsonb)
RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH below AS (
        SELECT l.value -> 'counted' AS counted
        FROM jsonb_array_elements(f -> 'levels') AS l
        WHERE l.value ->> 'indicator' = '4.2' AND l.value ->> 'level' = '4'
    ), submitted AS (
        SELECT jsonb_build_object(
                   'met', s.present, 'counted', (SELECT b.counted FROM below AS b),
                   'found', jsonb_build_array(jsonb_build_object('text_th', s.th, 'text_en', s.en)),
                   'missing', '[]'::jsonb) AS line
        FROM rules.finding_report_submitted((f ->> 'fy')::integer) AS s
    )
    SELECT f || jsonb_build_object('levels', jsonb_agg(
               CASE WHEN l.value ->> 'indicator' = '4.2' AND l.value ->> 'level' = '5'
                    THEN l.value || s.line ELSE l.value END ORDER BY l.ordinality))
    FROM jsonb_array_elements(f -> 'levels') WITH ORDINALITY AS l CROSS JOIN submitted AS s
$$;
COMMENT ON FUNCTION rules.figures_submitted(jsonb) IS
    'The figures of an issued report after its submission';
