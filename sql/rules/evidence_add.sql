-- The head of the legal group or of the alternate records a piece of evidence for 4.1 or 4.2. Which
-- members a kind needs and may have is in register.evidence_kind.
CREATE OR REPLACE FUNCTION rules.evidence_add(now timestamptz, actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me     register.principal := rules.caller(actor, 'evidence_add');
    event  uuid := rules.uuid_member(body, 'event_id');
    hash   bytea := rules.request_hash('evidence_add', params, body);
    kind   register.evidence_kind;
    piece  register.evidence;
    lacked text;
BEGIN
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT * INTO kind FROM register.evidence_kind AS k
    WHERE k.kind = rules.text_member(body, 'kind');
    IF kind.kind IS NULL THEN
        RAISE EXCEPTION '/kind is not a known code' USING ERRCODE = 'ZG422';
    END IF;
    PERFORM rules.only_members(body, VARIADIC ARRAY['event_id', 'kind', 'criterion', 'valid_from']
                                              || kind.required || kind.optional);
    SELECT r INTO lacked FROM unnest(kind.required) AS r WHERE body ->> r IS NULL LIMIT 1;
    IF lacked IS NOT NULL THEN
        RAISE EXCEPTION '/% is missing', lacked USING ERRCODE = 'ZG422';
    END IF;

    piece.id := gen_random_uuid();
    piece.kind := kind.kind;
    piece.criterion := rules.text_member(body, 'criterion');
    piece.unit := rules.text_member(body, 'unit', false);
    piece.order_no := rules.text_member(body, 'order_no', false);
    piece.order_date := rules.date_member(body, 'order_date', false);
    piece.url := rules.text_member(body, 'url', false);
    piece.audience := rules.text_member(body, 'audience', false);
    piece.document_sha256 := rules.hash_member(body, 'document_sha256', false);
    piece.valid_from := rules.date_member(body, 'valid_from');
    piece.expires_on := rules.date_member(body, 'expires_on', false);
    piece.officer := rules.text_member(body, 'officer', false);
    piece.note := rules.text_member(body, 'note', false);
    piece.recorded_at := now;
    piece.recorded_by := me.name;
    IF piece.criterion <> ALL (kind.criteria) THEN
        RAISE EXCEPTION '/criterion is none that this kind serves' USING ERRCODE = 'ZG422';
    ELSIF piece.unit IS NOT NULL
          AND NOT EXISTS (SELECT FROM register.unit AS u WHERE u.code = piece.unit) THEN
        RAISE EXCEPTION '/unit is not a known unit' USING ERRCODE = 'ZG422';
    ELSIF piece.officer IS NOT NULL
          AND NOT EXISTS (SELECT FROM register.principal AS p
                          WHERE p.name = piece.officer AND p.unit = piece.unit) THEN
        RAISE EXCEPTION '/officer is nobody of the unit' USING ERRCODE = 'ZG422';
    ELSIF piece.order_date > rules.bangkok_day(now) THEN
        RAISE EXCEPTION '/order_date lies in the future' USING ERRCODE = 'ZG422';
    ELSIF piece.url !~ '^https?://[^[:space:]]+$' THEN
        RAISE EXCEPTION '/url must begin with http:// or https://' USING ERRCODE = 'ZG422';
    ELSIF piece.audience NOT IN ('internal', 'external') THEN
        RAISE EXCEPTION '/audience must be internal or external' USING ERRCODE = 'ZG422';
    ELSIF piece.expires_on < piece.valid_from THEN
        RAISE EXCEPTION '/expires_on lies before /valid_from' USING ERRCODE = 'ZG422';
    END IF;

    INSERT INTO register.evidence SELECT piece.*;
    status := 201;
    content := rules.evidence_json(piece);
    PERFORM rules.append(now, me, 'evidence_recorded', event_id => event, request_hash => hash,
                         fields => body - 'event_id', status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.evidence_add(timestamptz, text, jsonb, jsonb) IS
    'The head of the legal group records a piece of evidence';
