\set n random(100000000000, 100000000000 + :serial - 1)
SELECT * FROM register.complaint JOIN register.content USING (position) WHERE id = ('00000000-0000-4000-8000-' || :n)::uuid;
