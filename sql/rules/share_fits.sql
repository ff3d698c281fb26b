-- Whether a share that one custodian hands over is wrapped for the key that the second one's own share of
-- the case is wrapped for: with any other he could not open the two together. Whose number that is, the
-- register knows once he has used it; until then it is one that nobody has used.
CREATE OR REPLACE FUNCTION rules.share_fits(handed bytea, wraps bytea, opener text) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    header CONSTANT bytea := rules.wrap_place(handed);
    own integer;
BEGIN
    SELECT n.number INTO own FROM register.custodian_number AS n WHERE n.principal = opener;
    RETURN EXISTS (SELECT FROM rules.shares_of(wraps) AS s
                   WHERE s.place <> header
                     AND s.key_id = substr(handed, length(header) + 1, 8)
                     AND CASE WHEN own IS NOT NULL THEN s.number = own
                              ELSE NOT EXISTS (SELECT FROM register.custodian_number AS n
                                               WHERE n.number = s.number) END);
END;
$$;
COMMENT ON FUNCTION rules.share_fits(bytea, bytea, text) IS
    'Whether a share is wrapped for the key of a second custodian''s';
