-- Refuse something about a case: why, and, as members of the problem document, what whoever asks can do
-- with it instead.
CREATE OR REPLACE FUNCTION rules.case_refuse(now timestamptz, asked uuid, asker text, code text,
                                             why text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = code, MESSAGE = why,
        DETAIL = jsonb_build_object('moves', (
            SELECT rules.case_moves(now, s.complaint, s.acts_as, asker)
            FROM rules.case_seen AS s WHERE s.viewer = asker AND s.id = asked));
END;
$$;
COMMENT ON FUNCTION rules.case_refuse(timestamptz, uuid, text, text, text) IS
    'Refuse something about a case, with what may be done instead';
