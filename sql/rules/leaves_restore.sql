-- Put back leaves that the database lost, as the signer has them, from an index on, and raise the head
-- to cover them: how many of them have no row in the register. For `grievd ledger doctor --repair`.
CREATE OR REPLACE FUNCTION rules.leaves_restore(wanted bigint, given bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    many CONSTANT bigint := octet_length(given) / 48;
    lost bigint;
BEGIN
    PERFORM FROM register.head FOR UPDATE;
    IF EXISTS (SELECT FROM register.leaf_run AS r
               WHERE r.first < wanted + many
                 AND r.first + octet_length(r.leaves) / 48 > wanted
                 AND r.first >= wanted - 4096) THEN
        RAISE EXCEPTION 'leaves from % to % are not all missing', wanted, wanted + many - 1;
    END IF;
    INSERT INTO register.leaf_run (first, leaves) VALUES (wanted, given);
    UPDATE register.head AS h SET leaf_count = greatest(h.leaf_count, wanted + many);
    INSERT INTO register.lost_leaf (leaf_index, leaf)
    SELECT g.leaf_index, g.leaf
    FROM (SELECT wanted + i AS leaf_index, substr(given, i::integer * 48 + 1, 48) AS leaf
          FROM generate_series(0, many - 1) AS i) AS g
    WHERE get_byte(g.leaf, 1) <> 8 -- a heartbeat is nobody's to repeat
      AND NOT EXISTS (SELECT FROM register.complaint AS c WHERE c.leaf_index = g.leaf_index)
      AND NOT EXISTS (SELECT FROM register.event AS e WHERE e.leaf_index = g.leaf_index)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS lost = ROW_COUNT;
    RETURN lost;
END;
$$;
