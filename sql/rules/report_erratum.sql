-- The reporter adds to an issued report what became known since. The document itself stays.
CREATE OR REPLACE FUNCTION rules.report_erratum(now timestamptz, actor text, params jsonb,
                                                body jsonb, OUT status integer,
                                                OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me    register.principal := rules.caller(actor, 'report_erratum');
    event uuid := rules.uuid_member(body, 'event_id');
    hash  bytea := rules.request_hash('report_erratum', jsonb_build_object('id', params -> 'fy'),
                                      body);
    asked record;
    words text;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'edition', 'text');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT * INTO asked
    FROM rules.report_edition(now, params || jsonb_strip_nulls(jsonb_build_object(
             'edition', rules.text_member(body, 'edition', false))));
    words := rules.paragraph_member(body, 'text', true, '/');
    IF NOT EXISTS (SELECT FROM register.report_issue AS i
                   WHERE i.fy = asked.fy AND i.edition = asked.edition) THEN
        RAISE EXCEPTION 'the report is not issued: a draft needs no erratum'
            USING ERRCODE = 'ZG409';
    END IF;
    INSERT INTO register.report_erratum (fy, edition, text, recorded_at, recorded_by)
    VALUES (asked.fy, asked.edition, words, now, me.name);
    status := 201;
    content := jsonb_build_object('fy', asked.fy, 'edition', asked.edition, 'text', words,
                                  'recorded_at', now, 'recorded_by', me.name);
    PERFORM rules.append(now, me, 'report_erratum', event_id => event, request_hash => hash,
                         fields => content, status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.report_erratum(timestamptz, text, jsonb, jsonb) IS
    'The reporter adds to an issued report what became known since';
