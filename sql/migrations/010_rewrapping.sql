-- What is wrapped for whom, once that changes.

-- The custodian's number of whoever has used it.
CREATE TABLE register.custodian_number (
    number integer PRIMARY KEY CHECK (number BETWEEN 1 AND 65535),
    principal text NOT NULL UNIQUE,
    since timestamptz NOT NULL
);

-- Which group's keys open what was told in a case: those of the route that it was accepted on, until
-- it is wrapped anew for the group that has it now.
ALTER TABLE register.complaint ADD COLUMN wrapped_for text;
CREATE INDEX complaint_rewrap ON register.complaint (position)
    WHERE route <> coalesce(wrapped_for, accepted_route);
