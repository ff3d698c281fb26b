-- Nobody acts in a case: tell the auditors who see it, and nobody else, for the directors and
-- administrators have no need to know of it. The event is the mark that they were.
CREATE OR REPLACE FUNCTION rules.unhandled_tell(now timestamptz, asked uuid) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c register.complaint;
BEGIN
    UPDATE register.complaint AS x SET noted_at = coalesce(x.noted_at, now) WHERE x.id = asked
    RETURNING x.* INTO c;
    PERFORM rules.outbox_add(now, c, 'unhandled', '{auditor}');
    PERFORM rules.append(now, rules.system_principal(), 'unhandled', complaint => asked);
END;
$$;
COMMENT ON FUNCTION rules.unhandled_tell(timestamptz, uuid) IS
    'Tell the auditors of a case in which nobody acts';
