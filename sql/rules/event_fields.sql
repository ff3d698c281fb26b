-- What a request tells with an event, each member checked by its type in register.event_field;
-- cases as their ids, lists sorted, no day before the complaint was received. Of what is sealed only
-- its presence is looked at: it is an envelope, {content, wraps} in base64, which the daemon has made of
-- a text.
CREATE OR REPLACE FUNCTION rules.event_fields(now timestamptz, actor text, received_on date,
                                              event_kind text, body jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told   jsonb := '{}';
    member register.event_field;
    value  jsonb;
    day    date;
BEGIN
    PERFORM rules.only_members(body, VARIADIC ARRAY(
        SELECT f.field FROM register.event_field AS f WHERE f.kind = event_kind
        UNION ALL VALUES ('event_id'), ('kind')));
    FOR member IN SELECT f.* FROM register.event_field AS f
                  WHERE f.kind = event_kind AND body -> f.field <> 'null' ORDER BY f.field
    LOOP
        CASE member.type
        WHEN 'sealed' THEN
            value := body -> member.field;
            IF jsonb_typeof(value) <> 'object' OR NOT value ?& '{content,wraps}' THEN
                RAISE EXCEPTION '/% must be a text, sealed', member.field USING ERRCODE = 'ZG422';
            END IF;
        WHEN 'text' THEN
            value := to_jsonb(rules.text_member(body, member.field));
        WHEN 'day' THEN
            day := rules.date_member(body, member.field);
            IF day > rules.bangkok_day(now) THEN
                RAISE EXCEPTION '/% lies in the future', member.field USING ERRCODE = 'ZG422';
            ELSIF day < received_on THEN -- which for what was imported may be years ago
                RAISE EXCEPTION '/% lies before the day on which the complaint was received',
                    member.field USING ERRCODE = 'ZG422';
            END IF;
            value := to_jsonb(day);
        WHEN 'boolean' THEN
            value := to_jsonb(rules.boolean_member(body, member.field));
        WHEN 'principal', 'unit' THEN
            value := to_jsonb(rules.code_member(body, member.field));
            IF rules.named_unknown(ARRAY[value #>> '{}'], member.type = 'principal',
                                   member.type = 'unit') THEN
                RAISE EXCEPTION '/% is not known to the register', member.field
                    USING ERRCODE = 'ZG422';
            END IF;
        WHEN 'case' THEN
            value := to_jsonb(rules.case_named(actor, member.field,
                                               rules.text_member(body, member.field)));
        WHEN 'cases' THEN
            SELECT coalesce(jsonb_agg(rules.case_named(actor, member.field, n) ORDER BY n), '[]')
            INTO value
            FROM unnest(rules.list_member(body, member.field, 0, 20)) AS n;
        WHEN 'principals', 'codes' THEN
            SELECT jsonb_agg(DISTINCT n ORDER BY n) INTO value
            FROM unnest(rules.list_member(body, member.field, 1, 20)) AS n;
            IF rules.named_unknown(ARRAY(SELECT jsonb_array_elements_text(value)), true,
                                   member.type = 'codes') THEN
                RAISE EXCEPTION '/% names somebody not in the register', member.field
                    USING ERRCODE = 'ZG422';
            END IF;
        WHEN 'subjects' THEN
            value := to_jsonb(rules.list_member(body, member.field, 2, 20));
            IF EXISTS (SELECT FROM jsonb_array_elements_text(value) AS n
                       WHERE NOT EXISTS (SELECT FROM register.taxonomy AS t
                                         WHERE t.kind = 'subject' AND t.code = n)) THEN
                RAISE EXCEPTION '/% must be known codes', member.field USING ERRCODE = 'ZG422';
            END IF;
        ELSE -- the code of a list that bears the type's name
            value := to_jsonb(rules.text_member(body, member.field));
            IF NOT EXISTS (SELECT FROM register.taxonomy AS t
                           WHERE t.kind = member.type AND t.code = value #>> '{}'
                           UNION ALL
                           SELECT FROM register.outcome AS o
                           WHERE member.type = 'outcome' AND o.code = value #>> '{}') THEN
                RAISE EXCEPTION '/% is not a known code', member.field USING ERRCODE = 'ZG422';
            END IF;
        END CASE;
        told := told || jsonb_build_object(member.field, value);
    END LOOP;
    RETURN told;
END;
$$;
COMMENT ON FUNCTION rules.event_fields(timestamptz, text, date, text, jsonb) IS
    'What a request tells with an event, checked';
