-- What is read of a case is read by fewer functions: case_links, clocks_of and moves_plain instead.
DROP FUNCTION IF EXISTS rules.case_work_members(register.complaint, text);

-- Custodians who will take no part in opening an identity. The others still may.
ALTER TABLE register.identity_request ADD COLUMN refused_by text[] NOT NULL DEFAULT '{}';
