-- Whether somebody investigates a case or ever has: by assignment, or as the successor of somebody from
-- whom it was hidden. Any event may say so, whatever its kind.
CREATE OR REPLACE FUNCTION rules.has_investigated(who text, asked uuid) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM register.event AS e
                   WHERE e.complaint = asked
                     AND who IN (e.fields ->> 'investigator', e.fields ->> 'successor'))
$$;
COMMENT ON FUNCTION rules.has_investigated(text, uuid) IS
    'Whether somebody investigates a case or ever has';
