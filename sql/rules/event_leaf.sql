-- The leaf of an event, by register.event_leaf; NULL if its kind has none. The log says of it no
-- more than a month and, of a class changed, from what to what: so the count of corruption cases can
-- be made from the leaves alone.
--
-- A document that is issued or published is its own commitment: whoever holds it can tell that it is
-- the one.
CREATE OR REPLACE FUNCTION rules.event_leaf(kind text, asked uuid, fields jsonb, commit bytea)
RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known register.event_leaf;
    c register.complaint;
BEGIN
    SELECT l.* INTO known FROM register.event_leaf AS l WHERE l.kind = event_leaf.kind;
    IF known.kind IS NULL THEN
        RAISE EXCEPTION 'no leaf is agreed for events of kind %', kind;
    END IF;
    IF kind IN ('report_issued', 'statistics_published') THEN
        commit := decode(fields ->> 'sha256', 'hex');
    END IF;
    CASE known.leaf_type
    WHEN 2, 3 THEN -- class_changed, erased
        SELECT x.* INTO STRICT c FROM register.complaint AS x WHERE x.id = asked;
        IF c.leaf_index IS NULL THEN -- a part counts nowhere, whatever its class
            RETURN rules.leaf(9, 0, 0, -1, commit);
        END IF;
        RETURN rules.leaf(known.leaf_type,
                          CASE known.leaf_type WHEN 2 THEN
                              rules.leaf_class(fields ->> 'from') * 256
                              + rules.leaf_class(fields ->> 'class') ELSE 0 END,
                          rules.leaf_period(c.counted_on), c.leaf_index, commit);
    WHEN 4 THEN -- return
        RETURN rules.leaf(4, 0, replace(fields ->> 'month', '-', '')::integer, -1, commit);
    WHEN 5, 6 THEN -- report issued, submitted: September of its year
        RETURN rules.leaf(known.leaf_type, 0, ((fields ->> 'fy')::integer - 543) * 100 + 9, -1,
                          commit);
    ELSE
        RETURN rules.leaf(known.leaf_type, 0, 0, -1, commit); -- NULL of NULL
    END CASE;
END;
$$;
