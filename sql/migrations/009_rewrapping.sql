-- What is wrapped for whom, once that changes.

-- The custodian's number of whoever has used it.
CREATE TABLE register.custodian_number (
    number integer PRIMARY KEY CHECK (number BETWEEN 1 AND 65535),
    principal text NOT NULL UNIQUE,
    since timestamptz NOT NULL
);
