-- Mail about a case to those who act in it in one of these roles, to auditors, or to one principal: only
-- to who sees it.
CREATE OR REPLACE FUNCTION rules.outbox_add(now timestamptz, c register.complaint, matter text,
                                            roles text[], one text DEFAULT NULL,
                                            due_on date DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO register.outbox (id, at, recipient, email, ref, matter, due_on, status, next_try_at)
    SELECT gen_random_uuid(), now, p.name, p.email, c.ref, outbox_add.matter, outbox_add.due_on,
           'waiting', now
    FROM rules.case_seen AS s JOIN register.principal AS p ON p.name = s.viewer
    WHERE s.id = c.id AND p.email IS NOT NULL
      AND (outbox_add.roles && s.acts_as
           OR 'auditor' = ANY (outbox_add.roles) AND 'auditor' = ANY (s.viewer_roles))
      AND (one IS NULL OR p.name = one);
END;
$$;
COMMENT ON FUNCTION rules.outbox_add(timestamptz, register.complaint, text, text[], text, date) IS
    'Mail about a case to those who act in it';
