-- Officers designated to receive complaints: in every active unit of a kind, or, without a kind,
-- in at least one unit.
CREATE OR REPLACE FUNCTION rules.finding_designated(day date, criterion text, unit_kind text)
RETURNS TABLE (present boolean, unit text, th text, en text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF unit_kind IS NULL THEN
        RETURN QUERY SELECT * FROM rules.finding_evidence(day, criterion, 'designation');
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.present, u.code, u.name_th || ': ' || f.th, u.name_en || ': ' || f.en
    FROM register.unit AS u
    CROSS JOIN LATERAL rules.evidence_finding(day, criterion, 'designation', u.code, NULL) AS f
    WHERE u.kind = unit_kind AND day BETWEEN u.active_from AND coalesce(u.active_to, 'infinity')
    ORDER BY u.name_th COLLATE "th-x-icu";
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT false, NULL::text, 'ไม่มีหน่วยงานประเภทนี้ในทะเบียน: ' || t.th,
               'no such unit is active in the register: ' || t.en
        FROM register.taxonomy AS t
        WHERE t.kind = 'unit_kind' AND t.code = unit_kind;
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.finding_designated(date, text, text) IS
    'Which units have an officer designated to receive complaints on a day';
