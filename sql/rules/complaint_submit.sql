-- Take a batch of complaints in one transaction: the only writer of new ones.
--
-- Arrays of one length, an item in each position; one item's fault is its status, never an
-- exception. Statements over the whole batch, in the order of the locks: complaints that are there
-- already by id, counters by (series, fy), the head. The new rows come after the head, which
-- keeps every other writer of new ones out: they can wait for nobody. (A rival who stored one of the
-- ids after we looked makes the batch fail with a unique violation; sent again, it is a replay.)
--
-- Arrays are read by subscript, which is one step in plpgsql: unnest() would fill a tuple store for
-- each of its arguments. Few statements, for a batch waits for the start of each.
--
-- A replay gets the first answer again, even where the register has changed its codes since. It
-- writes `seen` on purpose: a plain read could acknowledge a row that a failover then loses.
CREATE OR REPLACE FUNCTION rules.complaint_submit(
    now timestamptz,
    ids uuid[], actors text[], units text[], channels text[], processes text[], subjects text[],
    classes text[], identities text[], received date[], accused_units text[],
    accused_roles text[], accused_principals text[], conflicts text[], sources text[],
    box_openings uuid[],
    sealed_for text[], -- the route whose group can open the body; NULL: legal
    bodies bytea[], identities_sealed bytea[], wraps bytea[], commits bytea[], openings bytea[],
    track_hashes bytea[], nonce_key_ids smallint[],
    OUT statuses integer[], OUT refs text[], OUT routes text[], OUT details text[],
    OUT key_ids integer[], -- of a conflict: of the stored complaint's nonce
    OUT stale boolean[],   -- the daemon's reference data is out of date
    OUT leaf_indexes bigint[],                -- of replays, and of what had its leaf before
    OUT first_leaf bigint, OUT leaves bytea)  -- what the log got: a leaf for each other 201, in order
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off -- a plan made while the register was empty must be good later too
AS $$
DECLARE
    today CONSTANT date := rules.bangkok_day(now);
    year integer; -- in which all items count, as received; NULL: each has its own

    -- An element for each item:
    counted_ons date[] := received;
    fys integer[];

    -- From rules.routing(); NULL where nobody is accused or in conflict
    central boolean[];
    unknown boolean[];
    excluded_of integer[];
    excluded_kinds text[];
    excluded_codes text[];

    fresh integer[];    -- the subscripts of the new ones, in order
    fresh_refs text[];  -- an element for each of them
    place bigint;       -- the head before this batch
    appended integer;   -- of the new ones, those that get a new leaf: all but what was lost
    kept bigint[];      -- for each of the new ones, the leaf it has in the log already; nearly always NULL
    frozen timestamptz;
