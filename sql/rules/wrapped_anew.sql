-- Put wraps made anew in the place of the old, at a key of rules.wrapped(); false if those are not there
-- any more, and then nothing is changed.
CREATE OR REPLACE FUNCTION rules.wrapped_anew(c register.complaint, key text, old bytea, anew bytea)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    source CONSTANT text := split_part(key, ':', 1);
    place  CONSTANT text[] := ARRAY[split_part(key, ':', 3), 'wraps'];
    before CONSTANT jsonb := to_jsonb(rules.base64(old));
    after  CONSTANT jsonb := to_jsonb(rules.base64(anew));
BEGIN
    IF source = 'content' THEN
        UPDATE register.content AS t SET wraps = anew
        WHERE t.position = rules.content_position(c) AND t.wraps = old;
    ELSIF source = 'file' THEN
        UPDATE register.attachment AS a SET wraps = anew
        WHERE a.position = split_part(key, ':', 2)::bigint AND a.wraps = old
          AND a.complaint = (SELECT l.id FROM register.complaint AS l
                             WHERE l.position = rules.content_position(c));
    ELSIF source = 'event' THEN
        UPDATE register.event AS e SET fields = jsonb_set(e.fields, place, after)
        WHERE e.position::text = split_part(key, ':', 2) AND e.complaint IN (c.id, c.parent)
          AND e.fields #> place = before;
    ELSE
        UPDATE register.proposal AS p SET request = jsonb_set(p.request, place, after)
        WHERE p.id::text = split_part(key, ':', 2) AND p.complaint = c.id
          AND p.request #> place = before;
    END IF;
    RETURN FOUND;
END;
$$;
COMMENT ON FUNCTION rules.wrapped_anew(register.complaint, text, bytea, bytea) IS
    'Put wraps made anew in the place of the old';
