-- A text as a UUID; NULL if it is not one in the usual form. Every read of a complaint comes by
-- here: a regular expression would cost more than the rest, and a planner can inline this.
CREATE OR REPLACE FUNCTION rules.uuid_of(named text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN named LIKE '________-____-____-____-____________'
                 AND translate(named, '0123456789abcdefABCDEF', '') = '----'
            THEN named::uuid END;
