-- A case as somebody who may see it finds it, and the letter whose attachments it has: itself, or
-- the one that it is a part of. To anybody else it does not exist.
CREATE OR REPLACE FUNCTION rules.seen_letter(asked uuid, actor text, OUT seen rules.case_seen,
                                             OUT letter register.complaint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT c.* INTO seen FROM rules.case_seen AS c WHERE c.viewer = actor AND c.id = asked;
    IF seen.id IS NULL THEN
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
    SELECT c.* INTO letter FROM register.complaint AS c
    WHERE c.position = rules.content_position(seen.complaint);
END;
$$;
