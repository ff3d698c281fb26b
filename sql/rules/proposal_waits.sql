-- Whether a proposal of this kind about a case waits to be decided.
CREATE OR REPLACE FUNCTION rules.proposal_waits(now timestamptz, about uuid, act text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM register.proposal AS p
                   WHERE p.complaint = about AND p.kind = act AND p.status = 'open'
                     AND p.expires_at > now);
END;
$$;
COMMENT ON FUNCTION rules.proposal_waits(timestamptz, uuid, text) IS
    'Whether a proposal about a case waits to be decided';
