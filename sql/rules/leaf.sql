-- The 48 bytes of a leaf, as daemon/core/leaf.h has them. period is YYYYMM or 0; about is an index or
-- -1, all ones, for none.
CREATE OR REPLACE FUNCTION rules.leaf(leaf_type integer, reason integer, period integer,
                                      about bigint, commit bytea)
RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN set_byte('\x0100', 1, leaf_type) || int2send(reason::int2) || int4send(period)
       || int8send(about) || commit;
