-- Whether a piece of evidence counts on a day, in words: the one that counts, or, missing, the
-- one that no longer or not yet does. unit and audience may be NULL: any.
CREATE OR REPLACE FUNCTION rules.evidence_finding(day date, criterion_sought text, kind_sought text,
                                                  unit_sought text, audience_sought text,
                                                  OUT present boolean, OUT th text, OUT en text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name  register.evidence_kind;
    piece rules.evidence_counted;
BEGIN
    SELECT * INTO STRICT name FROM register.evidence_kind AS k WHERE k.kind = kind_sought;
    SELECT * INTO piece
    FROM rules.evidence_counted AS e
    WHERE e.criterion = criterion_sought AND e.kind = kind_sought
      AND (unit_sought IS NULL OR e.unit = unit_sought)
      AND (audience_sought IS NULL OR e.audience = audience_sought)
    ORDER BY day BETWEEN e.valid_from AND coalesce(e.until, 'infinity') DESC,
             e.valid_from DESC, e.recorded_at DESC, e.id
    LIMIT 1;

    present := piece.id IS NOT NULL
             AND day BETWEEN piece.valid_from AND coalesce(piece.until, 'infinity');
    th := name.th || CASE audience_sought WHEN 'internal' THEN 'ภายใน'
                                          WHEN 'external' THEN 'ภายนอก' ELSE '' END;
    en := name.en || CASE audience_sought WHEN 'internal' THEN ', internal'
                                          WHEN 'external' THEN ', external' ELSE '' END;
    IF piece.id IS NULL THEN
        th := 'ไม่พบ' || th;
        en := 'none recorded: ' || en;
        RETURN;
    END IF;
    th := th || coalesce(' ที่ ' || piece.order_no, '')
             || coalesce(' ลงวันที่ ' || rules.thai_date(piece.order_date), '')
             || coalesce(' ' || piece.url, '')
             || CASE WHEN day < piece.valid_from THEN ' ยังไม่มีผลจนถึงวันที่ '
                     ELSE ' มีผลตั้งแต่วันที่ ' END || rules.thai_date(piece.valid_from)
             || coalesce(CASE WHEN day > piece.until AND piece.until = piece.ended_on THEN ' ยกเลิกแล้วเมื่อวันที่ '
                              WHEN day > piece.until THEN ' สิ้นผลแล้วเมื่อวันที่ '
                              ELSE ' ถึงวันที่ ' END || rules.thai_date(piece.until), '');
    en := en || coalesce(' ' || piece.order_no, '')
             || coalesce(' of ' || piece.order_date, '')
             || coalesce(' ' || piece.url, '')
             || CASE WHEN day < piece.valid_from THEN ', not valid before '
                     ELSE ', valid from ' END || piece.valid_from
             || coalesce(CASE WHEN day > piece.until AND piece.until = piece.ended_on THEN ', ended after '
                              WHEN day > piece.until THEN ', expired after '
                              ELSE ' to ' END || piece.until, '');
END;
$$;
COMMENT ON FUNCTION rules.evidence_finding(date, text, text, text, text) IS
    'Whether a piece of evidence counts on a day, and which';
