"""What an office may rely on when it submits: one number, once, all or nothing, and faults told at once."""

import contextlib
import hashlib
import hmac
import json
import random
import re
import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import vault
from harness import Site, complaint, fiscal_year, running_site, today, told, wait_until
from load import check_register

OFFICES = [f"TH-{number}" for number in (51, 52, 53, 54, 55, 56, 57, 58, 60, 61)]
SECRET = "ความลับ-7719-SECRET"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture(scope="module")
def site():
    with running_site(*((office, office, "officer") for office in OFFICES), ("mover", "TH-62", "officer")) as made:
        yield made


def put(site, body, actor="TH-50", headers=None, connection=None):
    """Submit; body is an object or, to be sent as they are, its bytes."""
    id = json.loads(body)["id"] if isinstance(body, bytes) else body["id"]
    return site.request(actor, "PUT", f"/v1/complaints/{id}", body, headers, connection)


def detail(answer):
    return answer.json["type"].removeprefix("urn:grievd:problem:"), answer.json.get("detail")


def number_of(answer):
    """The series of a ref and its number."""
    series, number = answer.json["ref"].rsplit("/", 1)
    return series, int(number)


# -- accepted


def test_a_submission_gets_a_number_a_code_and_its_place(site):
    body = complaint()
    answer = put(site, body)
    assert answer.status == 201
    assert answer.headers["Location"] == f"/v1/complaints/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    value = answer.json
    assert set(value) == {"id", "ref", "state", "route", "track", "index", "leaf", "opening", "receipt"}
    assert (value["id"], value["state"], value["route"]) == (body["id"], "RECEIVED", "legal")
    assert re.fullmatch(rf"TH-50/{fiscal_year(today())}/[0-9]{{4,}}", value["ref"])
    assert re.fullmatch(f"[0-7][{CROCKFORD}]{{25}}", value["track"])


def test_an_id_in_capitals_is_the_same_id(site):
    body = complaint()
    first = put(site, body)
    again = site.request("TH-50", "PUT", f"/v1/complaints/{body['id'].upper()}", body)
    assert (first.status, again.status) == (201, 200)
    assert told(again) == told(first)


@pytest.mark.parametrize("headers", [{}, {"Griev-Nonce": secrets.token_hex(32)}], ids=["derived", "brought"])
def test_a_repeat_gets_the_same_answer_wherever_it_comes_in(site, headers):
    body = complaint()
    connection = site.connect("TH-50")
    first = put(site, body, headers=headers, connection=connection)
    same = put(site, body, headers=headers, connection=connection)
    connection.close()
    other = put(site, body, headers=headers)
    assert [each.status for each in (first, same, other)] == [201, 200, 200]
    assert told(first) == told(same) == told(other)
    for again in (same, other):
        assert again.headers["ETag"] == '"1"'
        assert again.headers["Location"] == first.headers["Location"]
    assert site.postgres.psql(f"SELECT count(*) FROM register.event WHERE complaint = '{body['id']}'") == "0"


def test_a_repeat_after_the_case_moved_still_gets_its_first_answer(site):
    body = complaint()
    first = put(site, body)
    taken = site.request("legal", "POST", f"/v1/complaints/{body['id']}/events",
                         {"event_id": str(uuid.uuid4()), "kind": "register"}, {"If-Match": '"1"'})
    assert taken.status == 200
    again = put(site, body)
    assert (again.status, again.json) == (200, first.json)


def test_an_old_nonce_key_still_knows_its_complaints():
    with contextlib.closing(Site()) as own:
        own.start_daemon().await_ready()
        body = complaint()
        first = put(own, body)
        own.stop_daemon()
        new_key = own.folder / "nonce-2.key"
        new_key.write_text("a7" * 32 + "\n")
        new_key.chmod(0o600)
        own.settings["register"] = {"nonce_key": new_key, "nonce_key_id": 2,
                                    "nonce_key_old": f"1:{own.folder / 'nonce.key'}"}
        own.start_daemon().await_ready()
        again = put(own, body)
        assert (again.status, again.json) == (200, first.json)
        other = put(own, {**body, "subject": "other"})
        assert other.status == 409
        own.stop_daemon()
        own.settings["register"] = {"nonce_key": new_key, "nonce_key_id": 2}
        own.start_daemon().await_ready()
        assert put(own, body).status == 409  # as is said of a key that is gone


