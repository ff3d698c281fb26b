-- The sentence of a condition that refuses; of an outcome that does not fit with why, and with those
-- that do; of an order that nobody may sign with the way on.
CREATE OR REPLACE FUNCTION rules.condition_words(failed text, now timestamptz, f register.complaint,
                                                 actor text, fields jsonb)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sentence CONSTANT text := (SELECT c.en FROM register.condition AS c WHERE c.code = failed);
BEGIN
    CASE failed
    WHEN 'outcome_fits' THEN
        RETURN format('%s: %s; %s', sentence,
                      rules.outcome_misfit(fields ->> 'outcome', now, f, actor),
                      (SELECT coalesce('outcomes that fit: ' || string_agg(o.code, ', ' ORDER BY o.ord),
                                       'no other fits yet')
                       FROM register.outcome AS o
                       WHERE rules.outcome_misfit(o.code, now, f, actor) IS NULL));
    WHEN 'outcome_stands' THEN
        RETURN format('%s: %s', sentence, rules.outcome_misfit(
                          rules.case_proposal(f.id) ->> 'outcome', now, f, NULL));
    WHEN 'signed' THEN
        RETURN sentence || CASE WHEN rules.nobody_signs(now, f)
                                THEN '; none may: sent back, it takes the external route' ELSE '' END;
    ELSE
        RETURN sentence;
    END CASE;
END;
$$;
COMMENT ON FUNCTION rules.condition_words(text, timestamptz, register.complaint, text, jsonb) IS
    'The sentence of a condition that refuses';
