-- Who gets each complaint of a batch, and who must not see it.
--
-- routes[k], central[k] and unknown[k] belong to the k-th complaint. central: its number comes from
-- the central series, because the unit's own would show a gap to somebody from whom the case is
-- hidden. unknown: it names somebody whom the register does not know. The exclusions come as three
-- lists of equal length: the k they belong to, their kind and code.
--
-- What is known of a complaint is turned into facts, and the first rule of register.routing_rule
-- that matches one gives the route. Excluded are: named principals and units, always, whether
-- accused or in conflict; the units whose kinds the rule excludes; the head and deputy or the
-- officers of the receiving unit, when that is the accused's role. A unit is excluded as such, for
-- those who join it later, and by its people, for those who leave it.
--
-- A unit's people are its principals and whoever stands in its row as head or deputy: an acting
-- head may belong to another unit. An accused unit is hidden from as well, unless it received the
-- case itself; the alternate is not, or nobody might be left to take the case.
CREATE OR REPLACE FUNCTION rules.routing(
    units text[], submitters text[], accused_units text[], accused_roles text[],
    accused_principals text[], conflicts text[],
    OUT routes text[], OUT central boolean[], OUT unknown boolean[],
    OUT excluded_of integer[], OUT excluded_kinds text[], OUT excluded_codes text[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH item AS (
        SELECT * FROM unnest(units, submitters, accused_units, accused_roles, accused_principals,
                             conflicts)
            WITH ORDINALITY AS i (unit, submitter, accused_unit, accused_role, accused_list,
                                  conflict_list, k)
    ), people AS (
        SELECT p.name, p.unit FROM register.principal AS p
        UNION
        SELECT boss.name, u.code
        FROM register.unit AS u, unnest(ARRAY[u.head, u.deputy]) AS boss (name)
        WHERE boss.name IS NOT NULL
    ), named AS ( -- by code: a principal or, in conflict, a unit
        SELECT i.k, 'accused_principal' AS fact, n.code
        FROM item AS i, unnest(string_to_array(i.accused_list, ',')) AS n (code)
        UNION ALL
        SELECT i.k, 'conflict', n.code
        FROM item AS i, unnest(string_to_array(i.conflict_list, ',')) AS n (code)
    ), fact AS (
        SELECT i.k, 'accused_role' AS fact, i.accused_role AS value
        FROM item AS i WHERE i.accused_role IS NOT NULL
        UNION ALL
        SELECT i.k, 'accused_unit', u.kind
        FROM item AS i JOIN register.unit AS u
             ON u.code = i.accused_unit
             OR u.code = i.unit AND i.accused_role IN ('unit_head', 'unit_officer')
        UNION ALL
        SELECT n.k, n.fact, u.kind
        FROM named AS n JOIN people AS p ON p.name = n.code
                        JOIN register.unit AS u ON u.code = p.unit
        UNION ALL
        SELECT n.k, n.fact, u.kind
        FROM named AS n JOIN register.unit AS u ON u.code = n.code
        WHERE n.fact = 'conflict'
    ), rule AS (
        SELECT DISTINCT ON (f.k) f.k, r.route, r.excludes
        FROM fact AS f JOIN register.routing_rule AS r ON r.fact = f.fact AND r.value = f.value
        ORDER BY f.k, r.ord
    ), hidden_unit AS (
        SELECT n.k, u.code
        FROM named AS n JOIN register.unit AS u ON u.code = n.code
        WHERE n.fact = 'conflict'
        UNION
        SELECT i.k, u.code
        FROM item AS i JOIN register.unit AS u ON u.code = i.accused_unit
        WHERE u.code <> i.unit AND u.kind <> 'alternate'
        UNION
        SELECT r.k, u.code
        FROM rule AS r JOIN register.unit AS u ON u.kind = ANY (r.excludes)
    ), hidden AS (
        SELECT h.k, 'unit' AS kind, h.code FROM hidden_unit AS h
        UNION
        SELECT h.k, 'principal', p.name
        FROM hidden_unit AS h JOIN people AS p ON p.unit = h.code
        UNION
        SELECT n.k, 'principal', p.name
        FROM named AS n JOIN register.principal AS p ON p.name = n.code
        UNION
        SELECT i.k, 'principal', boss.name
        FROM item AS i JOIN register.unit AS u ON u.code = i.unit,
             unnest(ARRAY[u.head, u.deputy]) AS boss (name)
        WHERE i.accused_role = 'unit_head' AND boss.name IS NOT NULL
        UNION
        SELECT i.k, 'principal', p.name
        FROM item AS i JOIN register.principal AS p
             ON p.unit = i.unit AND ('officer' = ANY (p.role_set) OR p.name = i.submitter)
        WHERE i.accused_role = 'unit_officer'
    ), numbered AS (
        -- An accused head or officer may be in no register yet: the series is central all the same.
        SELECT i.k, coalesce(r.route, 'legal') AS route,
               r.route IS NOT NULL
               OR coalesce(i.accused_role, '') IN ('unit_head', 'unit_officer')
               OR EXISTS (SELECT FROM hidden AS h LEFT JOIN people AS p
                                 ON h.kind = 'principal' AND p.name = h.code
                          WHERE h.k = i.k AND i.unit IN (p.unit, h.code)) AS central,
               EXISTS (SELECT FROM named AS n
                       WHERE n.k = i.k
                         AND NOT EXISTS (SELECT FROM hidden AS h
                                         WHERE h.k = n.k AND h.code = n.code)) AS unknown
        FROM item AS i LEFT JOIN rule AS r ON r.k = i.k
    )
    SELECT (SELECT array_agg(n.route ORDER BY n.k) FROM numbered AS n),
           (SELECT array_agg(n.central ORDER BY n.k) FROM numbered AS n),
           (SELECT array_agg(n.unknown ORDER BY n.k) FROM numbered AS n),
           array_agg(h.k), array_agg(h.kind), array_agg(h.code)
    INTO routes, central, unknown, excluded_of, excluded_kinds, excluded_codes
    FROM hidden AS h;
END;
$$;