# -- what it is bound to


def track_of(nonce):
    digest = hashlib.sha256(b"grievd/track/v1\0" + nonce).digest()
    value = int.from_bytes(digest[:16], "big")
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def expand(nonce, label):
    return hmac.digest(nonce, label + b"\x01", "sha256")


def stored(site, id, *columns):
    values = site.postgres.psql(f"SELECT {', '.join(f'encode({each}, $$hex$$)' for each in columns)}"
                                f" FROM register.complaint JOIN register.content USING (position) WHERE id = '{id}'")
    return [bytes.fromhex(each) for each in values.split("|")]


def test_the_commitment_is_that_of_the_bytes_and_the_nonce(site):
    person = {"name": "นางสาวสมศรี", "phone": "081-000-0000"}
    body = complaint(identity="named", complainant=person, accused_role="other", conflict=["TH-90", "TH-12"],
                     channel="agency", source={"agency": "ป.ป.ท.", "letter_no": "12/3", "letter_date": "2024-11-05"})
    sent = json.dumps(body, ensure_ascii=False).encode()
    nonce = secrets.token_bytes(32)
    answer = put(site, sent, headers={"Griev-Nonce": nonce.hex()})
    assert answer.status == 201
    assert answer.json["track"] == track_of(nonce)
    fields = [("v", "1"), ("id", body["id"]), ("unit", "TH-50"), ("submitter", "TH-50"), ("channel", "agency"),
              ("process", "production"), ("subject", "bribery"), ("class", "CX"), ("identity", "named"),
              ("received_on", body["received_on"]), ("accused_role", "other"), ("conflict", "TH-12,TH-90"),
              ("source.agency", "ป.ป.ท."), ("source.letter_no", "12/3"), ("source.letter_date", "2024-11-05")]
    identity = json.dumps(person, ensure_ascii=False).encode()
    parts = {b"M": "".join(f"{key}={value}\n" for key, value in fields).encode(),
             b"B": sent.replace(identity, b"null"), b"I": identity}
    salts, hashes = {}, {}
    for name, content in parts.items():
        label = b"grievd/" + name + b"/v1\0"
        salts[name] = expand(nonce, label)
        hashes[name] = hashlib.sha256(label + salts[name] + hashlib.sha256(content).digest()).digest()
    commit = hashlib.sha256(b"grievd/commit/v1\0" + hashes[b"M"] + hashes[b"B"] + hashes[b"I"]).digest()
    kept = vault.Stored(site, body["id"])
    assert kept.open_body("legal") == (salts[b"B"], parts[b"B"])
    assert kept.open_identity(1, 3) == (salts[b"I"], parts[b"I"])
    assert stored(site, body["id"], "commit", "opening") == [commit, salts[b"M"] + hashes[b"B"] + hashes[b"I"]]


def test_a_nonce_that_nobody_brought_follows_from_the_key_and_the_bytes(site):
    body = complaint()
    sent = json.dumps(body).encode()
    nonce = hmac.digest(bytes.fromhex("5e" * 32), uuid.UUID(body["id"]).bytes + hashlib.sha256(sent).digest(), "sha256")
    assert put(site, sent).json["track"] == track_of(nonce)


def test_the_register_keeps_neither_nonce_nor_code_and_the_log_neither_of_them(site):
    nonce = secrets.token_hex(32)
    answer = put(site, complaint(narrative=SECRET), headers={"Griev-Nonce": nonce})
    track = answer.json["track"]
    assert site.request(None, "POST", "/v1/track", {"track": track}).status == 200
    database = site.postgres.run("pg_dump", "-h", site.postgres.socket_dir, "-U", "postgres", "--inserts", "grievd")
    log = site.log() + (site.folder / "postgres.log").read_text()
    assert answer.json["id"] in database
    for word in (nonce, track, track.lower(), SECRET):
        assert word not in log
    for word in (nonce, track):
        assert word not in database


