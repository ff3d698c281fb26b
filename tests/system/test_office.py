"""The work around complaints: taking them, the office's month and its boxes, evidence and scores, administration."""

import hashlib
import hmac
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from harness import Site, fiscal_year, running_site, today, wait_until
from load import check_register

THIS_YEAR = fiscal_year(today())
LAST_MONTH = (today().replace(day=1) - timedelta(days=1)).isoformat()[:7]


@pytest.fixture(scope="module")
def site():
    with running_site(("TH-51", "TH-51", "officer"), ("TH-50-deputy", "TH-50", "unit_head")) as made:
        set_unit(made, "TH-50", deputy="TH-50-deputy")
        yield made


def post(site, actor, path, headers=None, **members):
    """A change, under an event_id of its own unless one is given."""
    return site.request(actor, "POST", path, {"event_id": str(uuid.uuid4()), **members}, headers)


def get(site, actor, path):
    answer = site.request(actor, "GET", path)
    assert answer.status == 200, answer
    return answer.json


def detail(answer):
    return answer.status, answer.json.get("detail", "")


def set_unit(site, code, /, **changes):
    unit = next(each for each in get(site, "admin", "/v1/units")["items"] if each["code"] == code)
    del unit["demo"]
    return post(site, "admin", "/v1/units", **{**unit, **changes})


# -- taking a case


def take(site, actor, case, version, **members):
    headers = {} if version is None else {"If-Match": version}
    return post(site, actor, f"/v1/complaints/{case['id']}/events", headers, **{"kind": "register", **members})


def bound(function, id, actor, event, body):
    """The commitment that a daemon makes of a request (docs/ledger.md)."""
    def part(letter, data):
        label = b"grievd/" + letter + b"/v1\0"
        salt = hmac.digest(nonce, label + b"\1", "sha256")
        return hashlib.sha256(label + salt + hashlib.sha256(data).digest()).digest()

    nonce = hmac.digest(bytes.fromhex("5e" * 32), uuid.UUID(event).bytes + hashlib.sha256(body).digest(), "sha256")
    clear = f"v=1\nroute={function}\nid={id}\nactor={actor}\n".encode()
    return hashlib.sha256(b"grievd/commit/v1\0" + part(b"M", clear) + part(b"B", body) + part(b"I", b"")).hexdigest()


def test_a_case_is_taken_by_who_has_read_what_it_is(site):
    case = site.submit("TH-50").json
    assert detail(take(site, "legal", case, None)) == (428, "send If-Match with the version you read")
    assert take(site, "legal", case, '"2"').status == 412
    for wrong in ("*", 'W/"1"', '"1", "2"', "one", '""'):
        assert take(site, "legal", case, wrong).status == 400, wrong
    answer = take(site, "legal", case, '"1"')
    assert answer.status == 200 and answer.headers["ETag"] == '"2"'
    assert {**answer.json, "event_id": ""} == {
        "id": case["id"], "ref": case["ref"], "state": "TRIAGE", "version": 2, "event_id": ""}
    read = site.request("legal", "GET", f"/v1/complaints/{case['id']}")
    assert read.headers["ETag"] == '"2"' and "register" not in read.json["moves"]
    accepted, registered = read.json["timeline"]
    assert (accepted["kind"], accepted["by"], accepted["from"], accepted["to"]) == ("accepted", "TH-50", None, "RECEIVED")
    assert (registered["kind"], registered["by"], registered["by_unit"]) == ("register", "legal", "LEGAL")
    assert (registered["from"], registered["to"]) == ("RECEIVED", "TRIAGE")
    again = take(site, "head", case, '"2"')
    assert detail(again) == (409, "this is not done in state TRIAGE on route legal")
    assert again.json["moves"] == ["accuse", "class_changed", "interest", "note", "refer", "reply", "screen", "split"]


