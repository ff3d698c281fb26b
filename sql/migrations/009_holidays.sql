-- Holidays as they were announced, one announcement after the other, and clocks that follow them; and
-- letters, found among the events.

-- Functions of before whose names, parameters or results are others now.
DROP FUNCTION IF EXISTS rules.locked_case(uuid, text), rules.clock_rule_of(text, date),
    rules.later_events(uuid, text), rules.case_work_members(register.complaint),
    rules.outbox_add(timestamptz, register.complaint, text, text, text, date),
    rules.queue_item(timestamptz, text, register.clock),
    rules.case_fits(register.complaint, text, text, text, text, text, text, date, date);

-- What was announced stays: a day that is taken back, or named otherwise, is a new version of it, with
-- the announcement as its source. The newest counts.
ALTER TABLE register.holiday
    ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    ADD COLUMN holds boolean NOT NULL DEFAULT true; -- false: no holiday after all
ALTER TABLE register.holiday DROP CONSTRAINT holiday_pkey, ADD PRIMARY KEY (day, version);

-- How often the holidays were changed, and up to which change the running clocks are due by them.
ALTER TABLE register.sweep
    ADD COLUMN holiday_changes bigint NOT NULL DEFAULT 0,
    ADD COLUMN holidays_followed bigint NOT NULL DEFAULT 0;
CREATE FUNCTION register.holiday_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE register.sweep SET holiday_changes = holiday_changes + 1;
    RETURN NULL;
END;
$$;
CREATE TRIGGER holiday_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON register.holiday
    FOR EACH STATEMENT EXECUTE FUNCTION register.holiday_changed();

-- Nearly nothing that happens has a letter.
CREATE INDEX event_letter ON register.event (position) WHERE fields ? 'letter_no';
