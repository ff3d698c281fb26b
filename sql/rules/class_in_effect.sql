-- Of an office's opinions only these take effect. Any other would lower the count of corruption
-- cases, which takes two people of the legal group: until then the case is not classified.
CREATE OR REPLACE FUNCTION rules.class_in_effect(opinion text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN opinion IN ('C1', 'C2', 'CX') THEN opinion ELSE 'CX' END;
