-- True if a proposal is one that the principal may know of: about no case, about one that he sees, with
-- the one that it is to be linked to, or an erasure that he may decide on as a custodian who is not
-- excluded from the case.
CREATE OR REPLACE FUNCTION rules.may_know_of(p register.proposal, who register.principal)
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.complaint IS NULL
           OR rules.sees_case(who.name, p.complaint)
              AND rules.told_seen(who.name, p.request) IS NOT NULL
           OR p.kind = 'erase' AND 'custodian' = ANY (who.role_set)
              AND NOT rules.hidden_from(who, p.complaint)
$$;
