-- Let running clocks follow holidays that were announced or taken back after they began, and remind of
-- their new day; at most so many cases, and how many it were. A case that somebody is working on is left to the next time.
CREATE OR REPLACE FUNCTION rules.clock_redate(today date, most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changes bigint;
    cases   uuid[];
BEGIN
    SELECT s.holiday_changes INTO changes
    FROM register.sweep AS s WHERE s.holidays_followed < s.holiday_changes;
    IF changes IS NULL THEN
        RETURN 0;
    END IF;
    cases := ARRAY(SELECT c.id FROM register.complaint AS c
                   WHERE c.id IN (SELECT m.complaint FROM rules.clock_misdated(today) AS m LIMIT most)
                   ORDER BY c.id FOR UPDATE SKIP LOCKED);
    UPDATE register.clock AS k SET due_on = m.due_on, reminded_on = NULL
    FROM rules.clock_misdated(today) AS m
    WHERE m.complaint = ANY (cases)
      AND k.complaint = m.complaint AND k.kind = m.kind AND k.began_on = m.began_on;
    IF NOT EXISTS (SELECT FROM rules.clock_misdated(today)) THEN
        UPDATE register.sweep AS s SET holidays_followed = changes
        FROM (SELECT x.one FROM register.sweep AS x FOR UPDATE SKIP LOCKED) AS mine
        WHERE s.one = mine.one;
    END IF;
    RETURN cardinality(cases);
END;
$$;
COMMENT ON FUNCTION rules.clock_redate(date, integer) IS
    'Let running clocks follow the holidays as they are now';
