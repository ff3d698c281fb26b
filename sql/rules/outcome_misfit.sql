-- Why a case cannot end with an outcome, as far as `actor` may know, or as things are where that is
-- NULL; NULL if it can.
CREATE OR REPLACE FUNCTION rules.outcome_misfit(outcome_code text, now timestamptz,
                                                f register.complaint, actor text)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    outcome register.outcome;
    condition text;
BEGIN
    SELECT o.* INTO outcome FROM register.outcome AS o WHERE o.code = outcome_code;
    IF f.class <> ALL (outcome.classes) THEN
        RETURN format('no case of class %s ends with it', f.class);
    END IF;
    FOREACH condition IN ARRAY outcome.conditions LOOP
        IF rules.condition_holds(condition, now, f, actor, NULL) IS NOT TRUE THEN
            RETURN (SELECT c.en FROM register.condition AS c WHERE c.code = condition);
        END IF;
    END LOOP;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION rules.outcome_misfit(text, timestamptz, register.complaint, text) IS
    'Why a case cannot end with an outcome';
