-- Evidence as it counts: from valid_from to `until`, both days included. That is the day on which it
-- expires, or on which it was ended before, which may lie before valid_from: then it never counts.
CREATE OR REPLACE VIEW rules.evidence_counted AS
SELECT e.id, e.kind, e.criterion, e.unit, e.officer, e.order_no, e.order_date, e.url, e.audience,
       e.document_sha256, e.valid_from, least(e.expires_on, x.ended_on) AS until, e.recorded_at,
       x.ended_on, x.reason AS end_reason
FROM register.evidence AS e
LEFT JOIN register.evidence_end AS x ON x.evidence = e.id;
