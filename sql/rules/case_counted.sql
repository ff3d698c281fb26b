-- The facts of every case that counts, for figures. `line` is the unit whose row in a table it
-- stands on: NULL, the central series, for a case that is hidden from somebody.
CREATE OR REPLACE VIEW rules.case_counted AS
SELECT c.id, c.fy, c.counted_on, c.accepted_at, c.late, c.state, c.class, c.process, c.identity,
       c.duplicate_of, c.channel, c.subject, c.erased_at,
       CASE WHEN starts_with(c.ref, c.unit || '/')
             AND NOT EXISTS (SELECT FROM register.case_excluded AS x WHERE x.complaint = c.id)
            THEN c.unit END AS line
FROM register.complaint AS c
WHERE c.fy IS NOT NULL; -- a part of a split letter has none