def test_a_case_can_be_named_by_its_number(site):
    case = site.submit("TH-50").json
    by_number = {**case, "id": case["ref"].replace("/", "%2F")}
    assert take(site, "triager", by_number, "1").status == 200


def test_a_repeated_move_gets_its_first_answer_before_anything_is_looked_at(site):
    case, other = site.submit("TH-50").json, site.submit("TH-50").json
    event = str(uuid.uuid4())
    first = take(site, "legal", case, '"1"', event_id=event)
    assert first.status == 200
    for version in ('"1"', '"2"', '"77"', None):
        again = take(site, "legal", case, version, event_id=event)
        assert (again.status, again.json, again.headers["ETag"]) == (200, first.json, '"2"')
    for actor, about in (("legal", other), ("triager", case)):
        assert detail(take(site, actor, about, '"1"', event_id=event)) == (
            409, "the event_id was used for another request")
    assert post(site, "head", "/v1/evidence", event_id=event, kind="procedure").status == 409
    assert get(site, "legal", f"/v1/complaints/{other['id']}")["state"] == "RECEIVED"


def test_of_many_who_take_a_case_at_once_one_does(site):
    for _ in range(3):
        case = site.submit("TH-50").json
        actors = ["legal", "triager", "head"] * 4
        with ThreadPoolExecutor(len(actors)) as pool:
            answers = list(pool.map(lambda actor: take(site, actor, case, '"1"').status, actors))
        assert sorted(answers) == [200] + [412] * 11
    check_register(site.postgres)


@pytest.mark.parametrize("same", [False, True], ids=["another move", "the same move"])
def test_a_move_waits_for_one_that_another_daemon_makes(site, same):
    case, event = site.submit("TH-50").json, str(uuid.uuid4())
    actor = "legal" if same else "head"
    theirs = json.dumps({"event_id": event, "kind": "register"})
    params = json.dumps({"id": case["id"], "if_match": "1",
                         "commit": bound("complaint_event", case["id"], actor, event, theirs.encode())})
    with ThreadPoolExecutor(1) as one, site.postgres.session(
            f"BEGIN; SELECT status FROM api.complaint_event('{actor}', '{params}', '{theirs}')", "grievd") as other:
        mine = one.submit(take, site, "legal", case, '"1"', **({"event_id": event} if same else {}))
        wait_until(lambda: site.postgres.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0", "it waits")
        other.stdin.write("COMMIT;\n")
        other.stdin.flush()
        assert mine.result().status == (200 if same else 412)
    timeline = get(site, "legal", f"/v1/complaints/{case['id']}")["timeline"]
    assert [each["by"] for each in timeline] == ["TH-50", actor]


def test_a_move_sent_many_times_at_once_happens_once(site):
    case, event = site.submit("TH-50").json, str(uuid.uuid4())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: take(site, "legal", case, '"1"', event_id=event), range(8)))
    assert {(each.status, each.body) for each in answers} == {(200, answers[0].body)}
    assert len(get(site, "legal", f"/v1/complaints/{case['id']}")["timeline"]) == 2


@pytest.mark.parametrize("members, says", [
    ({"event_id": None}, "/event_id"), ({"event_id": "1"}, "/event_id"), ({"kind": "hide"}, "/kind"),
    ({"kind": None}, "/kind"), ({"note": "x"}, "member"),
])
def test_a_move_with_faults_is_refused(site, members, says):
    case = site.submit("TH-50").json
    status, text = detail(take(site, "legal", case, '"1"', **members))
    assert status == 422 and says in text
    assert get(site, "legal", f"/v1/complaints/{case['id']}")["version"] == 1


# -- the month


def confirm(site, actor, unit, month, count, **members):
    return post(site, actor, "/v1/returns", unit=unit, month=month, count=count, **members)


def month_of(site, actor, unit, month):
    first = date.fromisoformat(f"{month}-01")
    items = get(site, actor, f"/v1/returns?unit={unit}&fy={fiscal_year(first)}")["items"]
    return next(each for each in items if each["month"] == month)


