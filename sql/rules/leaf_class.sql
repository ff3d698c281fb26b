-- The number of a legal class in a leaf.
CREATE OR REPLACE FUNCTION rules.leaf_class(class text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_position('{C1,C2,CX,C0,CT,CI,CV}'::text[], class);
