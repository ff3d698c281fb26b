-- Whether a condition of the machine holds: for a case, whoever acts in it, and what he tells.
-- NULL, where what is told does not say, is no. `fields` is NULL where nothing is told yet: then a
-- condition fails only if it fails whatever is told.
CREATE OR REPLACE FUNCTION rules.condition_holds(condition text, now timestamptz,
                                                 f register.complaint, actor text, fields jsonb)
RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    counted CONSTANT text[] := ARRAY['C1', 'C2', 'CX'];
    known   register.event; -- the event that the answer depends on
BEGIN
    IF fields IS NULL AND condition = ANY (rules.conditions_told()) THEN
        RETURN NULL;
    END IF;
    CASE condition
    WHEN 'ticked' THEN
        RETURN f.identity <> 'letter'
            OR fields ?& ARRAY['states_evidence', 'plain_circumstances', 'names_witness'];
    WHEN 'screened' THEN -- a part as its parent was
        RETURN EXISTS (SELECT FROM register.event AS e
                       WHERE e.complaint IN (f.id, f.parent) AND e.kind = 'screen');
    WHEN 'letter_stands' THEN
        SELECT e.* INTO known FROM register.event AS e
        WHERE e.complaint IN (f.id, f.parent) AND e.kind = 'screen'
        ORDER BY e.position DESC LIMIT 1;
        RETURN f.identity <> 'letter'
            OR known.fields @> '{"states_evidence": true, "plain_circumstances": true,
                                 "names_witness": true}';
    WHEN 'investigated', 'never_investigated' THEN -- by the group that has it now
        RETURN (condition = 'investigated') = EXISTS (
            SELECT FROM register.event AS e
            WHERE e.complaint = f.id AND e.to_state = 'INVESTIGATING'
              AND e.position > coalesce((SELECT max(r.position) FROM register.event AS r
                                         WHERE r.complaint = f.id AND r.fields ? 'route'), 0));
    WHEN 'reachable' THEN
        RETURN f.identity <> 'letter';
    WHEN 'asked_in_triage', 'asked_in_investigation' THEN
        SELECT e.* INTO known FROM register.event AS e
        WHERE e.complaint = f.id AND e.to_state = 'WAITING_COMPLAINANT'
        ORDER BY e.position DESC LIMIT 1;
        RETURN known.from_state = CASE condition WHEN 'asked_in_triage' THEN 'TRIAGE'
                                                 ELSE 'INVESTIGATING' END;
    WHEN 'time_is_up' THEN
        RETURN EXISTS (SELECT FROM register.clock AS k
                       WHERE k.complaint = f.id AND k.kind = 'particulars' AND k.met_on IS NULL
                         AND k.due_on < rules.bangkok_day(now));
    WHEN 'outside' THEN
        RETURN f.class = 'CT';
    WHEN 'result_known' THEN
        SELECT e.* INTO known FROM register.event AS e
        WHERE e.complaint = f.id AND e.kind = 'refer' ORDER BY e.position DESC LIMIT 1;
        RETURN EXISTS (SELECT FROM register.event AS e
                       WHERE e.complaint = f.id AND e.kind = 'reply'
                         AND e.position > known.position AND e.fields @> '{"result": true}');
    WHEN 'outcome_fits' THEN
        RETURN EXISTS (SELECT FROM register.outcome AS o
                       WHERE o.code = coalesce(fields ->> 'outcome', o.code)
                         AND rules.outcome_misfit(o.code, now, f, actor) IS NULL);
    WHEN 'outcome_stands' THEN -- whoever decides on it need not see all that it was proposed by
        RETURN rules.outcome_misfit(rules.case_proposal(f.id) ->> 'outcome', now, f, NULL) IS NULL;
    WHEN 'parts_closed' THEN
        RETURN NOT EXISTS (SELECT FROM register.complaint AS p
                           WHERE p.parent = f.id AND p.state <> 'CLOSED');
    WHEN 'other_person' THEN
        RETURN rules.case_proposal(f.id) ->> 'by' <> actor
           AND NOT rules.has_investigated(actor, f.id);
    WHEN 'assignable' THEN
        RETURN EXISTS (SELECT FROM rules.case_investigators(f) AS i
                       WHERE i.name = coalesce(fields ->> 'investigator', i.name));
    WHEN 'signed' THEN
        RETURN EXISTS (SELECT FROM register.principal AS p
                       WHERE p.name = coalesce(fields ->> 'signatory', p.name)
                         AND 'director' = ANY (p.role_set)
                         AND NOT rules.hidden_from(p, f.id));
    WHEN 'needs_order' THEN
        RETURN f.class IN ('C1', 'C2', 'CX', 'CI');
    WHEN 'parent_open' THEN
        RETURN NOT EXISTS (SELECT FROM register.complaint AS p
                           WHERE p.id = f.parent AND p.state = 'CLOSED');
    WHEN 'still_counts' THEN
        RETURN f.class = ANY (counted) AND fields ->> 'class' = ANY (counted);
    WHEN 'class_differs' THEN
        RETURN fields ->> 'class' <> f.class;
    WHEN 'not_itself' THEN
        RETURN NOT coalesce(fields ->> 'original' = f.id::text
                            OR fields -> 'duplicates' ? f.id::text, false);
    WHEN 'unlinked' THEN
        RETURN f.duplicate_of IS NULL;
    WHEN 'whole' THEN
        RETURN f.parent IS NULL;
    WHEN 'original_whole' THEN
        RETURN NOT EXISTS (SELECT FROM register.complaint AS o
                           WHERE o.id = (fields ->> 'original')::uuid AND o.parent IS NOT NULL);
    WHEN 'original_first' THEN -- so that no links make a circle
        RETURN NOT EXISTS (SELECT FROM register.complaint AS o
                           WHERE o.id = (fields ->> 'original')::uuid
                             AND o.duplicate_of IS NOT NULL);
    WHEN 'hidden_alike' THEN
        RETURN rules.hidden_alike(f, (fields ->> 'original')::uuid);
    WHEN 'linked' THEN -- an investigator may see one of the two alone
        RETURN f.duplicate_of IS NOT NULL AND (actor IS NULL OR rules.sees_case(actor, f.duplicate_of));
    WHEN 'splittable' THEN
        RETURN f.parent IS NULL;
    WHEN 'accuses' THEN
        RETURN fields ?| ARRAY['accused_unit', 'accused_role', 'accused', 'conflict'];
    WHEN 'transferred' THEN
        SELECT e.* INTO known FROM register.event AS e
        WHERE e.complaint = f.id AND e.kind = 'transfer' ORDER BY e.position DESC LIMIT 1;
        RETURN known.position IS NOT NULL
           AND (f.identity = 'letter' -- of a letter there is nobody to tell
                OR EXISTS (SELECT FROM register.event AS e
                           WHERE e.complaint = f.id AND e.kind = 'note'
                             AND e.position > known.position
                             AND e.fields @> '{"audience": "complainant"}'));
    WHEN 'withdrawn' THEN
        RETURN EXISTS (SELECT FROM register.event AS e
                       WHERE e.complaint IN (f.id, f.parent) AND e.kind = 'withdraw');
    END CASE;
END;
$$;
COMMENT ON FUNCTION rules.condition_holds(text, timestamptz, register.complaint, text, jsonb) IS
    'Whether a condition of the machine holds for a case';
