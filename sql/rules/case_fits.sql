-- Whether a case is what a list asks for; NULL asks for anything. One expression, which the planner
-- takes apart where it stands, so that what is not asked for costs nothing: for that it has no
-- subquery. A unit's cases are found by their numbers, UNIT/… or of the central series, so that the
-- index of these serves for a unit too.
CREATE OR REPLACE FUNCTION rules.case_fits(
    c register.complaint, state text, unit text, class text, fy integer, subject text, assignee text,
    received_from date, received_to date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (case_fits.state IS NULL OR c.state = case_fits.state)
   AND (case_fits.unit IS NULL OR c.unit = case_fits.unit
        AND (c.ref >= case_fits.unit || '/' AND c.ref < case_fits.unit || '0' OR c.ref >= 'ล'))
   AND (case_fits.class IS NULL OR c.class = case_fits.class)
   AND (case_fits.fy IS NULL OR c.fy = case_fits.fy)
   AND (case_fits.subject IS NULL OR c.subject = case_fits.subject)
   AND (case_fits.assignee IS NULL OR c.investigator = case_fits.assignee)
   AND (case_fits.received_from IS NULL OR c.received_on >= case_fits.received_from)
   AND (case_fits.received_to IS NULL OR c.received_on <= case_fits.received_to);
COMMENT ON FUNCTION rules.case_fits(register.complaint, text, text, text, integer, text, text, date,
                                    date) IS 'Whether a case is what a list asks for';