@pytest.mark.parametrize("nonce", ["", "00", "g" * 64, "0" * 63, "0" * 65, "0" * 64 + " 1"])
def test_a_nonce_is_64_hexadecimal_digits(site, nonce):
    answer = put(site, complaint(), headers={"Griev-Nonce": nonce})
    assert answer.status == 400
    assert "Griev-Nonce" in detail(answer)[1]


# -- refused as another


def test_the_same_id_for_anything_else_is_one_and_the_same_409(site):
    body = complaint(narrative="เรื่องเดิม")
    sent = json.dumps(body, ensure_ascii=False).encode()
    nonce = {"Griev-Nonce": secrets.token_hex(32)}
    assert put(site, sent, headers=nonce).status == 201
    others = [
        put(site, {**body, "narrative": "เรื่องอื่น"}, headers=nonce),
        put(site, {**body, "class": "C1"}, headers=nonce),
        put(site, sent + b" ", headers=nonce),
        put(site, sent),
        put(site, sent, headers={"Griev-Nonce": secrets.token_hex(32)}),
        put(site, sent, actor="TH-90", headers=nonce),
        put(site, sent, actor="legal", headers=nonce),
    ]
    assert {each.status for each in others} == {409}
    assert len({str(each.masked) for each in others}) == 1
    again = put(site, sent, headers=nonce)
    assert again.status == 200


def test_who_changed_his_office_submits_for_the_new_one(site):
    before = complaint()
    assert put(site, before, "mover").json["ref"].startswith("TH-62/")
    moved = site.request("admin", "POST", "/v1/principals",
                         {"event_id": str(uuid.uuid4()), "name": "mover", "name_th": "ผู้ย้าย", "name_en": "Mover",
                          "unit": "TH-77", "roles": ["officer"], "active": True})
    assert moved.status == 200
    assert put(site, complaint(), "mover").json["ref"].startswith("TH-77/")
    assert put(site, before, "mover").status == 409


# -- batches


@contextlib.contextmanager
def gathering(site):
    """Submissions that arrive meanwhile wait for one that cannot finish, and then go together."""
    with ThreadPoolExecutor(1) as one, site.postgres.session("BEGIN; SELECT FROM register.head FOR UPDATE"):
        first = one.submit(put, site, complaint(), "TH-90")
        wait_until(lambda: site.postgres.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0",
                   "a batch waits for the head")
        yield
    assert first.result().status == 201


def submit_together(site, submissions):
    """All of them in one batch; the answers, in their order. A submission is (actor, body)."""
    before = site.metric("grievd_batches_total")
    connections = [site.connect(actor) for actor, _ in submissions]
    for connection in connections:
        connection.connect()
    with ThreadPoolExecutor(len(submissions)) as pool:
        with gathering(site):
            answers = [pool.submit(put, site, body, actor, None, connection)
                       for (actor, body), connection in zip(submissions, connections)]
            wait_until(lambda: site.metric("grievd_intake_queue") == len(submissions), "all wait")
        answers = [each.result() for each in answers]
    for connection in connections:
        connection.close()
    return answers, site.metric("grievd_batches_total") - before - 1


@pytest.mark.parametrize("actor, change, status, says", [
    ("TH-50", {"box_opening": str(uuid.uuid4())}, 422, "/box_opening"),
    ("reporter", {}, 403, "roles"),
    ("TH-50", {"id": None}, 409, "id"),
], ids=["fault", "forbidden", "taken"])
def test_one_bad_among_99_good_is_told_and_the_good_are_stored(site, actor, change, status, says):
    taken = complaint()
    assert put(site, taken).status == 201
    bad = {**complaint(), **change}
    bad["id"] = bad["id"] or taken["id"]
    bad["narrative"] = SECRET
    submissions = [(OFFICES[k % len(OFFICES)], complaint()) for k in range(99)]
    submissions.insert(37, (actor, bad))
    answers, batches = submit_together(site, submissions)
    assert batches == 1
    refused = answers.pop(37)
    assert (refused.status, says in detail(refused)[1]) == (status, True)
    assert SECRET not in refused.body.decode()
    assert [each.status for each in answers] == [201] * 99
    assert len({each.json["ref"] for each in answers}) == 99
    check_register(site.postgres)