BEGIN
    IF array_remove(accused_units, NULL) <> '{}' OR array_remove(accused_principals, NULL) <> '{}'
       OR array_remove(conflicts, NULL) <> '{}'
       OR NOT array_remove(accused_roles, NULL) <@ '{other,unknown}'
       OR array_remove(sealed_for, NULL) <> '{}'
    THEN
        SELECT r.routes, r.central, r.unknown, r.excluded_of, r.excluded_kinds, r.excluded_codes
        INTO routes, central, unknown, excluded_of, excluded_kinds, excluded_codes
        FROM rules.routing(units, actors, accused_units, accused_roles, accused_principals,
                           conflicts) AS r;
    ELSIF array_remove(box_openings, NULL) = '{}' THEN
        year := rules.submission_year(today, actors, units, channels, processes, subjects, classes,
                                      identities, accused_roles, received);
    END IF;
    IF year IS NULL THEN
        SELECT f.verdicts, f.faults, f.counted_ons, f.fys INTO statuses, details, counted_ons, fys
        FROM rules.submission_faults(today, ids, actors, units, channels, processes, subjects,
                                     classes, identities, received, accused_units, accused_roles,
                                     box_openings, unknown) AS f;
        -- Sealed for another group than it now goes to: the daemon reads the rules and seals again.
        SELECT array_agg(CASE WHEN v.status = 201 AND coalesce(routes[v.k], 'legal')
                                                      <> coalesce(sealed_for[v.k], 'legal')
                              THEN 409 ELSE v.status END ORDER BY v.k)
        INTO statuses
        FROM unnest(statuses) WITH ORDINALITY AS v (status, k);
        SELECT array_agg(v.status = 409 ORDER BY v.k),
               array_agg(CASE v.status
                         WHEN 403 THEN 'none of your roles allows this'
                         WHEN 409 THEN 'the unit of the submitter, or the rules of routing, have changed'
                         WHEN 422 THEN details[v.k] END ORDER BY v.k)
        INTO stale, details
        FROM unnest(statuses) WITH ORDINALITY AS v (status, k);
    ELSE
        statuses := array_fill(201, ARRAY[cardinality(ids)]);
        fys := array_fill(year, ARRAY[cardinality(ids)]);
    END IF;

    IF EXISTS (SELECT FROM register.complaint AS c WHERE c.id = ANY (ids)) THEN
        PERFORM FROM register.complaint AS c WHERE c.id = ANY (ids) ORDER BY c.id FOR UPDATE;
        WITH again AS (
            UPDATE register.complaint AS c SET seen = now
            FROM unnest(ids) WITH ORDINALITY AS i (id, k)
            WHERE c.id = i.id AND statuses[i.k] = 201
            RETURNING i.k, c.ref, c.accepted_route, c.nonce_key_id, c.leaf_index,
                      CASE WHEN c.submitter <> actors[i.k] OR c.commit <> commits[i.k] THEN 409
                           WHEN c.erased_at IS NOT NULL THEN 410
                           ELSE 200 END AS status
        )
        SELECT array_agg(coalesce(a.status, v.status) ORDER BY v.k),
               array_agg(CASE WHEN a.status = 200 THEN a.ref END ORDER BY v.k),
               array_agg(coalesce(a.accepted_route, routes[v.k]) ORDER BY v.k),
               array_agg(CASE a.status WHEN 409 THEN 'the id was used for another request'
                                       WHEN 410 THEN 'the content was erased'
                                       ELSE details[v.k] END ORDER BY v.k),
               array_agg(a.nonce_key_id::integer ORDER BY v.k),
               array_agg(CASE WHEN a.status = 200 THEN a.leaf_index END ORDER BY v.k)
        INTO statuses, refs, routes, details, key_ids, leaf_indexes
        FROM unnest(statuses) WITH ORDINALITY AS v (status, k)
        LEFT JOIN again AS a ON a.k = v.k;
    END IF;

    fresh := array_positions(statuses, 201);
    IF fresh = '{}' THEN
        RETURN;
    END IF;

    WITH item AS MATERIALIZED (
        SELECT f.k, CASE WHEN central[f.k] THEN 'ล' ELSE units[f.k] END AS series, fys[f.k] AS fy
        FROM unnest(fresh) AS f (k)
    ), counted AS (
        INSERT INTO register.counter AS c (series, fy, last)
        SELECT i.series, i.fy, count(*) FROM item AS i
        GROUP BY i.series, i.fy ORDER BY i.series, i.fy
        ON CONFLICT (series, fy) DO UPDATE SET last = c.last + EXCLUDED.last
        RETURNING c.series, c.fy, c.last
    )
    SELECT array_agg(rules.ref(c.series, c.fy, (c.last + 1 - i.from_last)::integer) ORDER BY i.k)
    INTO fresh_refs
    FROM (SELECT i.*, row_number() OVER (PARTITION BY i.series, i.fy ORDER BY i.k DESC) AS from_last
          FROM item AS i) AS i
    JOIN counted AS c ON c.series = i.series AND c.fy = i.fy;

    appended := cardinality(fresh);
    IF EXISTS (SELECT FROM register.lost_leaf) THEN
        WITH again AS (
            DELETE FROM register.lost_leaf AS l
            USING unnest(fresh) WITH ORDINALITY AS f (k, n)
            WHERE l.leaf = rules.leaf(1, rules.leaf_class(rules.class_in_effect(classes[f.k])),
                                      rules.leaf_period(counted_ons[f.k]), -1, commits[f.k])
            RETURNING f.n, l.leaf_index
        )
        SELECT array_agg(a.leaf_index ORDER BY f.n), cardinality(fresh) - count(a.n)
        INTO kept, appended
        FROM unnest(fresh) WITH ORDINALITY AS f (k, n) LEFT JOIN again AS a ON a.n = f.n;
        leaf_indexes := coalesce(leaf_indexes, array_fill(NULL::bigint, ARRAY[cardinality(ids)]));
        FOR n IN 1 .. cardinality(fresh) LOOP
            leaf_indexes[fresh[n]] := kept[n];
        END LOOP;
    END IF;

    UPDATE register.head AS h
    SET position = h.position + cardinality(fresh), leaf_count = h.leaf_count + appended
    RETURNING h.position - cardinality(fresh), h.leaf_count - appended, h.frozen_at
    INTO place, first_leaf, frozen;
    IF frozen IS NOT NULL THEN
        PERFORM rules.refuse_frozen(frozen);
    END IF;

    INSERT INTO register.complaint (
        id, position, version, accepted_at, seen, state_since, received_on, counted_on, fy, late,
        nonce_key_id, box_opening, unit, submitter, ref, route, state, class, channel, process,
        subject, identity, office_class, accepted_route, accused_unit, accused_role,
        accused_principals, conflict, source, commit, opening, track_hash, leaf_index)
    SELECT ids[f.k], place + f.n, 1, now, now, now, received[f.k], counted_ons[f.k], fys[f.k],
           counted_ons[f.k] <> received[f.k], nonce_key_ids[f.k], box_openings[f.k], units[f.k],
           actors[f.k], f.ref, coalesce(routes[f.k], 'legal'), 'RECEIVED',
           rules.class_in_effect(classes[f.k]), channels[f.k], processes[f.k], subjects[f.k],
           identities[f.k], classes[f.k], coalesce(routes[f.k], 'legal'), accused_units[f.k],
           accused_roles[f.k], accused_principals[f.k], conflicts[f.k], sources[f.k],
           commits[f.k], openings[f.k], track_hashes[f.k],
           CASE WHEN kept IS NULL THEN first_leaf + f.n - 1
                ELSE coalesce(kept[f.n], first_leaf + f.n - 1 - cardinality(
                         array_remove(kept[1:f.n::integer], NULL))) END
    FROM unnest(fresh, fresh_refs) WITH ORDINALITY AS f (k, ref, n);

    INSERT INTO register.content (position, body, identity, wraps)
    SELECT place + f.n, bodies[f.k], identities_sealed[f.k], wraps[f.k]
    FROM unnest(fresh) WITH ORDINALITY AS f (k, n);

    SELECT string_agg(rules.leaf(1, rules.leaf_class(rules.class_in_effect(classes[f.k])),
                                 rules.leaf_period(counted_ons[f.k]), -1, commits[f.k]), '')
    INTO leaves
    FROM unnest(fresh) WITH ORDINALITY AS f (k, n)
    WHERE kept IS NULL OR kept[f.n] IS NULL;
    IF leaves IS NOT NULL THEN
        INSERT INTO register.leaf_run (first, leaves) VALUES (first_leaf, leaves);
    END IF;

    IF excluded_of IS NOT NULL THEN
        INSERT INTO register.case_excluded (complaint, kind, code, since)
        SELECT ids[x.k], x.kind, x.code, now
        FROM unnest(excluded_of, excluded_kinds, excluded_codes) AS x (k, kind, code)
        WHERE statuses[x.k] = 201;
    END IF;

    IF cardinality(fresh) = cardinality(ids) THEN
        refs := fresh_refs;
    ELSE
        SELECT array_agg(coalesce(fresh_refs[array_position(fresh, v.k::integer)], refs[v.k])
                         ORDER BY v.k)
        INTO refs
        FROM unnest(statuses) WITH ORDINALITY AS v (status, k);
    END IF;
END;
$$;
