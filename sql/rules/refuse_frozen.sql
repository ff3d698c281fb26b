-- Nothing is written while the register is frozen (register.head.frozen_at).
CREATE OR REPLACE FUNCTION rules.refuse_frozen(frozen_at timestamptz) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF frozen_at IS NOT NULL THEN
        RAISE EXCEPTION 'the register is frozen for maintenance: nothing is written until it ends'
            USING ERRCODE = 'ZG503';
    END IF;
END;
$$;