def test_a_month_is_confirmed_once_and_never_contradicted(site):
    assert site.submit("TH-50", received_on=f"{LAST_MONTH}-15").status == 201
    before = month_of(site, "TH-50-head", "TH-50", LAST_MONTH)
    assert before["count"] is None and before["visible"] == 1
    event = str(uuid.uuid4())
    answer = confirm(site, "TH-50-head", "TH-50", LAST_MONTH, 99, event_id=event)
    assert answer.status == 201
    late = today().isoformat() > before["due_on"]
    assert set(answer.json) == {"unit", "month", "count", "confirmed_at", "confirmed_by", "late"}
    assert (answer.json["count"], answer.json["confirmed_by"], answer.json["late"]) == (99, "TH-50-head", late)
    again = confirm(site, "TH-50-head", "TH-50", LAST_MONTH, 99, event_id=event)
    assert (again.status, again.json) == (201, answer.json)
    assert confirm(site, "TH-50-head", "TH-50", LAST_MONTH, 1, event_id=event).status == 409
    for actor in ("TH-50-head", "TH-50-deputy"):
        assert detail(confirm(site, actor, "TH-50", LAST_MONTH, 1)) == (409, "the month is already confirmed")
    after = month_of(site, "TH-50-head", "TH-50", LAST_MONTH)
    assert (after["count"], after["silent"], after["after"]) == (99, False, 0)
    assert site.submit("TH-50", received_on=f"{LAST_MONTH}-16").status == 201
    assert month_of(site, "TH-50-head", "TH-50", LAST_MONTH)["after"] == 1


def test_the_deputy_confirms_as_well(site):
    answer = confirm(site, "TH-50-deputy", "TH-50", "2025-02", 0)
    assert (answer.status, answer.json["confirmed_by"], answer.json["late"]) == (201, "TH-50-deputy", True)


@pytest.mark.parametrize("unit, month, count, status, says", [
    ("TH-50", today().isoformat()[:7], 0, 422, "/month has not ended"),
    ("TH-50", "2020-13", 0, 422, "/month must be a month"),
    ("TH-50", "2563-01", 0, 422, "/month"),
    ("TH-50", "2016-09", 0, 422, "/month lies in no fiscal year"),
    ("TH-50", "2025-03", -1, 422, "/count"),
    ("TH-50", "2025-03", "0", 422, "/count"),
    ("TH-50", "2025-03", 1.5, 422, "/count"),
    ("TH-50", "2025-03", None, 422, "/count"),
    ("TH-51", "2025-03", 0, 403, "only the head or the deputy"),
    ("LEGAL", "2025-03", 0, 422, "/unit"),
    ("TH-10", "2025-03", 0, 422, "/unit"),
])
def test_a_confirmation_with_faults_is_refused(site, unit, month, count, status, says):
    found, text = detail(confirm(site, "TH-50-head", unit, month, count))
    assert found == status and says in text


def test_who_oversees_sees_every_month_and_an_office_its_own(site):
    everything = get(site, "auditor", "/v1/returns?fy=2568")["items"]
    assert len({each["unit"] for each in everything}) == 84 and len(everything) == 84 * 12
    assert all(each["visible"] is None for each in everything)
    assert {each["unit"] for each in get(site, "TH-50", "/v1/returns?fy=2568")["items"]} == {"TH-50"}
    assert get(site, "TH-51", "/v1/returns?fy=2568&unit=TH-50")["items"] == []
    assert get(site, "legal", "/v1/returns?fy=2568")["items"] == []


# -- boxes


def open_box(site, actor="TH-50", **members):
    return post(site, actor, "/v1/box-openings", **{
        "id": str(uuid.uuid4()), "opened_on": today().isoformat(), "openers": ["นายสมชาย", "นางสมหญิง"],
        "seal_before": "ก 001", "seal_after": "ก 002", "items": 3,
        "not_complaints": [{"item": 2, "reason": "ใบปลิว"}], **members})


