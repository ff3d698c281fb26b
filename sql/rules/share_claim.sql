-- Whose a custodian's number is: that of whoever first used it, for good, and he has no other. The
-- server cannot open a share to see; so one custodian who writes nonsense spoils his own at most.
CREATE OR REPLACE FUNCTION rules.share_claim(now timestamptz, custodian text, place bytea)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claimed CONSTANT integer := rules.share_number(place);
BEGIN
    INSERT INTO register.custodian_number (number, principal, since)
    VALUES (claimed, custodian, now) ON CONFLICT DO NOTHING;
    IF NOT EXISTS (SELECT FROM register.custodian_number AS n
                   WHERE n.number = claimed AND n.principal = custodian) THEN
        RAISE EXCEPTION 'share % is not yours', claimed USING ERRCODE = 'ZG403';
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.share_claim(timestamptz, text, bytea) IS
    'Whose a custodian''s number is: that of whoever first used it';
