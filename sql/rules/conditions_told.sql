-- The conditions that ask about nothing but what is told: before anything is, each may hold.
CREATE OR REPLACE FUNCTION rules.conditions_told() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{ticked,not_itself,original_whole,original_first,hidden_alike,class_differs,accuses}'::text[];
COMMENT ON FUNCTION rules.conditions_told() IS
    'The conditions that ask about nothing but what is told';
