-- What is read of a case is read by fewer functions: case_links, clocks_of and moves_plain instead.
DROP FUNCTION IF EXISTS rules.case_work_members(register.complaint, text);
