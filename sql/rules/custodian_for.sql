-- True if the principal is an active custodian who may take part in opening this case's identity:
-- neither accused nor in conflict, nor of a unit that the case is hidden from, nor who asked for it,
-- nor who refused.
CREATE OR REPLACE FUNCTION rules.custodian_for(custodian text, r register.identity_request)
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM register.principal AS p
                   WHERE p.name = custodian AND p.active AND 'custodian' = ANY (p.role_set)
                     AND p.name <> r.asked_by AND p.name <> ALL (r.refused_by)
                     AND NOT rules.hidden_from(p, r.complaint))
$$;
