-- The cases in which nobody acts of which the auditors have not been told since something was last done.
CREATE OR REPLACE FUNCTION rules.unhandled_untold() RETURNS SETOF uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT u.id
    FROM rules.case_unhandled() AS u (id)
    WHERE coalesce((SELECT e.kind FROM register.event AS e
                    WHERE e.complaint = u.id
                      AND (e.kind = 'unhandled' OR e.kind IN (SELECT m.kind FROM register.move AS m))
                    ORDER BY e.position DESC LIMIT 1), '') <> 'unhandled'
$$;
COMMENT ON FUNCTION rules.unhandled_untold() IS
    'The cases in which nobody acts of which the auditors are to be told';
