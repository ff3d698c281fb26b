-- Hide the other cases of a letter as one of them was just hidden, by an accusation or an interest:
-- who must not see one part must not read the letter. Each has an event of its own, with what was told
-- but for the texts, which are sealed for the one event; `letter` names what they are parts of.
CREATE OR REPLACE FUNCTION rules.case_hide_letter(now timestamptz, caller register.principal,
                                                  f register.complaint, move register.move,
                                                  told jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clear CONSTANT jsonb := (SELECT coalesce(jsonb_object_agg(t.key, t.value), '{}')
                             FROM jsonb_each(told) AS t WHERE NOT t.value ? 'wraps')
                            || jsonb_build_object('letter', coalesce(f.parent, f.id));
    other register.complaint;
BEGIN
    FOR other IN SELECT c.* FROM register.complaint AS c
                 WHERE c.id = ANY (rules.case_letter(f.id)) AND c.id <> f.id ORDER BY c.id
    LOOP
        PERFORM rules.case_apply(now, caller, other, move, clear);
    END LOOP;
END;
$$;
COMMENT ON FUNCTION rules.case_hide_letter(timestamptz, register.principal, register.complaint,
                                           register.move, jsonb) IS
    'Hide the other cases of a letter as one of them was just hidden';
