-- Nothing is written while the register is frozen (register.head.frozen_at). Only its operator knows
-- until when, so who is refused is sent to him and not told to wait.
CREATE OR REPLACE FUNCTION rules.refuse_frozen(frozen_at timestamptz) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'the register is frozen until its operator thaws it: ask him when, and send the same request again then'
            USING ERRCODE = 'ZG503';
    END IF;
END;
$$;
