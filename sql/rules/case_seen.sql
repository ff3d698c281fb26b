-- Who sees which case: the row filter of everything that shows or moves one. A case is in it once
-- for each viewer; to anyone else it does not exist.
--
-- An officer sees what he submitted; intake, triager and head the cases of their group's route; an
-- investigator those assigned to him; the director those whose end he orders or has ordered, but
-- none on the external route; an auditor all. Nobody sees a case that he is excluded from.
-- `acts_as` are the roles in which they act in this case: who acts in it may read its content as well.
-- `complaint` is the row as one value.
CREATE OR REPLACE VIEW rules.case_seen AS
SELECT p.name AS viewer, p.role_set AS viewer_roles,
       ARRAY(SELECT r FROM unnest(p.role_set) AS r
             WHERE CASE r WHEN 'investigator' THEN c.investigator IS NOT DISTINCT FROM p.name
                          WHEN 'director' THEN u.kind = 'director' AND c.route <> 'external'
                               AND c.state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED')
                          ELSE r = ANY ('{intake,triager,head}')
                               AND (u.kind = 'legal' AND c.route = 'legal'
                                    OR u.kind = 'alternate'
                                       AND c.route IN ('alternate', 'external')) END) AS acts_as,
       c AS complaint, c.*
FROM register.principal AS p
JOIN register.unit AS u ON u.code = p.unit
CROSS JOIN register.complaint AS c
WHERE p.active
  AND ((u.kind = 'legal' AND c.route = 'legal'
            OR u.kind = 'alternate' AND c.route IN ('alternate', 'external'))
           AND p.role_set && '{intake,triager,head}'
       OR c.submitter = p.name AND p.role_set && '{officer,intake}'
       OR c.investigator = p.name AND 'investigator' = ANY (p.role_set)
       OR c.state IN ('CLOSURE_PROPOSED', 'CLOSED', 'REOPENED') AND c.route <> 'external'
           AND u.kind = 'director' AND 'director' = ANY (p.role_set)
       OR 'auditor' = ANY (p.role_set))
  AND NOT EXISTS (SELECT FROM register.case_excluded AS x
                  WHERE x.complaint = c.id
                    AND (x.kind = 'principal' AND x.code = p.name
                         OR x.kind = 'unit' AND x.code = p.unit));
