-- The reporter freezes the statistics of some months, approved by somebody on a day, for the
-- agency's website. The months must have ended. One approved later, or on the same day, replaces
-- that of the same months. The hash is of the document as it is read, approval included, and is
-- what the leaf commits to. Publications of a year wait for each other: the second one sees what
-- the first one left to be replaced.
CREATE OR REPLACE FUNCTION rules.statistics_publish(now timestamptz, actor text, params jsonb,
                                                    body jsonb, OUT status integer,
                                                    OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me     register.principal := rules.caller(actor, 'statistics_publish');
    event  uuid := rules.uuid_member(body, 'event_id');
    hash   bytea := rules.request_hash('statistics_publish', jsonb_build_object('id', params -> 'fy'),
                                      body);
    asked  record;
    stands register.publication; -- of the same months
    frozen register.publication;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'months', 'approved_by', 'approved_on');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT y.fy INTO frozen.fy FROM register.fiscal_year AS y
    WHERE y.fy::text = params ->> 'fy' AND y.opens <= rules.bangkok_day(now)
    FOR NO KEY UPDATE;
    IF frozen.fy IS NULL THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    SELECT * INTO asked FROM rules.month_range(rules.text_member(body, 'months'));
    frozen.approved_by := rules.text_member(body, 'approved_by');
    frozen.approved_on := rules.date_member(body, 'approved_on');
    IF rules.bangkok_day(now) < rules.year_opens(frozen.fy) + asked.last_month * interval '1 month'
    THEN
        RAISE EXCEPTION '/months have not all ended' USING ERRCODE = 'ZG422';
    ELSIF frozen.approved_on < rules.year_opens(frozen.fy) + asked.last_month * interval '1 month'
    THEN
        RAISE EXCEPTION '/approved_on lies before the end of /months' USING ERRCODE = 'ZG422';
    ELSIF frozen.approved_on > rules.bangkok_day(now) THEN
        RAISE EXCEPTION '/approved_on lies in the future' USING ERRCODE = 'ZG422';
    END IF;
    stands := rules.publication_of(frozen.fy, asked.first_month, asked.last_month);
    IF frozen.approved_on < stands.approved_on THEN
        RAISE EXCEPTION '/approved_on: what % approved on % does not replace what % approved on %',
            frozen.approved_by, frozen.approved_on, stands.approved_by, stands.approved_on
            USING ERRCODE = 'ZG409';
    END IF;
    frozen.document := rules.statistics_document(now, frozen.fy, asked.first_month,
                                                 asked.last_month)::jsonb
                       || jsonb_build_object('approval', jsonb_build_object(
                              'approved_by', frozen.approved_by,
                              'approved_on', frozen.approved_on));
    frozen.sha256 := sha256(convert_to(frozen.document, 'UTF8'));
    INSERT INTO register.publication (fy, first_month, last_month, document, sha256, approved_by,
                                      approved_on, published_at, published_by)
    VALUES (frozen.fy, asked.first_month, asked.last_month, frozen.document, frozen.sha256,
            frozen.approved_by, frozen.approved_on, now, me.name);
    status := 201;
    content := jsonb_build_object(
        'fy', frozen.fy, 'months', asked.first_month || '-' || asked.last_month,
        'sha256', encode(frozen.sha256, 'hex'), 'approved_by', frozen.approved_by,
        'approved_on', frozen.approved_on, 'published_at', now, 'published_by', me.name);
    PERFORM rules.append(now, me, 'statistics_published', event_id => event, request_hash => hash,
                         fields => content, status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.statistics_publish(timestamptz, text, jsonb, jsonb) IS
    'The reporter freezes statistics for the agency''s website';
