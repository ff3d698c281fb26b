-- A case, locked until the transaction ends, as somebody who may see it finds it. To anybody else
-- it does not exist. The lock comes first: of two who act at once the second sees what the first
-- has done. With it all cases of its letter are locked, which may have to be hidden with it, those
-- that they are linked to, which may have to be unlinked then, and another one where it takes two: by
-- id, as everywhere.
CREATE OR REPLACE FUNCTION rules.locked_case(asked uuid, actor text, other uuid DEFAULT NULL)
RETURNS rules.case_seen
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    letter CONSTANT uuid[] := rules.case_letter(asked);
    cases CONSTANT uuid[] := letter || rules.case_linked(letter) || other;
    seen  rules.case_seen;
BEGIN
    PERFORM FROM register.complaint AS f WHERE f.id = ANY (cases) ORDER BY f.id FOR UPDATE;
    SELECT f.* INTO seen FROM rules.case_seen AS f WHERE f.viewer = actor AND f.id = asked;
    IF seen.id IS NULL THEN
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
    RETURN seen;
END;
$$;
