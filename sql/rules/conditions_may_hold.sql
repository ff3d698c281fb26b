-- Whether these conditions of the machine may hold for a case, if the right things are told: none of
-- them fails whatever is.
CREATE OR REPLACE FUNCTION rules.conditions_may_hold(conditions text[], now timestamptz,
                                                     f register.complaint, actor text)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    condition text;
BEGIN
    FOREACH condition IN ARRAY conditions LOOP
        IF rules.condition_holds(condition, now, f, actor, NULL) IS FALSE THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END;
$$;
COMMENT ON FUNCTION rules.conditions_may_hold(text[], timestamptz, register.complaint, text) IS
    'Whether conditions may hold, if the right things are told';
