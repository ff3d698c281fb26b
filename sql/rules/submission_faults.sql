-- Judge each item of a batch: verdicts[k] is 201 for one fit to be stored, 403, 409 when the
-- daemon believes another unit, 422 with faults[k]; where and when it counts goes beside it.
--
-- What was taken once is taken, whatever the codes are now: its verdict is 201.
CREATE OR REPLACE FUNCTION rules.submission_faults(
    today date, ids uuid[], actors text[], units text[], channels text[], processes text[],
    subjects text[], classes text[], identities text[], received date[], accused_units text[],
    accused_roles text[], box_openings uuid[], unknown boolean[],
    OUT verdicts integer[], OUT faults text[], OUT counted_ons date[], OUT fys integer[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    WITH day AS MATERIALIZED ( -- each once, as most of a batch arrived on the same
        SELECT d.day, y.closing_day < today AS late,
               CASE WHEN y.closing_day < today
                    THEN (SELECT t.fy FROM register.fiscal_year AS t
                          WHERE today BETWEEN t.opens AND t.closes)
                    ELSE y.fy END AS fy -- in which it counts; NULL if the register has no such year
        FROM (SELECT DISTINCT unnest(received) AS day) AS d
        JOIN register.fiscal_year AS y ON d.day BETWEEN y.opens AND y.closes
    ), submitter AS MATERIALIZED (
        SELECT p.name, p.unit, u.code IS NOT NULL AND p.role_set && c.submit_role AS may
        FROM register.intake_code AS c
        CROSS JOIN register.principal AS p
        LEFT JOIN register.unit AS u ON u.code = p.unit AND u.active_from <= today
                                    AND (u.active_to IS NULL OR u.active_to >= today)
        WHERE p.name = ANY (actors) AND p.active
    ), item AS (
        SELECT i.k, i.id, d.fy, d.late, received[i.k] AS received, coalesce(s.may, false) AS may,
               s.unit IS DISTINCT FROM units[i.k] AS moved,
               CASE
               WHEN channels[i.k] <> ALL (c.channel) THEN '/channel is not a known code'
               WHEN processes[i.k] <> ALL (c.process) THEN '/process is not a known code'
               WHEN subjects[i.k] <> ALL (c.subject) THEN '/subject is not a known code'
               WHEN classes[i.k] <> ALL (c.class) THEN '/class is not a known code'
               WHEN identities[i.k] <> ALL (c.identity) THEN '/identity is not a known code'
               WHEN accused_roles[i.k] <> ALL (c.accused_role)
                   THEN '/accused_role is not a known code'
               WHEN accused_units[i.k] IS NOT NULL AND NOT EXISTS (
                       SELECT FROM register.unit AS u WHERE u.code = accused_units[i.k])
                   THEN '/accused_unit is not a known unit'
               WHEN unknown[i.k] THEN '/accused or /conflict names somebody not in the register'
               WHEN received[i.k] > today THEN '/received_on lies in the future'
               WHEN d.fy IS NULL THEN '/received_on lies in no fiscal year of the register'
               WHEN box_openings[i.k] IS NOT NULL THEN ( -- max(), to have a row where none is
                   SELECT CASE WHEN max(b.opened_on) IS NULL
                               THEN '/box_opening is no opening of your unit'
                               WHEN max(b.opened_on) <> received[i.k]
                               THEN '/received_on is not the day on which that box was opened' END
                   FROM register.box_opening AS b
                   WHERE b.id = box_openings[i.k] AND b.unit = s.unit)
               END AS fault
        FROM unnest(ids, actors) WITH ORDINALITY AS i (id, actor, k)
        CROSS JOIN register.intake_code AS c
        LEFT JOIN submitter AS s ON s.name = i.actor
        LEFT JOIN day AS d ON d.day = received[i.k]
        ORDER BY i.k -- once, for all the arrays
    )
    SELECT array_agg(CASE WHEN NOT i.may THEN 403 WHEN i.moved THEN 409
                          WHEN i.fault IS NULL
                               OR EXISTS (SELECT FROM register.complaint AS c WHERE c.id = i.id)
                          THEN 201 ELSE 422 END),
           array_agg(i.fault),
           array_agg(CASE WHEN i.late THEN today ELSE i.received END),
           array_agg(i.fy)
    INTO verdicts, faults, counted_ons, fys
    FROM item AS i;
END;
$$;
