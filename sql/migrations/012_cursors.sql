-- A cursor carries its place in a list itself, so that a list goes on from a case that was hidden
-- meanwhile.

-- Functions of before that are not any more, or whose parameters are others now.
DROP FUNCTION IF EXISTS rules.cursor_position(text, text), rules.cursor_text(uuid),
    rules.cursor_uuid(text), rules.queue_position(text, text), rules.queue_cursor(date, uuid);

-- What cursors are made with: who reads a list learns nothing of the place, and makes none himself.
CREATE TABLE register.cursor_key (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    key bytea NOT NULL CHECK (length(key) = 32)
);
INSERT INTO register.cursor_key (key)
VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
