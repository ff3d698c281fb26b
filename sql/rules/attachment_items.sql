-- The attachments of a case as the elements of a JSON array. Who sent the case sees those that he
-- sent himself: what others found is told to those who work on it, and to the auditor that it is there.
-- These get what opens its leaf as well, which tells nothing of the bytes (docs/ledger.md).
CREATE OR REPLACE FUNCTION rules.attachment_items(c register.complaint, viewer text, whole boolean)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT string_agg((jsonb_build_object(
                       'n', a.n, 'type', a.type, 'size', a.size, 'event_id', a.event_id,
                       'attached_at', a.finished_at, 'by', a.sender)
                   || CASE WHEN whole THEN jsonb_build_object(
                       'commit', encode(e.request_hash, 'hex'), 'opening', rules.base64(a.opening))
                      ELSE '{}' END)::text, ',' ORDER BY a.n)
            FROM register.attachment AS a JOIN register.event AS e USING (position)
            WHERE a.complaint = (SELECT l.id FROM register.complaint AS l
                                 WHERE l.position = rules.content_position(c))
              AND a.finished_at IS NOT NULL AND (whole OR a.sender = viewer));
END;
$$;
COMMENT ON FUNCTION rules.attachment_items(register.complaint, text, boolean) IS
    'The attachments of a case';
