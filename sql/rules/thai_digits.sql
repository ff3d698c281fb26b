-- Arabic digits as Thai ones; every other character stays.
CREATE OR REPLACE FUNCTION rules.thai_digits(text_arabic text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT translate(text_arabic, '0123456789', '๐๑๒๓๔๕๖๗๘๙') $$;
COMMENT ON FUNCTION rules.thai_digits(text) IS 'Arabic digits as Thai ones';
