CREATE OR REPLACE VIEW report.issued AS
SELECT i.fy, i.edition, i.issued_at, encode(i.sha256, 'hex') AS sha256, i.log_size,
       i.acknowledged, s.memo_no, s.memo_date, s.acknowledged_on
FROM register.report_issue AS i
LEFT JOIN register.report_submission AS s ON s.fy = i.fy AND s.edition = i.edition;

COMMENT ON VIEW report.issued IS 'Reports that were issued, and their hand-over to the director';
COMMENT ON COLUMN report.issued.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.issued.edition IS 'complaints, analysis or scores';
COMMENT ON COLUMN report.issued.issued_at IS 'When it was issued';
COMMENT ON COLUMN report.issued.sha256 IS 'SHA-256 of the document';
COMMENT ON COLUMN report.issued.log_size IS 'Leaves of the log in the snapshot of its counts';
COMMENT ON COLUMN report.issued.acknowledged IS 'What was known to be missing';
COMMENT ON COLUMN report.issued.memo_no IS 'Memo of its hand-over; NULL before it';
COMMENT ON COLUMN report.issued.memo_date IS 'Date of the memo';
COMMENT ON COLUMN report.issued.acknowledged_on IS 'Day of the signed ทราบ';
