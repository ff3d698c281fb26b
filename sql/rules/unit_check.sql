-- Refuse a unit whose kind, parent, head or deputy the register does not know.
CREATE OR REPLACE FUNCTION rules.unit_check(office register.unit)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM register.taxonomy AS t
                   WHERE t.kind = 'unit_kind' AND t.code = office.kind) THEN
        RAISE EXCEPTION '/kind is not a known code' USING ERRCODE = 'ZG422';
    ELSIF office.parent = office.code
          OR office.parent IS NOT NULL
             AND NOT EXISTS (SELECT FROM register.unit AS u WHERE u.code = office.parent) THEN
        RAISE EXCEPTION '/parent is not another unit of the register' USING ERRCODE = 'ZG422';
    ELSIF office.head IS NOT NULL
          AND NOT EXISTS (SELECT FROM register.principal AS p WHERE p.name = office.head) THEN
        RAISE EXCEPTION '/head is not a principal of the register' USING ERRCODE = 'ZG422';
    ELSIF office.deputy IS NOT NULL
          AND NOT EXISTS (SELECT FROM register.principal AS p WHERE p.name = office.deputy) THEN
        RAISE EXCEPTION '/deputy is not a principal of the register' USING ERRCODE = 'ZG422';
    ELSIF office.head = office.deputy THEN
        RAISE EXCEPTION '/deputy must be somebody else than /head' USING ERRCODE = 'ZG422';
    ELSIF office.active_to < office.active_from THEN
        RAISE EXCEPTION '/active_to lies before /active_from' USING ERRCODE = 'ZG422';
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.unit_check(register.unit) IS
    'Refuse a unit that names what the register does not know';
