"""What an audit of the register itself finds: figures that differ, and each row that is not what was committed."""

import hashlib
import hmac
import json
import re
import subprocess
import uuid
from datetime import timedelta

import pytest
from harness import GRIEV, NO_QUOTA, PUBLISHED, ROOT, Site, complaint, fiscal_year, today, wait_until
from test_ledger import verify
from test_repair import rewrite

OK, USAGE, FORBIDDEN, CONFLICT = 0, 2, 3, 5
YEAR = fiscal_year(today())


@pytest.fixture(scope="module")
def own():
    made = Site(settings={"server": NO_QUOTA, "ledger": PUBLISHED})
    made.start_daemon().await_ready()
    yield made
    made.close()


def audit(own, *args, code=OK, actor="auditor", json_wanted=True, year=YEAR):
    config = own.client_config(actor)
    config.write_text(config.read_text() + f"[log]\nkey = {own.folder / 'log.pub'}\n")
    done = subprocess.run([GRIEV, "--config", config, "audit", str(year), *args, *(["--json"] if json_wanted else [])],
                          capture_output=True, text=True, cwd=own.folder, env={"PATH": "/usr/bin", "LC_ALL": "C.UTF-8"})
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout) if json_wanted and done.stdout else done.stdout


@pytest.fixture(scope="module")
def cases(own):
    """Some complaints of all kinds, as their answers with what was sent."""
    kinds = [
        {"class": "C1"}, {"class": "C2", "subject": "leak"}, {"class": "C0"},
        {"channel": "agency", "source": {"agency": "ป.ป.ท.", "letter_no": "ปป 1/2569", "letter_date": today().isoformat(),
                                         "receive_no": "12", "receive_date": today().isoformat()}},
        {"identity": "named", "complainant": {"name": "นางสาวสมหญิง ตัวอย่าง"}},
        {"accused_role": "other", "accused_unit": "TH-51", "conflict": ["TH-52", "TH-53"]},
        {"accused": [{"name": "นาย ก", "principal": "TH-90"}]},
    ]
    made = []
    for kind in kinds:
        body = complaint(**kind)
        answer = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
        assert answer.status == 201, answer
        made.append({**body, **answer.json})
    return made


def test_a_sound_register_audits_clean_and_its_scores_are_those_of_the_log(own, cases):
    report = audit(own)
    assert (report["received"], report["differences"]) == (len(cases), [])
    report = audit(own, "--cases")
    assert (report["cases"], report["differences"]) == ([], [])
    told = audit(own, "--cases", json_wanted=False)
    assert re.search(r"Level +1 \((unconfirmed|no unit is silent, the register says)\)", told), "no level stands by itself"
    assert "every row is the one" in told and "those counted from the log" in told


def test_only_an_auditor_gets_what_opens_the_leaves(own, cases):
    for actor in ("TH-50", "legal", "director", "admin"):
        audit(own, "--cases", actor=actor, code=FORBIDDEN)
    own.certificate("auditor")
    audit(own, "--cases", "--from", own.folder, code=USAGE)


def test_pages_lead_through_all_of_them(own, cases):
    seen, cursor = [], ""
    while cursor is not None:
        page = own.request("auditor", "GET", f"/v1/openings?fy={YEAR}&limit=2{cursor and '&cursor=' + cursor}").json
        seen += [row["index"] for row in page["items"]]
        cursor = page["next"]
    assert seen == [case["index"] for case in cases]


def test_the_openings_tell_nothing_of_the_texts(own, cases):
    text = own.request("auditor", "GET", f"/v1/openings?fy={YEAR}").body.decode()
    assert "สมหญิง" not in text and "narrative" not in text and "นาย ก" not in text