def test_an_id_sent_twice_at_once_is_one_complaint(site):
    body = complaint()
    answers, batches = submit_together(site, [("TH-50", body), ("TH-50", body), ("TH-50", complaint())])
    assert sorted(each.status for each in answers) == [200, 201, 201]
    assert told(answers[0]) == told(answers[1])
    assert batches == 2  # the second waits for the next one
    check_register(site.postgres)


def test_an_id_sent_twice_at_once_for_different_things_is_the_first(site):
    body = complaint()
    answers, _ = submit_together(site, [("TH-51", body), ("TH-52", {**body, "subject": "other"})])
    assert sorted(each.status for each in answers) == [201, 409]
    check_register(site.postgres)


def test_numbers_have_no_gap_however_many_submit_at_once(site):
    before = dict.fromkeys(OFFICES, 0)
    for line in site.postgres.psql("SELECT series, last FROM register.counter").splitlines():
        series, last = line.split("|")
        before[series] = int(last)
    refs = {office: [] for office in OFFICES}
    mutex = threading.Lock()

    def office_works(office, connection):
        own = []
        for k in range(15):
            body = complaint()
            answer = put(site, body, office, None, connection)
            assert answer.status == 201
            own.append(number_of(answer)[1])
            if k % 3 == 0:
                assert told(put(site, body, office, None, connection)) == told(answer)
            if k % 4 == 0:
                assert put(site, complaint(channel="pigeon"), office, None, connection).status == 422
            if k % 5 == 0:
                assert put(site, {**body, "subject": "other"}, office, None, connection).status == 409
        assert own == sorted(own)
        with mutex:
            refs[office] += own

    with ThreadPoolExecutor(2 * len(OFFICES)) as pool:
        connections = [(office, site.connect(office)) for office in OFFICES * 2]
        for done in [pool.submit(office_works, *each) for each in connections]:
            done.result()
    for _, connection in connections:
        connection.close()
    for office in OFFICES:
        assert sorted(refs[office]) == list(range(before[office] + 1, before[office] + 31))
    check_register(site.postgres)


# -- faults


def test_all_faults_are_told_at_once_by_pointer_and_no_value_is_repeated(site):
    body = complaint(channel=SECRET, process=7, subject="", identity="confidential", received_on="2569-01-01",
                     narrative="", accused=[{"name": "ก", "rank": SECRET}, {"position": SECRET}, SECRET],
                     conflict=["TH-90", SECRET], contact={"note": SECRET + "\u0007"}, accused_unit=SECRET,
                     box_opening=SECRET, unexpected=SECRET, **{"class": None})
    answer = put(site, body)
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    site.await_log(answer.headers["X-Request-Id"])
    assert SECRET not in answer.body.decode() and SECRET not in site.log()
    faults = {(each["pointer"], each["code"]) for each in answer.json["errors"]}
    assert faults == {
        ("/channel", "unknown-code"), ("/process", "type"), ("/subject", "unknown-code"), ("/class", "missing"),
        ("/received_on", "format"), ("/narrative", "length"), ("/accused/0/rank", "unknown-key"),
        ("/accused/1/name", "missing"), ("/accused/2", "type"), ("/conflict/1", "unknown-code"),
        ("/contact/note", "control-character"), ("/accused_unit", "unknown-code"), ("/box_opening", "format"),
        ("/box_opening", "mismatch"), ("/complainant", "missing"), ("/unexpected", "unknown-key")}
    for each in answer.json["errors"]:
        assert set(each) == {"pointer", "code", "detail"}


def test_more_faults_than_fit_are_said_to_be_more(site):
    answer = put(site, complaint(**{f"key{k}": SECRET for k in range(40)}))
    assert len(answer.json["errors"]) == 32
    assert answer.json["more_errors"] is True


TOMORROW = (today() + timedelta(days=1)).isoformat()
SOURCE = {"agency": "ป.ป.ช.", "letter_no": "1", "letter_date": "2024-10-01"}