def test_items_of_a_box_become_complaints_or_are_told_why_not(site):
    answer = open_box(site)
    box = answer.json["id"]
    assert answer.status == 201
    assert answer.json == {"id": box, "unit": "TH-50", "opened_on": today().isoformat(), "items": 3,
                           "not_complaints": 1, "expected": 2, "complaints": 0}

    def missing(actor):
        return [each["missing"] for each in get(site, actor, "/v1/box-openings")["items"] if each["id"] == box]

    assert missing("TH-50") == missing("head") == missing("auditor") == [2]
    for left in (1, 0, 0):
        assert site.submit("TH-50", box_opening=box).status == 201
        assert missing("TH-50") == [left]
    assert missing("TH-51") == missing("legal") == []
    assert open_box(site, id=box).status == 409


@pytest.mark.parametrize("members, says", [
    ({"openers": ["นายสมชาย"]}, "/openers"), ({"openers": ["ก", "ข", "ค"]}, "/openers"),
    ({"openers": ["นายสมชาย", "นายสมชาย "]}, "/openers"), ({"openers": ["ก", 2]}, "/openers/1"),
    ({"opened_on": (today() + timedelta(days=1)).isoformat()}, "/opened_on"), ({"opened_on": "วันนี้"}, "/opened_on"),
    ({"items": -1}, "/items"), ({"items": 0}, "/not_complaints"), ({"seal_after": None}, "/seal_after"),
    ({"not_complaints": [{"item": 4, "reason": "x"}]}, "/not_complaints/0/item"),
    ({"not_complaints": [{"item": 1, "reason": "x"}] * 2}, "/not_complaints"),
    ({"not_complaints": [{"item": 1}]}, "/not_complaints/0/reason"), ({"id": "1"}, "/id"), ({"unit": "TH-51"}, "member"),
])
def test_an_opening_with_faults_is_refused(site, members, says):
    status, text = detail(open_box(site, **members))
    assert status == 422 and says in text


# -- administration


def set_principal(site, actor, name, roles, unit="TH-90", active=True, **members):
    return post(site, actor, "/v1/principals", name=name, name_th=f"ผู้ใช้ {name}", name_en=name, unit=unit,
                roles=roles, active=active, **members)


def test_a_unit_is_added_and_changed_and_its_officer_can_submit(site):
    unit = {"code": "C-NEW", "name_th": "กองใหม่", "name_en": "New Division", "kind": "central", "parent": "DIRECTOR",
            "head": None, "deputy": None, "active_from": today().isoformat(), "active_to": None}
    added = post(site, "admin", "/v1/units", **unit)
    assert (added.status, added.json) == (201, {**unit, "demo": False})
    assert set_principal(site, "admin", "new-officer", ["officer"], "C-NEW").status == 201
    assert site.submit("new-officer").json["ref"] == f"C-NEW/{THIS_YEAR}/0001"
    changed = set_unit(site, "C-NEW", name_en="Newest Division", head="new-officer")
    assert (changed.status, changed.json["name_en"], changed.json["head"]) == (200, "Newest Division", "new-officer")
    assert changed.json in get(site, "TH-50", "/v1/units")["items"]
    assert detail(set_unit(site, "C-NEW", kind="audit"))[0] == 409


@pytest.mark.parametrize("changes, says", [
    ({"code": "C NEW"}, "/code"), ({"kind": "village"}, "/kind"), ({"parent": "NOWHERE"}, "/parent"),
    ({"parent": "C-HR"}, "/parent"), ({"head": "nobody"}, "/head"), ({"head": "head", "deputy": "head"}, "/deputy"),
    ({"active_from": "2569-01-01x"}, "/active_from"), ({"active_to": "2016-09-30"}, "/active_to"),
    ({"name_th": ""}, "/name_th"), ({"colour": "red"}, "member"),
])
def test_a_unit_with_faults_is_refused(site, changes, says):
    status, text = detail(set_unit(site, "C-HR", **changes))
    assert status == 422 and says in text


