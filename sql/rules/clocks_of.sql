-- The clocks of a case as the items of a JSON list, without its brackets; NULL if it has none. A set of
-- one, without settings of its own, so that it is inlined where it stands in a FROM.
CREATE OR REPLACE FUNCTION rules.clocks_of(asked uuid)
RETURNS TABLE (items text)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT string_agg(format('{"kind":"%s","name_th":"%s","name_en":"%s","began_on":"%s",'
                             '"due_on":"%s","paused_on":%s,"paused_days":%s,"met_on":%s}',
                             k.kind, r.th, r.en, k.began_on, k.due_on,
                             coalesce(to_json(k.paused_on), 'null'), k.paused_days,
                             coalesce(to_json(k.met_on), 'null')),
                      ',' ORDER BY k.due_on, k.kind)
    FROM register.clock AS k
    CROSS JOIN LATERAL rules.clock_rule_of(k.kind, k.began_on) AS r
    WHERE k.complaint = asked;
END;
COMMENT ON FUNCTION rules.clocks_of(uuid) IS 'The clocks of a case as items of a JSON list';
