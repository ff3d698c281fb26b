-- One clock is nearly due, or past its day: the event, the mark that it was told, the mail. Where nobody
-- is left whom a case past its day could be told to, the auditors are.
CREATE OR REPLACE FUNCTION rules.clock_ring(now timestamptz, clock register.clock) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today  CONSTANT date := rules.bangkok_day(now);
    system CONSTANT register.principal := rules.system_principal();
    rule   CONSTANT register.clock_rule := rules.clock_rule_of(clock.kind, clock.began_on);
    late   CONSTANT boolean := clock.due_on < today;
    c      register.complaint;
BEGIN
    SELECT x.* INTO c FROM register.complaint AS x WHERE x.id = clock.complaint;
    UPDATE register.clock AS k
    SET escalated_on = CASE WHEN late THEN today ELSE k.escalated_on END,
        reminded_on = CASE WHEN late THEN k.reminded_on ELSE today END
    WHERE k.complaint = clock.complaint AND k.kind = clock.kind AND k.began_on = clock.began_on
      AND k.met_on IS NULL;
    IF NOT FOUND THEN
        RETURN; -- met by an earlier event of this pass
    END IF;
    IF clock.kind = 'unassigned' AND NOT rules.case_unassigned(c) THEN -- who had left is back
        UPDATE register.clock AS k SET met_on = today
        WHERE k.complaint = c.id AND k.kind = 'unassigned' AND k.met_on IS NULL;
        RETURN;
    END IF;
    IF clock.kind = 'particulars' AND late THEN
        PERFORM rules.case_apply(now, system, c,
                                 rules.case_move(now, 'time_out', c, ARRAY['system'], 'system', '{}',
                                                 'system'),
                                 '{}');
        RETURN;
    END IF;

    IF late AND clock.kind = 'result' AND c.parent IS NULL AND c.identity <> 'letter' THEN
        INSERT INTO register.clock (complaint, kind, began_on, due_on, rank, position)
        VALUES (c.id, 'interim', clock.due_on, rules.clock_due('interim', clock.due_on),
                clock.rank, clock.position)
        ON CONFLICT DO NOTHING;
    END IF;
    PERFORM rules.outbox_add(now, c, clock.kind,
                             ARRAY[CASE WHEN late AND EXISTS (
                                            SELECT FROM rules.case_seen AS s
                                            WHERE s.id = c.id AND rule.escalate_role = ANY (s.acts_as))
                                        THEN rule.escalate_role
                                        WHEN late THEN 'auditor'
                                        WHEN rule.remind_role = 'investigator' AND c.investigator IS NULL
                                        THEN 'head' ELSE rule.remind_role END],
                             due_on => clock.due_on);
    UPDATE register.complaint AS x SET noted_at = coalesce(x.noted_at, now) WHERE x.id = c.id;
    PERFORM rules.append(now, system, CASE WHEN late THEN 'escalated' ELSE 'reminded' END,
                         complaint => c.id,
                         fields => jsonb_build_object('clock', clock.kind, 'due_on', clock.due_on));
END;
$$;
COMMENT ON FUNCTION rules.clock_ring(timestamptz, register.clock) IS
    'One clock is nearly due, or past its day';