def test_an_office_that_was_active_cannot_be_made_to_have_never_been(site):
    for changes in ({"kind": "audit"}, {"active_from": today().isoformat()}, {"active_to": "2020-01-31"}):
        assert set_unit(site, "C-HR", **changes).status == 409


def roles_of(site, name):
    return next((each["roles"] for each in get(site, "auditor", "/v1/principals")["items"] if each["name"] == name), None)


@pytest.mark.parametrize("role", ["head", "custodian", "admin"])
def test_what_takes_two_people_is_not_done_by_one(site, role):
    name = f"new-{role}"
    assert set_principal(site, "admin", name, ["officer"]).status == 201
    proposed = set_principal(site, "admin", name, ["officer", role])
    assert proposed.status == 202 and set(proposed.json) == {"proposal", "expires_at"}
    path = f"/v1/proposals/{proposed.json['proposal']}"
    assert roles_of(site, name) == ["officer"]
    assert post(site, "admin", path, decision="approve").status == 403
    assert post(site, "auditor", path, decision="approve").status == 404
    assert post(site, name, path, decision="approve").status == 404
    assert post(site, "admin-2", path, decision="maybe").status == 422
    assert roles_of(site, name) == ["officer"]
    for actor in ("admin", "admin-2", "auditor"):
        shown = next(each for each in get(site, actor, "/v1/proposals")["items"] if each["id"] == path.split("/")[-1])
        assert (shown["status"], shown["proposed_by"], shown["summary"]) == ("open", "admin", f"{name}: {role}")
    event = str(uuid.uuid4())
    approved = post(site, "admin-2", path, decision="approve", event_id=event)
    assert (approved.status, approved.json["status"]) == (200, "approved")
    assert set(roles_of(site, name)) == {"officer", role}
    assert post(site, "admin-2", path, decision="approve", event_id=event).json == approved.json
    assert post(site, "admin-2", path, decision="approve").status == 409
    assert set_principal(site, "admin", name, [role]).status == 200  # held already
    assert set_principal(site, "admin", name, [role], "TH-91").status == 202  # but not of that unit


def test_a_rejected_proposal_changes_nothing(site):
    proposed = set_principal(site, "admin", "rejected", ["admin"])
    path = f"/v1/proposals/{proposed.json['proposal']}"
    assert post(site, "admin-2", path, decision="reject").json["status"] == "rejected"
    assert roles_of(site, "rejected") is None
    assert post(site, "admin-2", path, decision="approve").status == 409


def test_a_proposal_ends_after_14_days(site):
    proposed = set_principal(site, "admin", "forgotten", ["admin"])
    id = proposed.json["proposal"]
    assert (date.fromisoformat(proposed.json["expires_at"][:10]) - today()).days in (13, 14)
    site.postgres.psql("SET session_replication_role = replica;"  # past the triggers, which keep what was written
                       f"UPDATE register.proposal SET expires_at = now() WHERE id = '{id}'")
    assert detail(post(site, "admin-2", f"/v1/proposals/{id}", decision="approve")) == (409, "the proposal has expired")
    shown = next(each for each in get(site, "admin", "/v1/proposals")["items"] if each["id"] == id)
    assert shown["status"] == "expired"
    assert roles_of(site, "forgotten") is None


def test_a_proposal_is_carried_out_only_on_what_was_seen(site):
    assert set_principal(site, "admin", "moving", ["officer"]).status == 201
    proposed = set_principal(site, "admin", "moving", ["officer", "head"])
    assert set_principal(site, "admin-2", "moving", ["officer"], "TH-91").status == 200
    answer = post(site, "admin-2", f"/v1/proposals/{proposed.json['proposal']}", decision="approve")
    assert answer.status == 409
    assert roles_of(site, "moving") == ["officer"]


