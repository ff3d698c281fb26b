-- Where the envelopes of a case lie: its own, or those of the letter that it is a part of.
CREATE OR REPLACE FUNCTION rules.content_position(c register.complaint) RETURNS bigint
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN coalesce(c.content_at, c.position);
