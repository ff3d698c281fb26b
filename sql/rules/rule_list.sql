-- The rules of the register, every version. Rule sets that scores are made by: their scales, and the
-- levels of those that look for evidence. Clocks: how long each step may take, by which source, and
-- who has confirmed it (null: nobody yet). Holidays, by which working days are counted, from the
-- present fiscal year on.
CREATE OR REPLACE FUNCTION rules.rule_list(now timestamptz, actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint,
                                           OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM rules.caller(actor, 'rule_list');
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
               'code', r.code, 'name_th', r.name_th, 'name_en', r.name_en, 'version', r.version,
               'order_no', r.order_no, 'adopted_on', r.adopted_on,
               'effective_from', r.effective_from,
               'scale', (SELECT coalesce(json_object_agg(s.level, s.threshold::text
                                                         ORDER BY s.level), '{}')
                         FROM register.scale AS s
                         WHERE s.code = r.code AND s.version = r.version),
               'levels', (SELECT coalesce(json_agg(json_build_object(
                                     'level', l.level, 'text_th', l.th, 'text_en', l.en,
                                     'ours', l.ours) ORDER BY l.level), '[]')
                          FROM register.rule_level AS l
                          WHERE l.code = r.code AND l.version = r.version))
               ORDER BY r.code, r.version), '[]'),
               'clocks', (
                   SELECT coalesce(json_agg(json_build_object(
                              'kind', c.kind, 'name_th', c.th, 'name_en', c.en,
                              'effective_from', c.effective_from, 'days', c.days,
                              'working', c.working, 'pausable', c.pausable, 'source', c.source,
                              'confirmed_by', c.confirmed_by)
                              ORDER BY c.kind, c.effective_from), '[]')
                   FROM register.clock_rule AS c),
               'holidays', (
                   SELECT coalesce(json_agg(json_build_object(
                              'day', h.day, 'version', h.version, 'holds', h.holds,
                              'name_th', h.th, 'name_en', h.en, 'source', h.source)
                              ORDER BY h.day, h.version), '[]')
                   FROM register.holiday AS h
                   WHERE h.day >= (SELECT max(y.opens) FROM register.fiscal_year AS y
                                   WHERE y.opens <= rules.bangkok_day(now))))
    INTO content
    FROM register.rule_set AS r;
END;
$$;
COMMENT ON FUNCTION rules.rule_list(timestamptz, text, jsonb, jsonb) IS
    'The rules of the register: of scores, clocks and holidays';
