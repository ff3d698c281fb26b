-- For each fact of routing, the codes that a rule speaks of with the first of those rules:
-- {code: [order, route]}. A unit's people are as in rules.routing(), which applies the same rules.
CREATE OR REPLACE FUNCTION rules.routing_codes(OUT fact text, OUT rules jsonb)
RETURNS SETOF record
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH people AS (
        SELECT p.name, p.unit FROM register.principal AS p
        UNION
        SELECT boss.name, u.code
        FROM register.unit AS u, unnest(ARRAY[u.head, u.deputy]) AS boss (name)
        WHERE boss.name IS NOT NULL
    ), known AS ( -- a code, the fact it can stand for, and the value rules have for that
        SELECT 'accused_role' AS fact, t.code, t.code AS value
        FROM register.taxonomy AS t WHERE t.kind = 'accused_role'
        UNION ALL
        SELECT f.fact, u.code, u.kind
        FROM register.unit AS u, unnest(ARRAY['accused_unit', 'conflict']) AS f (fact)
        UNION ALL
        SELECT f.fact, p.name, u.kind
        FROM people AS p JOIN register.unit AS u ON u.code = p.unit,
             unnest(ARRAY['accused_principal', 'conflict']) AS f (fact)
    ), first_rule AS (
        SELECT DISTINCT ON (k.fact, k.code) k.fact, k.code, r.ord, r.route
        FROM known AS k JOIN register.routing_rule AS r ON r.fact = k.fact AND r.value = k.value
        ORDER BY k.fact, k.code, r.ord
    )
    SELECT f.fact, coalesce(jsonb_object_agg(r.code, jsonb_build_array(r.ord, r.route))
                                FILTER (WHERE r.code IS NOT NULL), '{}')
    FROM unnest(ARRAY['accused_role', 'accused_unit', 'accused_principal', 'conflict']) AS f (fact)
    LEFT JOIN first_rule AS r ON r.fact = f.fact
    GROUP BY f.fact;
$$;
