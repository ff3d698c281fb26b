-- The reporter issues a report: the document of this moment is stored and stays. Not before the
-- closing day is past. What is missing must be acknowledged by name, and the report prints it.
CREATE OR REPLACE FUNCTION rules.report_issue(now timestamptz, actor text, params jsonb,
                                              body jsonb, OUT status integer,
                                              OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me     register.principal := rules.caller(actor, 'report_issue');
    event  uuid := rules.uuid_member(body, 'event_id');
    hash   bytea := rules.request_hash('report_issue', jsonb_build_object('id', params -> 'fy'),
                                      body);
    asked  record;
    f      jsonb; -- one snapshot for all: what is missing, the document and the score summary
    known  text[];
    lacks  text[];
    issued register.report_issue;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'edition', 'acknowledge');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT * INTO asked
    FROM rules.report_edition(now, params || jsonb_strip_nulls(jsonb_build_object(
             'edition', rules.text_member(body, 'edition', false))));
    IF asked.edition = 'scores' THEN
        RAISE EXCEPTION '/edition: the score summary is made by a submission'
            USING ERRCODE = 'ZG422';
    END IF;
    IF (SELECT rules.bangkok_day(now) <= y.closing_day FROM register.fiscal_year AS y
        WHERE y.fy = asked.fy) THEN
        RAISE EXCEPTION 'the closing day of the year is not past' USING ERRCODE = 'ZG409';
    END IF;
    IF jsonb_typeof(coalesce(body -> 'acknowledge', '[]')) <> 'array' THEN
        RAISE EXCEPTION '/acknowledge must be an array' USING ERRCODE = 'ZG422';
    END IF;
    SELECT coalesce(array_agg(a ORDER BY a), '{}') INTO known
    FROM jsonb_array_elements_text(coalesce(body -> 'acknowledge', '[]')) AS a;
    f := rules.report_figures(now, asked.fy);
    lacks := rules.report_lacks(f);
    IF NOT known @> lacks THEN
        RAISE EXCEPTION '/acknowledge must name what is missing: %', array_to_string(lacks, ', ')
            USING ERRCODE = 'ZG409';
    ELSIF NOT lacks @> known THEN
        RAISE EXCEPTION '/acknowledge names what is not missing' USING ERRCODE = 'ZG422';
    END IF;

    issued := rules.report_freeze(now, me, asked.fy, asked.edition, f,
                                  rules.report_document(f, asked.edition, known)::text, known);
    status := 201;
    content := jsonb_build_object('fy', issued.fy, 'edition', issued.edition,
                                  'issued_at', issued.issued_at, 'issued_by', issued.issued_by,
                                  'sha256', encode(issued.sha256, 'hex'),
                                  'log_size', issued.log_size, 'acknowledged', to_jsonb(known));
    PERFORM rules.append(now, me, 'report_issued', event_id => event, request_hash => hash,
                         fields => content, status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.report_issue(timestamptz, text, jsonb, jsonb) IS
    'The reporter issues a report';
