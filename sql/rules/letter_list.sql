-- The register of letters: what went out about a case and what came back, newest first, of the cases
-- that the caller reads; for the auditor of all he sees. Of a referral it says whether the agency has
-- given its result, and ?pending=yes asks for those where it has not. A page at a time.
CREATE OR REPLACE FUNCTION rules.letter_list(now timestamptz, actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    caller  CONSTANT register.principal := rules.caller(actor, 'letter_list');
    page    CONSTANT integer := rules.page_rows(params ->> 'limit');
    pending CONSTANT boolean := params ? 'pending';
    before  CONSTANT bigint := (rules.cursor_place('letters', actor, params ->> 'cursor',
                                                   9223372036854775807))[1];
BEGIN
    IF pending AND params ->> 'pending' <> 'yes' THEN
        RAISE EXCEPTION 'pending must be yes' USING ERRCODE = 'ZG422';
    END IF;

    status := 200;
    WITH found AS MATERIALIZED (
        SELECT e.*, s.ref, r.answered
        FROM register.event AS e
        JOIN rules.case_seen AS s ON s.viewer = caller.name AND s.id = e.complaint
        CROSS JOIN LATERAL (
            SELECT CASE e.kind WHEN 'refer' THEN EXISTS (
                       SELECT FROM register.event AS a
                       WHERE a.complaint = e.complaint AND a.kind = 'reply'
                         AND a.position > e.position AND a.fields @> '{"result": true}')
                   END AS answered) AS r
        WHERE e.fields ? 'letter_no' AND e.position < before
          AND (s.acts_as <> '{}' OR 'auditor' = ANY (s.viewer_roles))
          AND (NOT pending OR NOT r.answered)
        ORDER BY e.position DESC
        LIMIT page + 1
    ), shown AS (
        SELECT * FROM found ORDER BY position DESC LIMIT page
    )
    SELECT json_build_object(
               'items', coalesce(json_agg(json_build_object(
                   'id', f.complaint, 'ref', f.ref, 'kind', f.kind, 'kind_th', t.th, 'kind_en', t.en,
                   'agency', coalesce(f.fields ->> 'agency', f.fields ->> 'to_agency'),
                   'letter_no', f.fields ->> 'letter_no', 'letter_date', f.fields ->> 'letter_date',
                   'receive_no', f.fields ->> 'receive_no',
                   'receive_date', f.fields ->> 'receive_date', 'result', f.fields -> 'result',
                   'answered', f.answered, 'by', f.actor, 'at', f.at)
                   ORDER BY f.position DESC), '[]'),
               'next', CASE WHEN (SELECT count(*) FROM found) > page
                            THEN rules.cursor_text('letters', caller.name, min(f.position))
                       END)
    INTO content
    FROM shown AS f JOIN register.taxonomy AS t ON t.kind = 'event' AND t.code = f.kind;
END;
$$;
COMMENT ON FUNCTION rules.letter_list(timestamptz, text, jsonb, jsonb) IS 'The register of letters';