TAMPERED = [
    ("unit = 'TH-51'", 0, "fields", "unit", "TH-50"),
    ("office_class = 'CX'", 0, "fields", "class", "C1"),
    ("subject = 'bribery'", 1, "fields", "subject", "leak"),
    ("channel = 'web'", 1, "fields", "channel", "box"),
    ("received_on = received_on - 3", 2, "fields", "received_on", today().isoformat()),
    ("submitter = 'TH-90'", 2, "fields", "submitter", "TH-50"),
    ("source = replace(source, 'ปป 1/2569', 'ปป 2/2569')", 3, "fields", None, None),
    ("identity = 'anonymous'", 4, "fields", "identity", "named"),
    ("accused_unit = 'TH-90', accused_role = 'unknown'", 5, "fields", None, None),
    ("conflict = 'TH-52'", 5, "fields", None, None),
    ("accused_principals = NULL", 6, "fields", None, None),
    ("opening = set_byte(opening, 40, 255 - get_byte(opening, 40))", 1, "fields", None, None),
    ("class = 'CX'", 0, "class", "class", "C1"),
    ("class = 'C0'", 3, "class", "class", "CX"),
    ("counted_on = counted_on - 31", 1, "month", "counted_on", today().isoformat()[:7]),
    ("erased_at = now()", 1, "erased", None, None),
    ("subject = E'a\\nchannel=web'", 1, "fields", "subject", "leak"),
]


@pytest.mark.parametrize("change, number, code, field, committed", TAMPERED, ids=[each[0].split(" =")[0] + str(i) for i, each in enumerate(TAMPERED)])
def test_what_a_superuser_changes_is_named(own, cases, change, number, code, field, committed):
    case = cases[number]
    own.postgres.psql("CREATE TABLE public.kept AS SELECT * FROM register.complaint")
    rewrite(own, f"UPDATE register.complaint SET {change} WHERE id = '{case['id']}'")
    try:
        report = audit(own, "--cases", code=CONFLICT)
        found = [(each["index"], each["ref"], each["code"], each["field"], each["committed"]) for each in report["cases"]]
        assert (case["index"], case["ref"], code, field, committed) in found, found
        assert {index for index, *_ in found} == {case["index"]}, "and no other"
    finally:
        rewrite(own, "DELETE FROM register.complaint; INSERT INTO register.complaint SELECT * FROM public.kept; DROP TABLE public.kept;")
    assert audit(own, "--cases")["cases"] == []


def tampered(own, sql):
    own.postgres.psql("CREATE TABLE public.kept AS SELECT * FROM register.complaint")
    rewrite(own, sql)
    try:
        report = audit(own, "--cases", code=CONFLICT)
        return sorted((each["index"], each["code"]) for each in report["cases"]), report["differences"]
    finally:
        rewrite(own, "DELETE FROM register.complaint; INSERT INTO register.complaint SELECT * FROM public.kept; DROP TABLE public.kept;")


def test_a_deleted_complaint_is_missed_by_its_leaf_and_by_the_figures(own, cases):
    found, differences = tampered(own, f"DELETE FROM register.complaint WHERE id = '{cases[2]['id']}'")
    assert found == [(cases[2]["index"], "no-row")]
    assert {each["figure"]: (each["log"], each["register"]) for each in differences}["received"] == (len(cases), len(cases) - 1)


def test_two_rows_that_were_swapped_are_both_named(own, cases):
    a, b = cases[0], cases[1]
    found, _ = tampered(own, f"""UPDATE register.complaint SET leaf_index = CASE leaf_index WHEN {a['index']} THEN {b['index']} ELSE {a['index']} END
                                 WHERE leaf_index IN ({a['index']}, {b['index']})""")
    assert {(a["index"], "fields"), (b["index"], "fields")} <= set(found)


