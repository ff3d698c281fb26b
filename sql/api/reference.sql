-- What a daemon checks submissions against before they come here: codes, units, principals with
-- their units (those put to sleep too: they can still be accused), fiscal years. No route shows it.
-- `version` is a digest of the rest.
--
-- `routing` gives for each kind of fact and each code that a rule speaks of the first such rule, as
-- [order, route]: the daemon seals a complaint for the group it will go to. rules.routing() decides.
CREATE OR REPLACE FUNCTION api.reference(actor text, params jsonb, body jsonb,
                                         OUT status integer, OUT version bigint,
                                         OUT content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    content := jsonb_build_object(
        'taxonomy', (
            SELECT jsonb_object_agg(l.kind, l.codes)
            FROM (SELECT t.kind, jsonb_agg(t.code ORDER BY t.ord) AS codes
                  FROM register.taxonomy AS t
                  WHERE t.kind IN ('channel', 'process', 'subject', 'class', 'identity',
                                   'accused_role')
                  GROUP BY t.kind) AS l),
        'units', (SELECT jsonb_agg(u.code ORDER BY u.code) FROM register.unit AS u),
        'principals', (SELECT coalesce(jsonb_object_agg(p.name, p.unit), '{}')
                       FROM register.principal AS p),
        'routing', (SELECT jsonb_object_agg(r.fact, r.rules) FROM rules.routing_codes() AS r),
        'fiscal_years', (SELECT jsonb_agg(y.fy ORDER BY y.fy) FROM register.fiscal_year AS y));
    status := 200;
    version := hashtextextended(content::text, 0) & x'1fffffffffffff'::bigint; -- fits a double
    content := content || jsonb_build_object('version', version);
END;
$$;
