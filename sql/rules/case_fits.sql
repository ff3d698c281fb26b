-- Whether a case is what a list asks for; NULL asks for anything. One expression, which the planner
-- takes apart where it stands, so that what is not asked for costs nothing: for that it has no
-- subquery.
CREATE OR REPLACE FUNCTION rules.case_fits(
    c register.complaint, state text, unit text, class text, fy text, subject text, assignee text,
    received_from date, received_to date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (case_fits.state IS NULL OR c.state = case_fits.state)
   AND (case_fits.unit IS NULL OR c.unit = case_fits.unit)
   AND (case_fits.class IS NULL OR c.class = case_fits.class)
   AND (case_fits.fy IS NULL OR c.fy::text = case_fits.fy)
   AND (case_fits.subject IS NULL OR c.subject = case_fits.subject)
   AND (case_fits.assignee IS NULL OR c.investigator = case_fits.assignee)
   AND (case_fits.received_from IS NULL OR c.received_on >= case_fits.received_from)
   AND (case_fits.received_to IS NULL OR c.received_on <= case_fits.received_to);
COMMENT ON FUNCTION rules.case_fits(register.complaint, text, text, text, text, text, text, date,
                                    date) IS 'Whether a case is what a list asks for';