def test_waking_who_had_such_a_role_takes_two_people_too(site):
    assert set_principal(site, "admin", "sleeper", ["admin"], active=False).status == 201
    assert set_principal(site, "admin", "sleeper", ["admin"]).status == 202
    assert site.request("sleeper", "GET", "/v1/me").status == 403


def test_an_administrator_gives_himself_nothing(site):
    for roles in (["admin", "officer"], ["admin"], []):
        assert set_principal(site, "admin", "admin", roles, "C-ICT").status == 403
    assert roles_of(site, "admin") == ["admin"]
    for role in ("intake", "head", "auditor", "director"):
        status, text = detail(set_principal(site, "admin", "both", ["admin", role]))
        assert status == 422 and "/roles" in text


@pytest.mark.parametrize("changes, says", [
    ({"name": "สมชาย"}, "/name"), ({"unit": "TH-10"}, "/unit"), ({"roles": ["king"]}, "/roles"), ({"roles": "officer"}, "/roles"),
    ({"active": "yes"}, "/active"), ({"name_en": None}, "/name_en"), ({"password": "x"}, "member"),
])
def test_a_principal_with_faults_is_refused(site, changes, says):
    members = {"name": "faulty", "name_th": "ก", "name_en": "F", "unit": "TH-90", "roles": ["officer"], "active": True}
    status, text = detail(post(site, "admin", "/v1/principals", **{**members, **changes}))
    assert status == 422 and says in text


# -- evidence and scores


class SmallAgency(Site):
    """Two provinces and one central unit that confirm months, so that a whole year can be."""

    HEADS = {"TH-50": "TH-50-head", "TH-90": "TH-90-head", "C-ICT": "C-ICT-head"}
    UNIT_ROWS = [("DIRECTOR", "director", "director"), ("LEGAL", "legal", "head"), ("ALT", "alternate", ""),
                 ("AUDIT", "audit", ""), ("TH-50", "provincial", HEADS["TH-50"]),
                 ("TH-90", "provincial", HEADS["TH-90"]), ("C-ICT", "central", HEADS["C-ICT"])]
    PEOPLE = [("TH-50", "TH-50", "officer"), ("TH-90", "TH-90", "officer"), ("head", "LEGAL", "head"),
              ("legal", "LEGAL", "intake"), ("director", "DIRECTOR", "director"), ("admin", "C-ICT", "admin"),
              *((head, unit, "unit_head") for unit, head in HEADS.items())]

    def migrate(self, principals):
        self.UNITS = self.folder / "units.csv"
        rows = [f"{code},หน่วย {code},Unit {code},{kind},{head},2016-10-01,true" for code, kind, head in self.UNIT_ROWS]
        self.UNITS.write_text("\n".join(["code,name_th,name_en,kind,head,active_from,demo", *rows]) + "\n")
        people = self.folder / "principals.csv"
        rows = [f"{name},ชื่อ {name},{name},{unit},{roles},true,true" for name, unit, roles in self.PEOPLE]
        people.write_text("\n".join(["name,name_th,name_en,unit,roles,active,demo", *rows]) + "\n")
        super().migrate(people)


@pytest.fixture(scope="module")
def agency():
    made = SmallAgency()
    try:
        made.start_daemon().await_ready()
        yield made
    finally:
        made.close()


def months_of(year):
    first = year - 543 - 1
    return [f"{first}-{month}" for month in (10, 11, 12)] + [f"{first + 1}-{month:02}" for month in range(1, 10)]


def kpi1(site, year):
    return get(site, "director", f"/v1/scores/{year}")["kpi1"]