@pytest.mark.parametrize("index, code", [("999999", "no-leaf"), ("leaf_index", "shared-leaf"), ("0", "other-leaf")])
def test_an_inserted_row_is_named(own, cases, index, code):
    heartbeat = own.postgres.psql("SELECT leaf_index FROM register.event WHERE kind = 'heartbeat' LIMIT 1")
    place = heartbeat if index == "0" else index
    found, differences = tampered(own, f"""
        CREATE TEMPORARY TABLE copy AS SELECT * FROM register.complaint WHERE id = '{cases[3]['id']}';
        UPDATE copy SET id = gen_random_uuid(), ref = 'TH-50/{YEAR}/9999', position = position + 100000, leaf_index = {place};
        INSERT INTO register.complaint SELECT * FROM copy""")
    assert code in {each for _, each in found}
    assert any(each["figure"] == "received" for each in differences)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def row_before_the_log(number, class_):
    """A complaint as the register kept it at migration 003, with the request and nonce that made it."""
    day = today().isoformat()
    body = complaint(**{"class": class_, "narrative": f"เรื่องที่ {number}"})
    request = json.dumps(body, ensure_ascii=False).encode()
    nonce = sha256(b"nonce", bytes([number]))
    fields = {"v": 1, "id": body["id"], "unit": "TH-50", "submitter": "TH-50",
              **{key: body[key] for key in ("channel", "process", "subject", "class", "identity", "received_on")}}
    clear = "".join(f"{key}={value}\n" for key, value in fields.items()).encode()
    salts, parts = {}, {}
    for name, data in (("M", clear), ("B", request), ("I", b"")):
        label = f"grievd/{name}/v1\0".encode()
        salts[name] = hmac.new(nonce, label + b"\1", "sha256").digest()
        parts[name] = sha256(label, salts[name], sha256(data))
    commit = sha256(b"grievd/commit/v1\0", *(parts[name] for name in "MBI"))
    track = sha256(b"grievd/track-hash/v1\0", sha256(b"grievd/track/v1\0", nonce)[:16])
    effective = class_ if class_ in ("C1", "C2") else "CX"
    sql = f"""
        INSERT INTO register.complaint (id, position, version, accepted_at, seen, state_since, received_on, counted_on, fy, late,
            nonce_key_id, unit, submitter, ref, route, state, class, channel, process, subject, identity, office_class,
            accepted_route, commit, opening, track_hash)
        VALUES ('{body["id"]}', {number}, 1, now(), now(), now(), '{day}', '{day}', {YEAR}, false, 0, 'TH-50', 'TH-50',
            'TH-50/{YEAR}/{number:04}', 'legal', 'RECEIVED', '{effective}', 'box', 'production', 'bribery', 'anonymous', '{class_}',
            'legal', '\\x{commit.hex()}', '\\x{(salts["M"] + parts["B"] + parts["I"]).hex()}', '\\x{track.hex()}');
        INSERT INTO register.content VALUES ({number}, '\\x{(salts["B"] + request).hex()}', '\\x{salts["I"].hex()}');"""
    return sql, body["id"], request, nonce


def test_a_register_that_held_complaints_before_its_log_audits_clean():
    """A database at migration 003 with rows; then migrated, and the log begun."""
    made = Site(settings={"server": NO_QUOTA}, migrate=False)
    try:
        made.install()
        for path in sorted((ROOT / "sql/migrations").glob("00[1-3]_*.sql")):
            made.postgres.psql("BEGIN;" + path.read_text() + "COMMIT;", user="grievd_owner")
        names = "".join(f"({path.name[:3]}, '{path.name}', '{sha256(path.read_bytes()).hex()}'),"
                        for path in sorted((ROOT / "sql/migrations").glob("00[1-3]_*.sql"))).rstrip(",")
        made.postgres.psql("CREATE TABLE register.migration (number integer PRIMARY KEY, name text NOT NULL UNIQUE, sha256 text NOT NULL,"
                           " applied_at timestamptz NOT NULL DEFAULT clock_timestamp());"
                           f"INSERT INTO register.migration (number, name, sha256) VALUES {names}", user="grievd_owner")
        rows = [row_before_the_log(number, class_) for number, class_ in enumerate(("C1", "CX", "C0", "C2"), 1)]
        made.postgres.psql("".join(sql for sql, *_ in rows)
                           + f"UPDATE register.head SET position = 4; INSERT INTO register.counter VALUES ('TH-50', {YEAR}, 4)",
                           user="grievd_owner")
        made.migrate(Site.PRINCIPALS)
        made.start_daemon().await_ready()
        assert made.submit().status == 201
        for index, (_, id, request, nonce) in enumerate(rows):
            again = made.request("TH-50", "PUT", f"/v1/complaints/{id}", request, {"Griev-Nonce": nonce.hex()})
            assert (again.status, again.json["index"]) == (200, index), again
            verify(made, again.json)
        report = audit(made, "--cases")
        assert (report["received"], report["cases"], report["differences"]) == (5, [], [])
        assert report["by_class"] | {} == {"C1": 1, "C2": 1, "CX": 3, "C0": 0, "CT": 0, "CI": 0, "CV": 0}
    finally:
        made.close()


