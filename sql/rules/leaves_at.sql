-- So many leaves from an index on, one behind the other; fewer where the log ends, NULL if it ends
-- before.
CREATE OR REPLACE FUNCTION rules.leaves_at(wanted bigint, how_many integer) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT substr(string_agg(r.leaves, '' ORDER BY r.first),
                  (wanted - min(r.first))::integer * 48 + 1, how_many * 48)
    FROM register.leaf_run AS r
    WHERE r.first >= (SELECT max(b.first) FROM register.leaf_run AS b WHERE b.first <= wanted)
      AND r.first < wanted + how_many
    HAVING max(r.first + octet_length(r.leaves) / 48) > wanted
$$;
