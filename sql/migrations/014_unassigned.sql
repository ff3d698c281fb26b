-- A clock that runs while nobody investigates a case: from the day on which that begins, and due on it.
ALTER TABLE register.clock_rule DROP CONSTRAINT clock_rule_days_check,
    DROP CONSTRAINT clock_rule_base_check,
    ADD CONSTRAINT clock_rule_days_check CHECK (days >= 0),
    ADD CONSTRAINT clock_rule_base_check
        CHECK (base IN ('accepted', 'received', 'asked', 'result_due', 'unassigned'));