def test_silence_is_not_zero(agency):
    """A year without a complaint is a 5, but a confirmed one only when every unit has said so."""
    year = THIS_YEAR - 2
    score = kpi1(agency, year)
    assert (score["value"], score["level"], score["received"]) == (0, 5, 0)
    assert (score["confirmed"], score["text_th"], score["text_en"]) == (False, "๕ (ยังไม่ยืนยัน)", "5 (unconfirmed)")
    assert [(each["unit"], each["months"]) for each in score["silent"]] == [
        (unit, months_of(year)) for unit in sorted(agency.HEADS)]
    for unit, head in agency.HEADS.items():
        for month in months_of(year):
            if (unit, month) != ("TH-90", months_of(year)[4]):
                assert confirm(agency, head, unit, month, 0).status == 201
    score = kpi1(agency, year)
    assert (score["confirmed"], score["text_th"]) == (False, "๕ (ยังไม่ยืนยัน)")
    assert [(each["unit"], each["name_th"], each["months"]) for each in score["silent"]] == [
        ("TH-90", "หน่วย TH-90", [months_of(year)[4]])]
    assert confirm(agency, "TH-90-head", "TH-90", months_of(year)[4], 0).json["late"] is True
    score = kpi1(agency, year)
    assert (score["level"], score["confirmed"], score["text_th"], score["text_en"]) == (5, True, "๕", "5")
    assert (score["silent"], score["pending_months"]) == ([], 0)


def test_every_complaint_of_the_classes_that_count_lowers_the_level(agency):
    levels = []
    for given, process, identity, wanted in [
            (None, None, None, 5), ("C1", "production", "anonymous", 4), ("C0", "personnel", "letter", 3),
            ("C2", "service", "named", 2), ("CX", "other", "anonymous", 1), ("CT", "procurement", "named", 1)]:
        if given:
            assert agency.submit("TH-50", process=process, identity=identity, **{"class": given},
                                 complainant={"name": "ก"} if identity == "named" else None).status == 201
        score = kpi1(agency, THIS_YEAR)
        levels.append(score["level"])
        assert score["level"] == wanted and score["value"] == score["received"] == len(levels) - 1
        assert score["text_th"].startswith("๐๑๒๓๔๕"[wanted])
    assert score["by_class"] == {"C1": 1, "C2": 1, "CX": 3, "C0": 0, "CT": 0, "CI": 0, "CV": 0}
    assert (score["distinct"], score["late"], score["anonymous_share"]) == (5, 0, "60.00")
    assert {each["code"]: (each["value"], each["level"]) for each in score["variants"]} == {
        "c1_only": (1, 4), "core_processes": (3, 2), "duplicates_once": (5, 1)}


def test_scores_in_psql_are_the_same(agency):
    score = kpi1(agency, THIS_YEAR)
    row = agency.postgres.psql(f"SELECT value, level, received, text_th FROM report.kpi1 WHERE fy = {THIS_YEAR}",
                               user="grievd_report")
    assert row == "|".join(str(score[key]) for key in ("value", "level", "received", "text_th"))


def add(site, kind, criterion, **members):
    return post(site, "head", "/v1/evidence", kind=kind, criterion=criterion,
                **{"valid_from": today().isoformat(), **members})


def indicator(site, code):
    return next(each for each in get(site, "director", f"/v1/scores/{THIS_YEAR}")["indicators"] if each["indicator"] == code)


def met(site, code):
    found = indicator(site, code)
    return found["level"], [level["met"] for level in found["levels"]]


def missing(site, code, level):
    return [each.get("unit") for each in indicator(site, code)["levels"][level - 1]["missing"]]


