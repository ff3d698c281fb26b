-- What is told of a case that was hidden from more people, if others have it now: the group it went
-- to, or the investigator and who follows him.
CREATE OR REPLACE FUNCTION rules.case_passed_on(f register.complaint, next register.complaint)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN next.route <> f.route THEN jsonb_build_object('route', next.route)
            WHEN next.investigator IS DISTINCT FROM f.investigator
            THEN jsonb_build_object('investigator', f.investigator, 'successor', next.investigator)
            ELSE '{}' END;
COMMENT ON FUNCTION rules.case_passed_on(register.complaint, register.complaint) IS
    'What is told of a case that others have now';
