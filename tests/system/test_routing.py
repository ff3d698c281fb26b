"""Who gets a complaint, who sees it, and that to all others it does not exist."""

import uuid
from urllib.parse import quote

import pytest
from harness import complaint, fiscal_year, running_site, today
from load import check_register

LEGAL_GROUP = ("legal", "triager", "head", "legal-2")
ALTERNATE = ("alt-intake", "alt-triager", "alt-head")
OTHERS = ("TH-50-2", "TH-50-head", "TH-90", "investigator", "director", "custodian-1", "reporter", "secretary",
          "committee", "admin")
VIEWERS = {"TH-50", "auditor", *LEGAL_GROUP, *ALTERNATE, *OTHERS}


@pytest.fixture(scope="module")
def site():
    with running_site(("TH-50-2", "TH-50", "officer"), ("legal-2", "LEGAL", "intake"),
                      ("alt-triager", "ALT", "triager")) as made:
        yield made


def nothing(site, actor, method="GET", *rest):
    """What actor is told of a complaint that does not exist."""
    suffix = "" if method == "GET" else "/events"
    return site.request(actor, method, f"/v1/complaints/{uuid.uuid4()}{suffix}", *rest)


def sees(site, actor, case, unit="TH-50"):
    """Whether actor sees the case, which every way to look at it must agree on."""
    connection = site.connect(actor)
    missing = nothing(site, actor, "GET", None, None, connection)
    assert missing.status == 404
    shown = [site.request(actor, "GET", f"/v1/complaints/{quote(name, safe='')}", None, None, connection)
             for name in (case["id"], case["id"].upper(), case["ref"])]
    listed = set()
    for query in ("limit=200", f"ref={quote(case['ref'], safe='')}", "limit=200&state=RECEIVED",
                  f"limit=200&unit={unit}&fy={fiscal_year(today())}"):
        items = site.request(actor, "GET", f"/v1/complaints?{query}", None, None, connection).json["items"]
        listed.add(case["id"] in [item["id"] for item in items])
    connection.close()
    assert len(listed) == 1, f"{actor}: lists disagree"
    if listed == {True}:
        assert [each.status for each in shown] == [200] * 3
        return True
    for each in shown:
        assert each.masked == missing.masked
    return False


def accept(site, **fields):
    answer = site.submit("TH-50", **fields)
    assert answer.status == 201, answer
    return answer.json


def register(actor, case, version=1):
    """The request that takes the case, as arguments of Site.request()."""
    return (actor, "POST", f"/v1/complaints/{case['id']}/events",
            {"event_id": str(uuid.uuid4()), "kind": "register"}, {"If-Match": f'"{version}"'})


def person(principal):
    return [{"name": "ผู้ถูกร้อง", "principal": principal}]


TO_LEGAL = {"TH-50", "auditor", *LEGAL_GROUP}
TO_ALTERNATE = {"TH-50", "auditor", *ALTERNATE}

CASES = {
    "nobody named": ({}, "legal", "own", TO_LEGAL),
    "an unknown accused": ({"accused_role": "unknown"}, "legal", "own", TO_LEGAL),
    "another office accused": ({"accused_unit": "TH-90"}, "legal", "own", TO_LEGAL),
    "somebody else accused": ({"accused": person("TH-90")}, "legal", "own", TO_LEGAL - {"TH-90"}),
    "head of the legal group accused": ({"accused_role": "legal_head"}, "alternate", "central", TO_ALTERNATE),
    "staff of the legal group accused": ({"accused_role": "legal_staff"}, "alternate", "central", TO_ALTERNATE),
    "the legal group accused": ({"accused_unit": "LEGAL"}, "alternate", "central", TO_ALTERNATE),
    "one of the legal group accused": ({"accused": person("triager")}, "alternate", "central", TO_ALTERNATE),
    "one of the legal group in conflict": ({"conflict": ["investigator"]}, "alternate", "central", TO_ALTERNATE),
    "the legal group in conflict": ({"conflict": ["LEGAL"]}, "alternate", "central", TO_ALTERNATE),
    "the director accused": ({"accused_role": "director"}, "external", "central", TO_ALTERNATE),
    "a deputy director accused": ({"accused_role": "deputy_director"}, "external", "central", TO_ALTERNATE),
    "the director accused by name": ({"accused": person("director")}, "external", "central", TO_ALTERNATE),
    "director and legal group accused": (
        {"accused_role": "director", "accused_unit": "LEGAL"}, "external", "central", TO_ALTERNATE),
    "one of the alternate in conflict": ({"conflict": ["alt-head"]}, "legal", "own", TO_LEGAL),
    "legal group accused, one of the alternate in conflict": (
        {"accused_unit": "LEGAL", "conflict": ["alt-head"]}, "alternate", "central", TO_ALTERNATE - {"alt-head"}),
    "the own head accused": ({"accused_role": "unit_head"}, "legal", "central", TO_LEGAL),
    "the own officer accused": ({"accused_role": "unit_officer"}, "legal", "central", TO_LEGAL - {"TH-50"}),
    "the submitter accused": ({"accused": person("TH-50")}, "legal", "central", TO_LEGAL - {"TH-50"}),
    "the own office in conflict": ({"conflict": ["TH-50"]}, "legal", "central", TO_LEGAL - {"TH-50"}),
    "a colleague in conflict": ({"conflict": ["TH-50-2"]}, "legal", "central", TO_LEGAL),
}


