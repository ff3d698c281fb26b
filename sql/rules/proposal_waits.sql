-- Whether a proposal of this kind about a case waits to be decided, as far as the viewer may know: one about
-- a case that is hidden from him neither holds him up nor tells him that there is one.
CREATE OR REPLACE FUNCTION rules.proposal_waits(now timestamptz, about uuid, act text, viewer text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM register.proposal AS p
                   JOIN register.principal AS who ON who.name = viewer
                   WHERE p.complaint = about AND p.kind = act AND p.status = 'open'
                     AND p.expires_at > now AND rules.may_know_of(p, who));
END;
$$;
COMMENT ON FUNCTION rules.proposal_waits(timestamptz, uuid, text, text) IS
    'Whether a proposal about a case waits to be decided, as far as the viewer may know';
