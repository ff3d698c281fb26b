-- "1-6" or "7" as the first and last month of a fiscal year, October being 1.
CREATE OR REPLACE FUNCTION rules.month_range(given text, OUT first_month integer,
                                             OUT last_month integer)
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF given ~ '^[0-9]{1,2}(-[0-9]{1,2})?$' THEN
        first_month := split_part(given, '-', 1)::integer;
        last_month := coalesce(nullif(split_part(given, '-', 2), ''), given)::integer;
    END IF;
    IF (1 <= first_month AND first_month <= last_month AND last_month <= 12) IS NOT TRUE THEN
        RAISE EXCEPTION 'months must be a month or two of the fiscal year, like 1-6'
            USING ERRCODE = 'ZG422';
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.month_range(text) IS 'First and last month of a part of a fiscal year';