@pytest.mark.parametrize("name", CASES)
def test_a_complaint_goes_where_nobody_it_concerns_sees_it(site, name):
    fields, route, series, viewers = CASES[name]
    case = accept(site, **fields)
    assert (case["state"], case["route"]) == ("RECEIVED", route)
    assert case["ref"].startswith(f"{'TH-50' if series == 'own' else 'ล'}/{fiscal_year(today())}/")
    assert {actor for actor in VIEWERS if sees(site, actor, case)} == viewers


def test_content_is_for_the_group_that_handles_it(site):
    for fields, handlers in (({}, LEGAL_GROUP), ({"accused_unit": "LEGAL"}, ALTERNATE)):
        case = accept(site, narrative="เนื้อความ", **fields)
        for actor in handlers:
            read = site.request(actor, "GET", f"/v1/complaints/{case['id']}").json
            assert read["reads"] and read["moves"] == (
                ["accuse", "interest", "note", "register"] + ([] if actor in ("head", "alt-head") else ["withdraw"]))
            assert site.open(actor, case["id"]).json["body"]["narrative"] == "เนื้อความ"
        for actor in ("TH-50", "auditor"):
            read = site.request(actor, "GET", f"/v1/complaints/{case['id']}").json
            assert (read["reads"], read["moves"]) == (False, [])
            assert site.open(actor, case["id"]).status in (403, 404)


@pytest.mark.parametrize("fields, takes", [
    ({"accused_unit": "LEGAL"}, "alt-intake"), ({"accused_role": "legal_head"}, "alt-triager"),
    ({"accused_role": "director"}, "alt-head"), ({}, "legal"), ({"accused_role": "unit_officer"}, "head"),
])
def test_the_group_it_is_routed_to_takes_it_and_to_the_other_it_does_not_exist(site, fields, takes):
    case = accept(site, **fields)
    others = ALTERNATE if takes in LEGAL_GROUP else LEGAL_GROUP
    for actor in others:
        refused = site.request(*register(actor, case))
        missing = nothing(site, actor, "POST", *register(actor, case)[3:])
        assert refused.status == 404 and refused.masked == missing.masked
    taken = site.request(*register(takes, case))
    assert (taken.status, taken.json["state"]) == (200, "TRIAGE")
    for actor in others:
        assert not sees_at_all(site, actor, case)


def sees_at_all(site, actor, case):
    return site.request(actor, "GET", f"/v1/complaints/{case['id']}").status == 200


def test_an_officer_sees_his_own_and_not_a_colleagues(site):
    mine, his = accept(site), site.submit("TH-50-2").json
    assert his["ref"].startswith("TH-50/")
    assert sees(site, "TH-50", mine) and not sees(site, "TH-50", his)
    assert sees(site, "TH-50-2", his) and not sees(site, "TH-50-2", mine)


def test_what_the_legal_group_submits_follows_the_same_rules(site):
    case = site.submit("legal", channel="phone").json
    assert (case["route"], case["ref"][:6]) == ("legal", "LEGAL/")
    hidden = site.submit("legal", accused_role="legal_head").json
    assert (hidden["route"], hidden["ref"][:2]) == ("alternate", "ล/")
    assert not sees(site, "legal", hidden, "LEGAL") and sees(site, "alt-intake", hidden, "LEGAL")


def set_principal(site, name, unit, roles, active=True):
    answer = site.request("admin", "POST", "/v1/principals", {
        "event_id": str(uuid.uuid4()), "name": name, "name_th": f"ผู้ใช้ {name}", "name_en": name, "unit": unit,
        "roles": roles, "active": active})
    assert answer.status in (200, 201), answer


