-- Everything told in a case that is wrapped for its group: `key` names it to rules.wrapped_anew(), `id`
-- and `name` are its place (docs/sealing.md), `routes` those whose groups are to open it.
--
-- A letter's body and files, with what the events of their coming tell, are for the groups of all
-- of its parts as well.
CREATE OR REPLACE FUNCTION rules.wrapped(c register.complaint)
RETURNS TABLE (key text, id uuid, name text, routes text[], wraps bytea)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.key, letter.id, t.name,
           ARRAY(SELECT DISTINCT x.route FROM register.complaint AS x
                 WHERE letter.id IN (x.id, x.parent)), t.wraps
    FROM register.complaint AS letter
    CROSS JOIN LATERAL (
        SELECT 'content' AS key, 'body' AS name, b.wraps
        FROM register.content AS b WHERE b.position = letter.position
        UNION ALL
        SELECT 'file:' || a.position, concat_ws(':', 'file', a.n, a.event_id), a.wraps
        FROM register.attachment AS a
        WHERE a.complaint = letter.id AND a.finished_at IS NOT NULL
        UNION ALL
        SELECT concat_ws(':', 'event', e.position, f.key),
               concat_ws(':', 'event', f.value ->> 'event', f.key),
               decode(f.value ->> 'wraps', 'base64')
        FROM register.event AS e CROSS JOIN LATERAL jsonb_each(e.fields) AS f
        WHERE e.complaint = letter.id AND e.kind = 'attached' AND f.value ? 'wraps') AS t
    WHERE letter.position = rules.content_position(c)
    UNION ALL
    SELECT s.key || ':' || f.key, c.id, concat_ws(':', 'event', f.value ->> 'event', f.key),
           ARRAY[c.route], decode(f.value ->> 'wraps', 'base64')
    FROM (SELECT 'event:' || e.position AS key, e.fields AS told
          FROM register.event AS e WHERE e.complaint = c.id AND e.kind <> 'attached'
          UNION ALL
          SELECT 'proposal:' || p.id, p.request FROM register.proposal AS p WHERE p.complaint = c.id) AS s
    CROSS JOIN LATERAL jsonb_each(s.told) AS f
    WHERE f.value ? 'wraps'
$$;
COMMENT ON FUNCTION rules.wrapped(register.complaint) IS
    'Everything told in a case that is wrapped for its group';
