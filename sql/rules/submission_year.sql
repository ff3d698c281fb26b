-- The quick look at a batch in which nobody is accused and no box is named: the fiscal year in
-- which all of it counts, as received, if nothing in it can be at fault; NULL if something may
-- be, and then rules.submission_faults() says what. It never finds a fault that this did not.
CREATE OR REPLACE FUNCTION rules.submission_year(
    today date, actors text[], units text[], channels text[], processes text[], subjects text[],
    classes text[], identities text[], accused_roles text[], received date[])
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    code CONSTANT register.intake_code := c FROM register.intake_code AS c;
    known bigint;
    first_day date;
    last_day date;
BEGIN
    IF NOT (channels <@ code.channel AND processes <@ code.process
            AND subjects <@ code.subject AND classes <@ code.class
            AND identities <@ code.identity
            AND array_remove(accused_roles, NULL) <@ code.accused_role)
    THEN
        RETURN NULL;
    END IF;

    -- Most of a flood comes from a few.
    SELECT sum(i.items), min(i.first), max(i.last) INTO known, first_day, last_day
    FROM (SELECT a.actor, a.unit, count(*) AS items, min(a.day) AS first, max(a.day) AS last
          FROM unnest(actors, units, received) AS a (actor, unit, day)
          GROUP BY a.actor, a.unit) AS i
    JOIN register.principal AS p ON p.name = i.actor AND p.unit = i.unit
    JOIN register.unit AS u ON u.code = i.unit
    WHERE p.active AND p.role_set && code.submit_role
      AND u.active_from <= today AND (u.active_to IS NULL OR u.active_to >= today);

    RETURN (SELECT y.fy FROM register.fiscal_year AS y
            WHERE known = cardinality(actors) AND last_day <= today
              AND first_day >= y.opens AND last_day <= y.closes AND today <= y.closing_day);
END;
$$;