def test_4_1_rises_level_by_level_with_its_evidence_and_names_what_is_missing(agency):
    order = {"order_no": "12/2569", "order_date": "2024-10-01"}
    assert agency.submit("TH-90").status == 201  # in time to be registered: level 4 is met, and does not count yet
    assert met(agency, "4.1") == (0, [False, False, False, True, False])
    assert missing(agency, "4.1", 3) == ["TH-50", "TH-90"]
    yesterday = (today() - timedelta(days=1)).isoformat()
    ended = add(agency, "designation", "4.1", unit="C-ICT", valid_from="2024-10-01", expires_on=yesterday, **order)
    assert ended.status == 201
    assert met(agency, "4.1")[0] == 0
    assert add(agency, "designation", "4.1", unit="TH-50", **order).status == 201
    assert met(agency, "4.1") == (1, [True, False, False, True, False])
    assert (missing(agency, "4.1", 2), missing(agency, "4.1", 3)) == (["C-ICT"], ["TH-90"])
    assert add(agency, "designation", "4.1", unit="TH-90", **order).status == 201
    assert met(agency, "4.1") == (1, [True, False, True, True, False])  # a level counts on those below
    assert add(agency, "designation", "4.1", unit="C-ICT", **order).status == 201
    assert met(agency, "4.1") == (4, [True, True, True, True, False])
    page = {"url": "https://intranet.example/คำสั่ง"}
    assert add(agency, "publication", "4.1", audience="internal", **page).status == 201
    assert met(agency, "4.1")[0] == 4
    assert add(agency, "publication", "4.1", audience="external", **page).status == 201
    assert met(agency, "4.1") == (5, [True] * 5)


def test_4_2_ends_at_4_without_the_years_report(agency):
    order = {"order_no": "3/2569", "order_date": "2024-10-01"}
    levels = [met(agency, "4.2")[0]]
    for kind in ("working_group", "regulation", "procedure"):
        assert add(agency, kind, "4.2", **order).status == 201
        levels.append(met(agency, "4.2")[0])
    for audience in ("internal", "external"):
        assert add(agency, "publication", "4.2", audience=audience, url="https://example.org/").status == 201
        levels.append(met(agency, "4.2")[0])
    assert levels == [0, 1, 2, 3, 3, 4]


def test_evidence_is_listed_to_who_oversees_and_to_its_unit(agency):
    everything = get(agency, "director", "/v1/evidence")["items"]
    kinds = [each["kind"] for each in everything]
    assert kinds.count("designation") == 4 and kinds.count("publication") == 4
    assert [each["unit"] for each in everything if each["expired"]] == ["C-ICT"]
    assert {each["recorded_by"] for each in everything} == {"head"}
    assert {each["unit"] for each in get(agency, "TH-50", "/v1/evidence")["items"]} == {"TH-50"}
    picked = get(agency, "head", "/v1/evidence?criterion=4.2&kind=publication")["items"]
    assert [(each["criterion"], each["kind"]) for each in picked] == [("4.2", "publication")] * 2


@pytest.mark.parametrize("kind, criterion, members, says", [
    ("rumour", "4.1", {}, "/kind"),
    ("designation", "4.1", {"order_no": "1", "order_date": "2024-10-01"}, "/unit"),
    ("designation", "4.2", {"unit": "TH-50", "order_no": "1", "order_date": "2024-10-01"}, "/criterion"),
    ("designation", "4.1", {"unit": "TH-10", "order_no": "1", "order_date": "2024-10-01"}, "/unit"),
    ("publication", "4.1", {"url": "file:///etc", "audience": "internal"}, "/url"),
    ("publication", "4.1", {"url": "https://a.example/", "audience": "everybody"}, "/audience"),
    ("regulation", "4.2", {"order_no": "1", "order_date": "9999-10-01"}, "/order_date"),
    ("regulation", "4.2", {"order_no": "1", "order_date": "2024-10-01", "expires_on": "2024-01-01"}, "/expires_on"),
    ("regulation", "4.2", {"order_no": "1", "order_date": "2024-10-01", "document_sha256": "00"}, "/document_sha256"),
    ("regulation", "4.2", {"order_no": "1", "order_date": "2024-10-01", "unit": "TH-50"}, "member"),
])
def test_evidence_with_faults_is_refused(agency, kind, criterion, members, says):
    status, text = detail(add(agency, kind, criterion, **members))
    assert status == 422 and says in text


def test_a_year_that_the_register_has_not_has_no_scores(agency):
    for year in ("2500", "1", "x", "2569x"):
        assert agency.request("director", "GET", f"/v1/scores/{year}").status in (404, 422)
