-- Take a batch of complaints in one transaction: the only writer of the hot tables.
--
-- Arrays of one length, an item in each position; a row comes back for every item, in order, and
-- one item's fault is its row's status, never an exception. Statements over the whole batch, no
-- loop, in the order of the locks: complaints by id, counters by (series, fy), the head.
--
-- Arrays are read by subscript, which is one step in plpgsql: unnest() would fill a tuple store for
-- each of its arguments.
--
-- A replay gets the first answer again, even where the register has changed its codes since. It
-- writes `seen` on purpose: a plain read could acknowledge a row that a failover then loses.
CREATE OR REPLACE FUNCTION rules.complaint_submit(
    now timestamptz,
    ids uuid[], actors text[], units text[], channels text[], processes text[], subjects text[],
    classes text[], identities text[], received date[], accused_units text[],
    accused_roles text[], accused_principals text[], conflicts text[], sources text[],
    box_openings uuid[], bodies bytea[], complainants bytea[], commits bytea[], salts_m bytea[],
    salts_b bytea[], salts_i bytea[], parts_b bytea[], parts_i bytea[], track_hashes bytea[],
    nonce_key_ids smallint[])
RETURNS TABLE (status integer, ref text, state text, route text, detail text,
               nonce_key_id integer, stale boolean, fsync text, synchronous_commit text,
               in_recovery boolean, standbys text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    today CONSTANT date := rules.bangkok_day(now);

    -- An element for each item:
    verdicts integer[]; -- 201 fit to be stored, 403, 409 the submitter has moved, 422
    faults text[];      -- of a 422
    counted_ons date[];
    fys integer[];      -- of counted_ons
    statuses integer[];
    key_ids integer[];  -- of the stored complaint's nonce
    refs text[];        -- while only the new ones have theirs: an element for each in fresh

    fresh integer[]; -- the subscripts of the new ones, in order; NULL if there are none

    -- From rules.routing(); NULL where nobody is accused or in conflict
    routes text[];
    central boolean[];
    unknown boolean[];
    excluded_of integer[];
    excluded_kinds text[];
    excluded_codes text[];

    counted_series text[]; -- an element for each counter that moved
    counted_fys integer[];
    counted_lasts integer[];

    place bigint; -- the head before this batch
BEGIN
    IF array_remove(accused_units, NULL) <> '{}' OR array_remove(accused_principals, NULL) <> '{}'
       OR array_remove(conflicts, NULL) <> '{}'
       OR NOT array_remove(accused_roles, NULL) <@ '{other,unknown}'
    THEN
        SELECT r.routes, r.central, r.unknown, r.excluded_of, r.excluded_kinds, r.excluded_codes
        INTO routes, central, unknown, excluded_of, excluded_kinds, excluded_codes
        FROM rules.routing(units, actors, accused_units, accused_roles, accused_principals,
                           conflicts) AS r;
    END IF;

    WITH code AS MATERIALIZED (
        SELECT array_agg(t.code) FILTER (WHERE t.kind = 'channel') AS channel_codes,
               array_agg(t.code) FILTER (WHERE t.kind = 'process') AS process_codes,
               array_agg(t.code) FILTER (WHERE t.kind = 'subject') AS subject_codes,
               array_agg(t.code) FILTER (WHERE t.kind = 'class') AS class_codes,
               array_agg(t.code) FILTER (WHERE t.kind = 'identity') AS identity_codes,
               array_agg(t.code) FILTER (WHERE t.kind = 'accused_role') AS accused_role_codes
        FROM register.taxonomy AS t
    ), day AS MATERIALIZED ( -- each once, as most of a batch arrived on the same
        SELECT d.day, y.closing_day < today AS late,
               CASE WHEN y.closing_day < today
                    THEN (SELECT t.fy FROM register.fiscal_year AS t
                          WHERE today BETWEEN t.opens AND t.closes)
                    ELSE y.fy END AS fy -- in which it counts; NULL if the register has no such year
        FROM (SELECT DISTINCT unnest(received) AS day) AS d
        JOIN register.fiscal_year AS y ON d.day BETWEEN y.opens AND y.closes
    ), submitter AS MATERIALIZED (
        SELECT p.name, p.unit,
               u.code IS NOT NULL
               AND p.role_set && ARRAY(SELECT r.role FROM register.rights AS r
                                       WHERE r.function = 'complaint_submit') AS may
        FROM register.principal AS p
        LEFT JOIN register.unit AS u ON u.code = p.unit AND u.active_from <= today
                                    AND (u.active_to IS NULL OR u.active_to >= today)
        WHERE p.name = ANY (actors) AND p.active
    ), item AS (
        SELECT d.fy, d.late, received[i.k] AS received, coalesce(s.may, false) AS may,
               s.unit IS DISTINCT FROM units[i.k] AS moved,
               CASE
               WHEN channels[i.k] <> ALL (c.channel_codes) THEN '/channel is not a known code'
               WHEN processes[i.k] <> ALL (c.process_codes) THEN '/process is not a known code'
               WHEN subjects[i.k] <> ALL (c.subject_codes) THEN '/subject is not a known code'
               WHEN classes[i.k] <> ALL (c.class_codes) THEN '/class is not a known code'
               WHEN identities[i.k] <> ALL (c.identity_codes) THEN '/identity is not a known code'
               WHEN accused_roles[i.k] <> ALL (c.accused_role_codes)
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
        FROM unnest(actors) WITH ORDINALITY AS i (actor, k)
        CROSS JOIN code AS c
        LEFT JOIN submitter AS s ON s.name = i.actor
        LEFT JOIN day AS d ON d.day = received[i.k]
        ORDER BY i.k -- once, for all the arrays
    )
    SELECT array_agg(CASE WHEN NOT i.may THEN 403 WHEN i.moved THEN 409
                          WHEN i.fault IS NOT NULL THEN 422 ELSE 201 END),
           array_agg(i.fault),
           array_agg(CASE WHEN i.late THEN today ELSE i.received END),
           array_agg(i.fy)
    INTO verdicts, faults, counted_ons, fys
    FROM item AS i;

    -- What was taken once is taken, whatever the codes are now.
    IF 422 = ANY (verdicts) THEN
        SELECT array_agg(CASE WHEN verdicts[i.k] = 422
                               AND EXISTS (SELECT FROM register.complaint AS c WHERE c.id = i.id)
                              THEN 201 ELSE verdicts[i.k] END ORDER BY i.k)
        INTO verdicts
        FROM unnest(ids) WITH ORDINALITY AS i (id, k);
    END IF;

    -- `< 300` is 201. With `=` the planner would expect one row and join `stored` by nested loops.
    WITH stored AS (
        INSERT INTO register.complaint AS c (
            id, accepted_at, seen, received_on, nonce_key_id, box_opening, unit, submitter,
            channel, process, subject, class, identity, accused_unit, accused_role,
            accused_principals, conflict, source, route, body, complainant, commit, salt_m, salt_b,
            salt_i, part_b, part_i, track_hash)
        SELECT i.id, now, now, received[i.k], nonce_key_ids[i.k], box_openings[i.k], units[i.k],
               actors[i.k], channels[i.k], processes[i.k], subjects[i.k], classes[i.k],
               identities[i.k], accused_units[i.k], accused_roles[i.k], accused_principals[i.k],
               conflicts[i.k], sources[i.k], coalesce(routes[i.k], 'legal'), bodies[i.k],
               complainants[i.k], commits[i.k], salts_m[i.k], salts_b[i.k], salts_i[i.k],
               parts_b[i.k], parts_i[i.k], track_hashes[i.k]
        FROM (SELECT u.id, u.k::integer FROM unnest(ids) WITH ORDINALITY AS u (id, k)
              WHERE verdicts[u.k] < 300
              ORDER BY u.id) AS i
        ON CONFLICT (id) DO UPDATE SET seen = EXCLUDED.seen
        RETURNING c.id, c.xmax = 0 AS fresh, c.submitter, c.commit, c.erased_at, c.nonce_key_id
    ), item AS (
        SELECT CASE WHEN s.id IS NULL THEN verdicts[i.k]
                    WHEN s.fresh THEN 201
                    WHEN s.submitter <> actors[i.k] OR s.commit <> commits[i.k] THEN 409
                    WHEN s.erased_at IS NOT NULL THEN 410
                    ELSE 200 END AS status,
               s.nonce_key_id::integer AS key_id, s.fresh, i.k::integer
        FROM unnest(ids) WITH ORDINALITY AS i (id, k)
        LEFT JOIN stored AS s ON s.id = i.id
        ORDER BY i.k
    )
    SELECT array_agg(i.status), array_agg(i.key_id), array_agg(i.k) FILTER (WHERE i.fresh)
    INTO statuses, key_ids, fresh
    FROM item AS i;

    IF fresh IS NOT NULL THEN
        WITH counted AS (
            INSERT INTO register.counter AS c (series, fy, last)
            SELECT CASE WHEN central[i.k] THEN 'ล' ELSE units[i.k] END AS series, fys[i.k] AS fy,
                   count(*)
            FROM unnest(fresh) AS i (k)
            GROUP BY 1, 2
            ORDER BY 1, 2
            ON CONFLICT (series, fy) DO UPDATE SET last = c.last + EXCLUDED.last
            RETURNING c.series, c.fy, c.last
        )
        SELECT array_agg(c.series), array_agg(c.fy), array_agg(c.last)
        INTO counted_series, counted_fys, counted_lasts
        FROM counted AS c;

        UPDATE register.head AS h SET position = h.position + cardinality(fresh)
        RETURNING h.position - cardinality(fresh) INTO place;

        -- Nobody can make these rows wait: the complaints' ids and the head are ours.
        -- Numbers and positions are given in the order of the items, and refs gets it from `item`.
        WITH item AS MATERIALIZED (
            SELECT i.id, i.k, i.position,
                   rules.ref(c.series, c.fy, (c.last + 1 - row_number() OVER (
                       PARTITION BY c.series, c.fy ORDER BY i.k DESC))::integer) AS ref
            FROM (SELECT ids[f.k] AS id, f.k, place + f.n AS position,
                         CASE WHEN central[f.k] THEN 'ล' ELSE units[f.k] END AS series
                  FROM unnest(fresh) WITH ORDINALITY AS f (k, n)) AS i
            JOIN unnest(counted_series, counted_fys, counted_lasts) AS c (series, fy, last)
                 ON c.series = i.series AND c.fy = fys[i.k]
            ORDER BY i.k
        ), opened AS (
            INSERT INTO register.case_file (
                id, position, version, state_since, accepted_at, fy, received_on, counted_on, late,
                unit, submitter, ref, route, state, class, process, identity)
            SELECT i.id, i.position, 1, now, now, fys[i.k], received[i.k], counted_ons[i.k],
                   counted_ons[i.k] <> received[i.k], units[i.k], actors[i.k], i.ref,
                   coalesce(routes[i.k], 'legal'), 'RECEIVED',
                   rules.class_in_effect(classes[i.k]), processes[i.k], identities[i.k]
            FROM item AS i
        ), logged AS (
            INSERT INTO register.event (position, at, complaint, kind, actor, unit, to_state)
            SELECT i.position, now, i.id, 'accepted', actors[i.k], units[i.k], 'RECEIVED'
            FROM item AS i
        )
        SELECT array_agg(i.ref) INTO refs FROM item AS i;

        IF excluded_of IS NOT NULL THEN
            INSERT INTO register.case_excluded (complaint, kind, code, since)
            SELECT ids[x.k], x.kind, x.code, now
            FROM unnest(excluded_of, excluded_kinds, excluded_codes) AS x (k, kind, code)
            WHERE statuses[x.k] = 201;
        END IF;
    END IF;

    -- From here refs has an element for each item: what is not new has none, or its first one.
    IF cardinality(fresh) IS DISTINCT FROM cardinality(ids) THEN
        SELECT array_agg(coalesce(refs[array_position(fresh, i.k::integer)], f.ref) ORDER BY i.k),
               array_agg(coalesce(c.route, routes[i.k]) ORDER BY i.k)
        INTO refs, routes
        FROM unnest(ids) WITH ORDINALITY AS i (id, k)
        LEFT JOIN register.complaint AS c ON statuses[i.k] = 200 AND c.id = i.id
        LEFT JOIN register.case_file AS f ON f.id = c.id;
    END IF;

    fsync := current_setting('fsync');
    synchronous_commit := current_setting('synchronous_commit');
    in_recovery := pg_is_in_recovery();
    standbys := current_setting('synchronous_standby_names');
    RETURN QUERY
    SELECT i.status, CASE WHEN i.status < 300 THEN refs[i.k] END,
           CASE WHEN i.status < 300 THEN 'RECEIVED' END,
           CASE WHEN i.status < 300 THEN coalesce(routes[i.k], 'legal') END,
           CASE
           WHEN i.status = 403 THEN 'none of your roles allows this'
           WHEN verdicts[i.k] = 409 THEN 'the unit of the submitter has changed'
           WHEN i.status = 409 THEN 'the id was used for another request'
           WHEN i.status = 410 THEN 'the content was erased'
           WHEN i.status = 422 THEN faults[i.k]
           END,
           key_ids[i.k], verdicts[i.k] = 409, fsync, synchronous_commit, in_recovery, standbys
    FROM unnest(statuses) WITH ORDINALITY AS i (status, k);
END;
$$;