@pytest.mark.parametrize("fields, pointer, code", [
    ({"channel": "pigeon"}, "/channel", "unknown-code"),
    ({"process": "unknown"}, "/process", "unknown-code"),
    ({"subject": "bribes"}, "/subject", "unknown-code"),
    ({"class": "C9"}, "/class", "unknown-code"),
    ({"identity": "Anonymous"}, "/identity", "unknown-code"),
    ({"accused_role": "boss"}, "/accused_role", "unknown-code"),
    ({"accused_unit": "TH-10"}, "/accused_unit", "unknown-code"),
    ({"conflict": ["nobody"]}, "/conflict/0", "unknown-code"),
    ({"accused": [{"name": "ก", "principal": "nobody"}]}, "/accused/0/principal", "unknown-code"),
    ({"channel": None}, "/channel", "missing"),
    ({"narrative": None}, "/narrative", "missing"),
    ({"received_on": None}, "/received_on", "missing"),
    ({"channel": 1}, "/channel", "type"),
    ({"narrative": ["ก"]}, "/narrative", "type"),
    ({"accused": {"name": "ก"}}, "/accused", "type"),
    ({"conflict": "LEGAL"}, "/conflict", "type"),
    ({"contact": "โทร"}, "/contact", "type"),
    ({"received_on": 20240101}, "/received_on", "type"),
    ({"received_on": TOMORROW}, "/received_on", "future"),
    ({"received_on": "2567-10-01"}, "/received_on", "format"),
    ({"received_on": "1999-09-30"}, "/received_on", "no-fiscal-year"),
    ({"received_on": "2024-02-30"}, "/received_on", "format"),
    ({"received_on": "1 ต.ค. 2567"}, "/received_on", "format"),
    ({"narrative": ""}, "/narrative", "length"),
    ({"narrative": "ก" * 33334}, "/narrative", "length"),
    ({"accused": [{"name": "ก" * 167}]}, "/accused/0/name", "length"),
    ({"accused": [{"name": "ก"}] * 21}, "/accused", "length"),
    ({"conflict": ["TH-90"] * 21}, "/conflict", "length"),
    ({"accused": [{"name": "ก\nข"}]}, "/accused/0/name", "control-character"),
    ({"contact": {"note": "\u009b31m"}}, "/contact/note", "control-character"),
    ({"note": "x"}, "/note", "unknown-key"),
    ({"contact": {"fax": "1"}}, "/contact/fax", "unknown-key"),
    ({"a/b~c": 1}, "/a~1b~0c", "unknown-key"),
    ({"identity": "named"}, "/complainant", "missing"),
    ({"identity": "named", "complainant": {"phone": "1"}}, "/complainant/name", "missing"),
    ({"identity": "letter", "complainant": {"name": "ก"}}, "/complainant", "mismatch"),
    ({"channel": "agency"}, "/source", "missing"),
    ({"channel": "agency", "source": {**SOURCE, "letter_no": ""}}, "/source/letter_no", "length"),
    ({"channel": "post", "source": {"receive_no": "1"}}, "/source/receive_date", "missing"),
    ({"channel": "phone", "box_opening": str(uuid.uuid4())}, "/box_opening", "mismatch"),
])
def test_a_fault_is_named(site, fields, pointer, code):
    answer = put(site, complaint(**fields))
    assert answer.status == 422
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [(pointer, code)]


def test_an_id_is_that_of_the_path(site):
    body = complaint()
    for path in (str(uuid.uuid4()), "1", "TH-50%2F2570%2F0001"):
        answer = site.request("TH-50", "PUT", f"/v1/complaints/{path}", body)
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/id")
    for id in ("1", 5, None):
        answer = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", {**body, "id": id})
        assert answer.status == 422