def test_who_joins_the_group_or_leaves_it_still_does_not_see_what_is_hidden_from_it(site):
    set_principal(site, "leaver", "LEGAL", ["intake"])
    hidden = accept(site, accused_role="legal_staff")
    set_principal(site, "joiner", "LEGAL", ["triager"])
    set_principal(site, "leaver", "ALT", ["intake"])
    later = accept(site, accused_role="legal_staff")
    assert not sees(site, "joiner", hidden)
    assert not sees(site, "leaver", hidden)
    assert sees(site, "leaver", later)
    assert sees(site, "joiner", accept(site))


def test_who_joins_a_unit_in_conflict_does_not_see_the_case_either(site):
    hidden = accept(site, conflict=["AUDIT"])
    seen = accept(site)
    set_principal(site, "auditor-2", "AUDIT", ["auditor"])
    for actor in ("auditor", "auditor-2"):
        assert sees(site, actor, seen) and not sees(site, actor, hidden)


def test_an_accused_head_whom_the_register_does_not_know_yet_gets_no_gap_either(site):
    for role in ("unit_head", "unit_officer"):
        assert site.submit("TH-90", accused_role=role).json["ref"].startswith("ล/")


def test_what_one_loses_with_a_role_is_gone_at_once(site):
    set_principal(site, "helper", "LEGAL", ["triager"])
    case = accept(site)
    assert sees(site, "helper", case)
    set_principal(site, "helper", "LEGAL", ["officer"])
    assert not sees(site, "helper", case)


def month(site, actor):
    first = today().replace(day=1).isoformat()[:7]
    items = site.request(actor, "GET", "/v1/returns?unit=TH-50").json["items"]
    return next(item for item in items if item["month"] == first)


def score(site):
    return site.request("director", "GET", f"/v1/scores/{fiscal_year(today())}").json["kpi1"]


def test_totals_count_what_is_hidden_and_the_hidden_from_do_not_notice(site):
    seen, received = month(site, "TH-50-head")["visible"], score(site)["received"]
    for fields in ({"accused_role": "unit_head"}, {"conflict": ["TH-50"]}, {"accused": person("TH-50-head")}):
        accept(site, **fields)
    assert month(site, "TH-50-head")["visible"] == seen
    assert score(site)["received"] == received + 3
    accept(site)
    accept(site, accused_role="legal_head")  # hidden from others, not from him
    assert month(site, "TH-50-head")["visible"] == seen + 2
    assert score(site)["received"] == received + 5


def test_an_office_finds_no_gap_in_its_numbers(site):
    for fields in ({}, {"accused_role": "unit_officer"}, {}, {"conflict": ["TH-50"]}, {}):
        accept(site, **fields)
    items = site.request("TH-50", "GET", "/v1/complaints?limit=200").json["items"]
    items += site.request("TH-50-2", "GET", "/v1/complaints?limit=200").json["items"]
    numbers = sorted(int(item["ref"].rsplit("/")[-1]) for item in items if item["ref"].startswith("TH-50/"))
    assert numbers == list(range(1, len(numbers) + 1))
    check_register(site.postgres)


def test_hidden_cases_make_no_hole_in_pages(site):
    """A page is full, and there is a next one only if something is on it."""
    for fields in ({}, {"accused_unit": "LEGAL"}, {"accused_unit": "LEGAL"}, {}, {"accused_unit": "LEGAL"}):
        accept(site, **fields)
    for actor in ("legal", "alt-head", "TH-50"):
        whole = site.request(actor, "GET", "/v1/complaints?limit=200").json["items"]
        path, ids = "/v1/complaints?limit=2", []
        while True:
            page = site.request(actor, "GET", path).json
            ids += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            assert len(page["items"]) == 2
            path = f"/v1/complaints?limit=2&cursor={page['next']}"
        assert page["items"] and ids == [item["id"] for item in whole]


def test_whoever_holds_the_code_learns_the_state_of_a_hidden_case_too(site):
    case = accept(site, accused_role="legal_head")
    answer = site.request("legal", "POST", "/v1/track", {"track": case["track"]})
    assert (answer.status, answer.json["state"]) == (200, "RECEIVED")


def test_accused_people_are_those_of_the_register(site):
    """A name the register does not know could be somebody it would have to hide the case from."""
    for fields in ({"accused": person("somebody")}, {"conflict": ["somebody"]}, {"accused_unit": "somewhere"}):
        assert site.submit("TH-50", **fields).status == 422
    body = complaint(accused=[{"name": "ไม่ทราบ"}])
    assert site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body).status == 201
