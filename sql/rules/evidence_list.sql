-- Evidence, newest first: all of it for who oversees, else what concerns one's own unit. With a
-- fiscal year, what counted on a day of it; `expired` then speaks of the day its scores look at.
CREATE OR REPLACE FUNCTION rules.evidence_list(now timestamptz, actor text, params jsonb,
                                               body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       register.principal := rules.caller(actor, 'evidence_list');
    oversees boolean := me.role_set && ARRAY['head', 'director', 'auditor', 'reporter',
                                             'secretary', 'committee'];
    span     register.fiscal_year;
BEGIN
    IF params ->> 'kind' <> ALL (ARRAY(SELECT k.kind FROM register.evidence_kind AS k)) THEN
        RAISE EXCEPTION 'kind is not a known code' USING ERRCODE = 'ZG422';
    ELSIF params ->> 'criterion' <> ALL (ARRAY(SELECT unnest(k.criteria)
                                               FROM register.evidence_kind AS k)) THEN
        RAISE EXCEPTION 'criterion is none that evidence serves' USING ERRCODE = 'ZG422';
    END IF;
    IF params ? 'fy' THEN
        SELECT * INTO span FROM register.fiscal_year AS y
        WHERE y.fy = rules.year_asked(now, params);
    END IF;
    status := 200;
    SELECT json_build_object('items', coalesce(json_agg(
               rules.evidence_json(e) || jsonb_strip_nulls(jsonb_build_object(
                   'ended_on', x.ended_on, 'end_reason', x.end_reason,
                   'expired', coalesce(x.until < least(rules.bangkok_day(now), span.closes),
                                       false)))
               ORDER BY e.recorded_at DESC, e.id), '[]'))
    INTO content
    FROM register.evidence AS e
    JOIN rules.evidence_counted AS x ON x.id = e.id
    WHERE (oversees OR e.unit = me.unit)
      AND (params ->> 'criterion' IS NULL OR e.criterion = params ->> 'criterion')
      AND (params ->> 'kind' IS NULL OR e.kind = params ->> 'kind')
      AND (span.fy IS NULL OR e.valid_from <= span.closes
                          AND coalesce(x.until, 'infinity')
                              >= greatest(span.opens, e.valid_from));
END;
$$;
COMMENT ON FUNCTION rules.evidence_list(timestamptz, text, jsonb, jsonb) IS
    'Evidence for 4.1 and 4.2, as the caller may see it';