def malformed():
    good = json.dumps(complaint(), ensure_ascii=False).encode()
    deep = b"[" * 200 + b"]" * 200
    yield "nothing", b""
    yield "no JSON", b"complaint"
    yield "half of it", good[:-9]
    yield "more than it", good + b"{}"
    yield "an array", b"[" + good + b"]"
    yield "a string", b'"' + SECRET.encode() + b'"'
    yield "200 levels", good[:-1] + b', "contact": ' + deep + b"}"
    yield "17 levels", good[:-1] + b', "contact": ' + b"[" * 16 + b"]" * 16 + b"}"
    yield "a key twice", good[:-1] + b', "channel": "box"}'
    yield "a key twice, once escaped", good[:-1] + b', "ch\\u0061nnel": "box"}'
    yield "a nested key twice", good[:-1] + b', "contact": {"note": "1", "note": "2"}}'
    yield "invalid UTF-8", good.replace(b"\xe0\xb8\x9e", b"\xe0\xb8", 1)
    yield "overlong UTF-8", good.replace(b"\xe0\xb8\x9e", b"\xc0\xaf", 1)
    yield "a surrogate in UTF-8", good.replace(b"\xe0\xb8\x9e", b"\xed\xa0\x80", 1)
    yield "beyond Unicode", good.replace(b"\xe0\xb8\x9e", b"\xf4\x90\x80\x80", 1)
    yield "a lone surrogate", good.replace(b"\xe0\xb8\x9e", b"\\ud83d", 1)
    yield "a lone low surrogate", good.replace(b"\xe0\xb8\x9e", b"\\ude00", 1)
    yield "U+0000", good.replace(b"\xe0\xb8\x9e", b"\\u0000", 1)
    yield "a bare NUL", good.replace(b"\xe0\xb8\x9e", b"\0", 1)
    yield "U+0000 in a key", good[:-1] + b', "a\\u0000b": 1}'
    yield "a byte order mark", b"\xef\xbb\xbf" + good
    yield "UTF-16", good.decode().encode("utf-16")
    yield "a huge number", good[:-1] + b', "contact": 1e99999}'


@pytest.mark.parametrize("name, sent", [pytest.param(*each, id=each[0]) for each in malformed()])
def test_what_is_no_JSON_object_is_refused_and_nothing_is_repaired(site, name, sent):
    id = complaint()["id"]
    found = re.search(rb'"id": "([0-9a-f-]{36})"', sent)
    connection = site.connect("TH-50")
    answer = site.request("TH-50", "PUT", f"/v1/complaints/{found[1].decode() if found else id}", sent, None, connection)
    assert (answer.status, detail(answer)[0]) == (400, "bad-request"), answer
    assert SECRET not in answer.body.decode()
    assert put(site, complaint(), connection=connection).status == 201
    connection.close()


def test_a_body_of_a_mebibyte_is_too_large_and_the_limit_is_240_kibibytes(site):
    answer = put(site, complaint(contact={"note": "x" * 1024 * 1024}))
    assert (answer.status, detail(answer)[0]) == (413, "content-too-large")
    body = complaint(narrative="ก" * 33333)
    data = json.dumps(body, ensure_ascii=False).encode()
    assert put(site, data + b" " * (240 * 1024 - len(data))).status == 201
    assert put(site, data + b" " * (240 * 1024 + 1 - len(data))).status == 413


JUNK = [None, True, 0, -1, 1.5, 1e300, 10**30, "", "x", "ก" * 200, "\x01", "2026-02-30", "9999-12-31", "infinity",
        "TH-50", "'", '"', "\\", "a,b", [], {}, [[]], [None], {"a": 1}, ["x"] * 30, str(uuid.UUID(int=0)), "𠮷", "\ufffe"]


def test_junk_in_any_member_is_accepted_or_refused_and_never_a_failure(site):
    dice = random.Random(7)
    whole = complaint(identity="named", complainant={"name": "ก", "phone": "1"}, contact={"note": "x"}, channel="agency",
                      accused=[{"name": "a", "principal": "TH-90"}], accused_unit="TH-90", accused_role="other",
                      conflict=["TH-90"], source={**SOURCE, "receive_no": "1", "receive_date": "2024-01-02"})
    statuses = set()
    connection = site.connect("TH-50")
    for _ in range(600):
        body = json.loads(json.dumps({**whole, "id": str(uuid.uuid4())}))
        path = f"/v1/complaints/{body['id']}"
        for _ in range(dice.choice([1, 1, 2, 3])):
            place = dice.choice([body, body, *(each for each in (body.get(key) for key in ("complainant", "contact", "source"))
                                               if isinstance(each, dict))])
            place[dice.choice([*place, "box_opening"])] = dice.choice(JUNK)
        answer = site.request("TH-50", "PUT", path, body, None, connection)
        assert answer.status in (201, 400, 422), (body, answer)
        statuses.add(answer.status)
    connection.close()
    assert statuses >= {201, 422}
    check_register(site.postgres)


