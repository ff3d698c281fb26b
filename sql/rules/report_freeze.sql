-- Store a document under its hash, byte for byte, with the figures that it was made of.
CREATE OR REPLACE FUNCTION rules.report_freeze(now timestamptz, me register.principal,
                                               year integer, edition text, figures jsonb,
                                               document text, acknowledged text[])
RETURNS register.report_issue
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    issued register.report_issue;
BEGIN
    INSERT INTO register.report_issue (fy, edition, document, sha256, figures, log_size,
                                       acknowledged, issued_at, issued_by)
    VALUES (year, edition, document, sha256(convert_to(document, 'UTF8')), figures,
            (figures ->> 'log_size')::bigint, acknowledged, now, me.name)
    ON CONFLICT DO NOTHING
    RETURNING * INTO issued;
    IF issued.fy IS NULL THEN
        RAISE EXCEPTION 'this report is issued already: what became known since is an erratum'
            USING ERRCODE = 'ZG409';
    END IF;
    RETURN issued;
END;
$$;
COMMENT ON FUNCTION rules.report_freeze(timestamptz, register.principal, integer, text, jsonb,
                                        text, text[]) IS 'Store a document under its hash';
