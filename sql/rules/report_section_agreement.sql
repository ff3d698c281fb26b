-- Indicator 7 of the performance agreement with its parts.
CREATE OR REPLACE FUNCTION rules.report_section_agreement(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN rules.doc_section(
        'agreement', 'ตัวชี้วัดที่ 7 ตามคำรับรองการปฏิบัติราชการ',
        'Indicator 7 of the performance agreement',
        rules.report_weighted_table(
            f, '7', 'agreement', 'ตัวชี้วัดที่ 7 การสร้างความโปร่งใสในการปฏิบัติราชการ',
            'Indicator 7, building transparency in official duties',
            'ตัวชี้วัดที่ 7', 'Indicator 7'));
END;
$$;
COMMENT ON FUNCTION rules.report_section_agreement(jsonb) IS 'Indicator 7 in a report';
