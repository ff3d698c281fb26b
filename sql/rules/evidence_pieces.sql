-- The pieces of evidence for a criterion that counted on a day between two, kind by kind: a table of
-- what each says, and one of the addresses and hashes of its documents.
CREATE OR REPLACE FUNCTION rules.evidence_pieces(asked text, opens date, closes date)
RETURNS TABLE (ord integer, piece json)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH numbered AS (
        SELECT e.*, k.th, k.en, 2 * k.ord AS ord,
               CASE WHEN u.code IS NOT NULL
                    THEN json_build_object('th', u.name_th, 'en', u.name_en) END AS unit_name,
               CASE WHEN p.name IS NOT NULL
                    THEN json_build_object('th', p.name_th, 'en', p.name_en) END AS officer_name,
               CASE e.audience
                   WHEN 'internal' THEN '{"th": "ภายใน", "en": "inside"}'::json
                   WHEN 'external' THEN '{"th": "ภายนอก", "en": "outside"}'::json
               END AS audience_name,
               row_number() OVER (PARTITION BY k.kind ORDER BY u.kind,
                                  u.name_th COLLATE "th-x-icu", e.valid_from, e.id) AS no
        FROM rules.evidence_counted AS e
        JOIN register.evidence_kind AS k ON k.kind = e.kind
        LEFT JOIN register.unit AS u ON u.code = e.unit
        LEFT JOIN register.principal AS p ON p.name = e.officer
        WHERE e.criterion = asked AND e.valid_from <= closes
          AND coalesce(e.until, 'infinity') >= greatest(opens, e.valid_from)
    )
    SELECT n.ord, rules.doc_table(
               'pieces_' || n.kind, n.th, n.en,
               (jsonb_build_array(rules.doc_column('no', 'label', 'ที่', 'No.'))
                || CASE n.kind
                   WHEN 'designation' THEN jsonb_build_array(
                       rules.doc_column('unit', 'text', 'หน่วยงาน', 'Unit'),
                       rules.doc_column('officer', 'text', 'ผู้ได้รับมอบหมาย', 'Officer'))
                   ELSE jsonb_build_array(
                       rules.doc_column('audience', 'text', 'ภายใน/ภายนอก', 'Audience')) END
                || jsonb_build_array(
                       rules.doc_column('order_no', 'text', 'คำสั่ง', 'Order'),
                       rules.doc_column('order_date', 'day', 'ลงวันที่', 'Dated'),
                       rules.doc_column('valid_from', 'day', 'มีผลตั้งแต่', 'From'),
                       rules.doc_column('until', 'day', 'ถึง', 'To')))::json,
               json_agg(jsonb_build_array(n.no)
                        || CASE n.kind WHEN 'designation'
                           THEN jsonb_build_array(n.unit_name, n.officer_name)
                           ELSE jsonb_build_array(n.audience_name) END
                        || jsonb_build_array(n.order_no, n.order_date, n.valid_from, n.until)
                        ORDER BY n.no))
    FROM numbered AS n
    GROUP BY n.kind, n.th, n.en, n.ord
    UNION ALL
    SELECT n.ord + 1, rules.doc_table(
               'documents_' || n.kind, n.th || ': เอกสารและที่เผยแพร่',
               n.en || ': documents and addresses',
               json_build_array(rules.doc_column('no', 'label', 'ที่', 'No.'),
                                rules.doc_column('url', 'text', 'ที่เผยแพร่', 'Published at'),
                                rules.doc_column('sha256', 'hash', 'SHA-256', 'SHA-256')),
               json_agg(json_build_array(n.no, n.url, n.document_sha256) ORDER BY n.no))
    FROM numbered AS n
    WHERE n.url IS NOT NULL OR n.document_sha256 IS NOT NULL
    GROUP BY n.kind, n.th, n.en, n.ord
$$;
COMMENT ON FUNCTION rules.evidence_pieces(text, date, date) IS
    'The pieces of evidence for a criterion as tables';
