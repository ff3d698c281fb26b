"""Those from whom a case is hidden learn nothing: whatever they ask, the answer is byte for byte what it
would be if there were no such case.

Each of them asks every route that there is, about what he cannot know of too: the case's id and
number, the proposal about it, the request for its complainant. The same is asked at a register that never
had the case.
"""

import json
import re
import uuid
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
from harness import ROOT, UNPUBLISHED, fiscal_year, running_site, today
from test_rights import ASKED, HEADERS, ROUTES, name_of

YEAR = fiscal_year(today())
DAY = today().isoformat()
BOX = "7f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e99"
VISIBLE = "7f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e01"
PEOPLE = [("head-2", "LEGAL", "head"), ("investigator-2", "LEGAL", "investigator"), ("alt-triager", "ALT", "triager"),
          ("alt-investigator", "ALT", "investigator"), ("alt-head-2", "ALT", "head")]

# What differs by design, whoever asks.
BY_DESIGN = {
    "complaint_submit": "an id is 122 random bits of whoever sent it",
    "custody_list": "every envelope of the register, by its id alone: a total",
    **dict.fromkeys(("score_get", "report_get", "evidence_pack", "statistics_get"), "totals"),
    **dict.fromkeys(("/log/checkpoint", "/log/tile/{+tile}", "/log/latest", "/log/consistency/{old}/{size}",
                     "/log/proof/{commit}"), "the log"),
    "/metrics": "for who runs the daemon, on his machine",
}

HIDDEN = {
    "the legal group": ({"accused_role": "legal_head"}, "alt-",
                        ["legal", "triager", "head", "head-2", "investigator", "investigator-2"]),
    "the office's head": ({"accused_role": "unit_head"}, "", ["TH-50-head"]),
    "three who see much": ({"accused": [{"name": "ก", "position": "ข", "principal": each}
                                        for each in ("auditor", "admin", "custodian-1")]}, "",
                           ["auditor", "admin", "custodian-1"]),
    "who is in conflict": ({"conflict": ["TH-50", "LEGAL"]}, "alt-", ["TH-50", "TH-50-head", "legal", "triager", "head"]),
}


def done(answer, *statuses):
    assert answer.status in statuses, answer
    return answer.json


@contextmanager
def register():
    """A register with what everybody sees: a case, and a box opened with two letters in it."""
    with running_site(*PEOPLE, ledger=UNPUBLISHED) as site:
        site.postgres.psql("UPDATE register.principal SET email = name || '@nso.example'")
        box = {"id": BOX, "event_id": str(uuid.uuid4()), "opened_on": DAY, "openers": ["TH-50", "TH-50-head"], "seal_before": "1", "seal_after": "2",
               "items": 2}
        done(site.request("TH-50", "POST", "/v1/box-openings", box), 201)
        act(site, "legal", done(site.submit("TH-90", id=VISIBLE), 201), "register")
        yield site


def screened(site, actor, case, *candidates):
    act(site, actor, case, "screen", in_remit=True, conflict=False, particulars=True, next_step="accept", duplicates=candidates,
        **{"class": "C1"})


def link(site, fields, officer):
    """A case that is hidden, and before was a candidate of the visible one's screening and linked to it."""
    original = done(site.submit(officer), 201)
    screened(site, "triager", {"id": VISIBLE}, original["id"])
    proposal = act(site, "triager", {"id": VISIBLE}, "link", original=original["id"], reason="ก")["proposal"]
    done(site.request("head", "POST", f"/v1/proposals/{proposal}",
                      {"event_id": str(uuid.uuid4()), "decision": "approve"}), 200)
    told = {**fields, "accused": [each["principal"] for each in fields.get("accused", [])] or None}
    act(site, "triager", original, "accuse", reason="ก", **{name: value for name, value in told.items() if value})
    return original["id"]


def forget_counts(site):
    """What was mailed of the visible case betrays a count alone."""
    site.postgres.psql(f"DELETE FROM register.outbox WHERE ref = (SELECT ref FROM register.complaint WHERE id = '{VISIBLE}')")


def act(site, actor, case, kind, **told):
    version = site.postgres.psql(f"SELECT version FROM register.complaint WHERE id = '{case['id']}'")
    return done(site.request(actor, "POST", f"/v1/complaints/{case['id']}/events",
                             {"event_id": str(uuid.uuid4()), "kind": kind, **told}, {"If-Match": version}), 200, 202)


def hide(site, fields, group, excluded):
    """A case that nobody of them sees, with all that could betray it; and what it goes by."""
    officer = "TH-90" if "TH-50" in excluded else "TH-50"
    told = {**fields, "class": "C1", "subject": "leak", "complainant": {"name": "ก"},
            "box_opening": BOX if officer == "TH-50" else None}
    case, old = (done(site.submit(officer, **told), 201) for _ in range(2))
    intake = "alt-intake" if group else "legal"
    act(site, intake, case, "register")
    screened(site, f"{group}triager", case)
    act(site, f"{group}head", case, "assign", investigator="alt-investigator" if group else "investigator")
    act(site, f"{group}triager", case, "note", text="ก", audience="complainant", letter_no="1/2570", letter_date=DAY)
    proposal = act(site, f"{group}triager", case, "class_changed", reason="ก", **{"class": "C0"})["proposal"]
    request = done(site.request(f"{group}triager", "POST", f"/v1/complaints/{case['id']}/identity-requests",
                                {"event_id": str(uuid.uuid4()), "reason": "ก"}), 200, 201, 202)["request"]
    done(site.request(officer, "PUT", f"/v1/complaints/{case['id']}/attachments/1", b"%PDF-1.7",
                      {"Content-Type": "application/pdf", "Griev-Event-Id": str(uuid.uuid4()), "Griev-File-Name": "a.pdf"}), 201)
    site.postgres.psql(f"UPDATE register.complaint SET state = 'CLOSED', state_since = '2001-01-01' WHERE id = '{old['id']}'")
    site.postgres.psql(f"UPDATE register.clock SET due_on = '2020-01-01' WHERE complaint = '{case['id']}'")
    return [case["id"], quote(case["ref"], safe=""), old["id"], proposal, request, link(site, fields, officer)]