@pytest.mark.parametrize("fields", [
    {"channel": "box", "narrative": "\r\n\tบรรทัด\u0007\u009b"},
    {"channel": "agency", "source": SOURCE},
    {"channel": "post", "source": {"receive_no": "ร 5", "receive_date": "2024-10-02"}},
    {"identity": "letter", "accused": [{"name": "ก", "position": "ข", "principal": "TH-90"}] * 20},
    {"identity": "confidential", "complainant": {"name": "ก", "phone": "1", "email": "a@b", "address": "ค"}},
    {"identity": "anonymous", "contact": {"phone": "1", "email": "a@b", "address": "ค", "note": "ง"}},
    {"accused_unit": "C-ICT", "accused_role": "unknown", "conflict": ["C-HR", "TH-90"], "class": "C0"},
    {"received_on": "2016-10-01"},
])
def test_what_keeps_the_rules_is_accepted(site, fields):
    assert put(site, complaint(**fields)).status == 201


def test_a_box_opening_is_one_of_the_own_office(site):
    opening = {"event_id": str(uuid.uuid4()), "id": str(uuid.uuid4()), "opened_on": today().isoformat(),
               "openers": ["นาย ก", "นาง ข"], "seal_before": "1", "seal_after": "2", "items": 1}
    assert site.request("TH-51", "POST", "/v1/box-openings", opening).status == 201
    assert put(site, complaint(box_opening=opening["id"]), "TH-52").status == 422
    answer = put(site, complaint(box_opening=opening["id"].upper()), "TH-51")
    assert answer.status == 201
    read = site.request("TH-51", "GET", f"/v1/complaints/{answer.json['id']}")
    assert read.json["box_opening"] == opening["id"]


def test_what_came_after_its_year_closed_counts_today_and_is_late(site):
    closed = today().replace(month=9, day=30)
    closed = closed.replace(year=closed.year - (2 if today().month < 11 else 1))
    answer = put(site, complaint(received_on=closed.isoformat()))
    assert answer.json["ref"].startswith(f"TH-50/{fiscal_year(today())}/")
    read = site.request("TH-50", "GET", f"/v1/complaints/{answer.json['id']}").json
    assert (read["late"], read["counted_on"], read["received_on"]) == (True, today().isoformat(), closed.isoformat())


def test_a_class_that_is_not_the_offices_to_give_is_its_opinion(site):
    for given, effective in [("C1", "C1"), ("C2", "C2"), ("CX", "CX"), ("C0", "CX"), ("CT", "CX"), ("CV", "CX")]:
        answer = put(site, complaint(**{"class": given}))
        read = site.request("TH-50", "GET", f"/v1/complaints/{answer.json['id']}").json
        assert (read["class_office"], read["class"]) == (given, effective)


# -- tracking


def test_a_code_tells_its_holder_the_state_and_nothing_more(site):
    body = complaint()
    track = put(site, body).json["track"]
    answer = site.request(None, "POST", "/v1/track", {"track": track})
    assert (answer.status, answer.json) == (200, {
        "state": "RECEIVED", "state_th": "รับเรื่องแล้ว", "state_en": "Received", "since": today().isoformat(),
        "identity_opened": False})
    taken = site.request("triager", "POST", f"/v1/complaints/{body['id']}/events",
                         {"event_id": str(uuid.uuid4()), "kind": "register"}, {"If-Match": "1"})
    assert taken.status == 200
    typed = "-".join(track.lower()[at:at + 5] for at in range(0, 26, 5)).replace("0", "o").replace("1", "l")
    assert site.request("TH-90", "POST", "/v1/track", {"track": typed}).json["state"] == "TRIAGE"


def test_a_code_that_is_none_is_not_found_whatever_it_looks_like(site):
    track = put(site, complaint()).json["track"]
    other = track[:-1] + ("0" if track[-1] != "0" else "1")
    wrong = [other, track[:-1], track + "0", "", "8" + track[1:], "!" * 26, "ก" * 26, "x" * 4000]
    answers = [site.request(None, "POST", "/v1/track", {"track": each}) for each in wrong]
    assert {each.status for each in answers} == {404}
    assert len({str(each.masked) for each in answers}) == 1
    for body, pointer in (({}, "/track"), ({"track": 1}, "/track"), ({"track": track, "id": SECRET}, "")):
        answer = site.request(None, "POST", "/v1/track", body)
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)
