-- What can be done with a case depends on who asks and when: these functions are made anew with other
-- parameters or another result.
DROP FUNCTION IF EXISTS rules.case_moves(register.complaint, text[]),
    rules.case_moves_text(register.complaint, text[], text),
    rules.case_move(timestamptz, text, register.complaint, text[], text, jsonb),
    rules.event_fields(timestamptz, text, text, jsonb),
    rules.case_investigators(register.complaint);