def values(ids):
    """What is asked with each parameter of a query: what the hidden case would fit."""
    return {
        "limit": [200], "cursor": ["A" * 32, "A" * 54], "state": ["INVESTIGATING", "CLOSED"], "unit": ["TH-50", "TH-90"],
        "class": ["C1"], "fy": [YEAR], "ref": [ids[1], ids[0]], "subject": ["leak"],
        "assignee": ["investigator", "alt-investigator"], "received_from": [DAY], "received_to": [DAY],
        "due_by": ["2099-01-01"], "after": [0], "criterion": ["4.1"], "kind": ["designation"], "code": ["4.1"],
        "pending": ["yes"], "request": ids[4:5],
    }


def queries(route, ids):
    """Without a query, and with each parameter that the document of the API gives the route."""
    described = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    operation = described[route["path"].replace("{+tile}", "{tile}")][route["method"].lower()]
    names = [each["name"] for each in operation.get("parameters", []) if each.get("in") == "query"]
    return ["", *("?" + urlencode({name: value}) for name in names for value in values(ids)[name])]


def path_of(route, id):
    return route["path"].replace("{fy}", str(YEAR)).replace("{id}", id).replace("{n}", "1")


def requests(ids):
    """Every route but those that differ by design, about everything that the case goes by; and what a link
    of the visible one would answer otherwise."""
    yield "GET", f"/v1/complaints/{VISIBLE}", None, None
    for told in ({"kind": "unlink"}, {"kind": "propose", "outcome": "duplicate"}):
        yield ("POST", f"/v1/complaints/{VISIBLE}/events", {"event_id": str(uuid.uuid4()), "reason": "ก", **told},
               {"If-Match": "3"})
    for route in ROUTES:
        if name_of(route) in BY_DESIGN:
            continue
        for id in ids if "{id}" in route["path"] else [""]:
            path = path_of(route, id)
            for query in queries(route, ids) if route["method"] == "GET" else [""]:
                yield route["method"], path + query, ASKED[name_of(route)][0], HEADERS.get(route["function"])


def answers(site, actor, ids):
    connection = site.connect(actor)
    said = []
    for method, path, body, headers in requests(ids):
        answer = site.request(actor, method, path, body, headers, connection)
        said.append((method, path, masked(answer)))
    connection.close()
    return said


def masked(answer):
    """Without the moments at which two registers did the same thing."""
    status, headers, body = answer.masked
    body = re.sub(rb'"(at|accepted_at|confirmed_at|recorded_at|event_id)":"[^"]*"', b'"at"', body)
    body = re.sub(rb'"at": "[^"]*"|"event_id": "[^"]*"', b'"at"', body)  # of a timeline
    return status, [each for each in headers if each[0] != "Content-Length"], body


@pytest.fixture(scope="module")
def without():
    with register() as site:
        screened(site, "triager", {"id": VISIBLE})
        yield site


@pytest.mark.parametrize("fields, group, excluded", HIDDEN.values(), ids=HIDDEN)
def test_who_must_not_see_a_case_is_answered_as_if_it_did_not_exist(without, fields, group, excluded):
    with register() as site:
        ids = hide(site, fields, group, excluded)
        for each in (site, without):
            each.postgres.psql("SELECT rules.sweep(now())", user="grievd_owner")
            forget_counts(each)
        assert "escalated" in site.postgres.psql(f"SELECT string_agg(kind, ' ') FROM register.event WHERE complaint = '{ids[0]}'")
        assert site.postgres.psql("SELECT count(*) FROM register.outbox") != "0"
        for actor in excluded:
            for there, here in zip(answers(without, actor, ids), answers(site, actor, ids)):
                assert there == here, actor
        sees = answers(site, f"{group}head", ids)  # and whoever does see it is told of it
        assert any(ids[0].encode() in body for _, path, (_, _, body) in sees if path.startswith("/v1/queue"))
        assert site.postgres.psql(f"SELECT string_agg(kind, ' ' ORDER BY position) FROM register.event "
                                  f"WHERE complaint = '{VISIBLE}' AND fields ->> 'original' = '{ids[-1]}'") == "proposed link unlink"


def test_a_page_goes_on_from_a_case_that_was_hidden_meanwhile():
    with register() as site:
        for _ in range(3):
            done(site.submit("TH-50"), 201)
        for path in ("/v1/complaints?limit=1", "/v1/queue?limit=1"):
            page = done(site.request("triager", "GET", path), 200)
            rest = f"{path}&cursor={page['next']}"
            there = site.request("triager", "GET", rest)
            act(site, "triager", page["items"][0], "interest", reason="ก")
            assert done(there, 200) == done(site.request("triager", "GET", rest), 200)


def test_every_route_is_asked_or_differs_by_design_and_every_parameter_is_used():
    assert {name_of(route) for route in ROUTES} >= set(BY_DESIGN)
    ids = [str(uuid.uuid4()), "TH-50%2F2570%2F0001"]
    asked = {(method, path.split("?")[0]) for method, path, _, _ in requests(ids)}
    for route in ROUTES:
        assert ((route["method"], path_of(route, ids[0])) in asked) != (name_of(route) in BY_DESIGN), route