def does(own, actor, *args, says=None):
    done = own.griev(actor, *args, input=says and says + "\n")
    assert done.returncode == 0, (args, done.stdout, done.stderr)


def test_a_complaint_that_is_reclassified_four_times_counts_once(own):
    before = audit(own)
    body = complaint(**{"class": "C1"})
    answer = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body).json
    does(own, "legal", "take", answer["ref"])
    for number, class_ in enumerate(("C2", "CX", "C1", "C2")):
        does(own, "triager", "class", answer["ref"], class_, says=f"ครั้งที่ {number + 1}")
    wait_until(lambda: audit(own)["class_changes"] == before["class_changes"] + 4, "the changes are signed")
    after = audit(own)
    assert after["received"] == before["received"] + 1
    assert after["kpi1"]["value"] == before["kpi1"]["value"] + 1
    assert {key: after["by_class"][key] - before["by_class"][key] for key in after["by_class"]} == {
        "C1": 0, "C2": 1, "CX": 0, "C0": 0, "CT": 0, "CI": 0, "CV": 0}
    assert after["differences"] == []


def test_an_issued_report_is_held_against_the_log_as_it_was_then(own):
    """Later complaints change nothing of it; a register that tells another number than it issued is found."""
    year = YEAR - 1
    late = (today() + timedelta(days=1)).isoformat()

    def close_on(day):
        own.postgres.psql(f"UPDATE register.fiscal_year SET closing_day = {day} WHERE fy = {year}")

    def submit(class_):
        close_on(f"'{late}'")
        assert own.submit(**{"class": class_, "received_on": f"{year - 543}-09-30"}).status == 201
        close_on("closes")

    submit("C1")
    made = own.request("reporter", "POST", f"/v1/reports/{year}/issue",
                       {"event_id": str(uuid.uuid4()), "acknowledge": ["silent_units", "missing_evidence"]})
    assert made.status in (200, 201), made
    submit("C2")
    report = audit(own, year=year)
    assert (report["received"], report["differences"]) == (2, [])
    rewrite(own, "UPDATE register.report_issue SET document = regexp_replace(document, '(\"counted\" *: *{\"received\" *: *)1', '\\19')")
    found = audit(own, code=CONFLICT, year=year)["differences"]
    assert [(each["figure"], each["source"], each["log"], each["register"]) for each in found] == [
        ("received", f"/v1/reports/{year}", 1, 9)]


def test_a_case_that_is_hidden_from_the_auditor_is_shown_to_him_nowhere(own):
    body = complaint(conflict=["auditor"])
    answer = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert answer.status == 201
    report = audit(own, "--cases", code=CONFLICT)
    assert [(each["index"], each["code"], each["ref"]) for each in report["cases"]] == [(answer.json["index"], "no-row", None)]
    assert report["differences"] == [], "and counts all the same"
    assert "hidden from you" in audit(own, "--cases", code=CONFLICT, json_wanted=False)
