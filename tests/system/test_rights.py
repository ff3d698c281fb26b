"""Who may do what: every route for everybody, and whose certificate counts for what."""

import csv
import json
import os
import ssl
import subprocess
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from harness import GRIEVD, ROOT, Site, complaint, running_site, wait_until

ROUTES = json.loads(subprocess.run([GRIEVD, "routes", "--json"], capture_output=True, text=True).stdout)
with open(Site.PRINCIPALS, encoding="utf-8", newline="") as people:
    ROLES = {row["name"]: set(row["roles"].split()) for row in csv.DictReader(people)}
NOWHERE = "3b1f8a52-0000-4000-8000-000000000000"
EVENT = {"event_id": "3b1f8a52-1111-4000-8000-000000000000"}

# What each route is asked, and what it says to who may ask it. Nothing here changes the register,
# but for the submissions.
ASKED = {
    "complaint_submit": (None, 201),
    "complaint_check": (None, 200),
    "complaint_list": (None, 200),
    "complaint_get": (None, 404),
    "complaint_open": ({}, 404),
    "attachment_add": (b"%PDF-1.7", 404),
    "attachment_open": (None, 404),
    "case_queue": (None, 200),
    "identity_request": ({**EVENT, "reason": "ก"}, 404),
    "identity_request_list": (None, 200),
    "identity_decide": ({**EVENT, "act": "open"}, 404),
    "erasure_propose": ({**EVENT, "reason": "ก", "approval_no": "1"}, 404),
    "letter_list": (None, 200),
    "retention_due": (None, 200),
    "custody_list": (None, 200),
    "custody_rewrap": (EVENT, 422),
    "complaint_event": ({**EVENT, "kind": "register"}, 404),
    "return_confirm": (EVENT, 422),
    "return_list": (None, 200),
    "box_opening_add": (EVENT, 422),
    "box_opening_list": (None, 200),
    "evidence_add": (EVENT, 422),
    "evidence_end": (EVENT, 404),
    "evidence_list": (None, 200),
    "score_get": (None, 200),
    "assessment_add": (EVENT, 422),
    "assessment_list": (None, 200),
    "evidence_pack": (None, 200),
    "report_get": (None, 200),
    "report_issue": (EVENT, 409),
    "report_submit": (EVENT, 422),
    "report_erratum": (EVENT, 422),
    "statistics_get": (None, 200),
    "statistics_publish": (EVENT, 422),
    "complaint_track": ({"track": "0" * 26}, 404),
    "unit_list": (None, 200),
    "unit_set": (EVENT, 422),
    "principal_list": (None, 200),
    "principal_set": (EVENT, 422),
    "proposal_list": (None, 200),
    "proposal_decide": ({**EVENT, "decision": "approve"}, 404),
    "mail_list": (None, 200),
    "rule_list": (None, 200),
    "me": (None, 200),
    "taxonomy": (None, 200),
    "opening_list": (None, 200),
    "/log/checkpoint": (None, 200),
    "/log/tile/{+tile}": (None, 404),
    "/log/latest": (None, 200),
    "/log/consistency/{old}/{size}": (None, 200),
    "/log/proof/{commit}": (None, 404),
    "/v1/openapi.json": (None, 200),
    "/healthz": (None, 200),
    "/readyz": (None, 200),
    "/metrics": (None, 404),
}
HEADERS = {"complaint_event": {"If-Match": "1"},
           "attachment_add": {"Griev-Event-Id": EVENT["event_id"], "Griev-File-Name": "a.pdf"}}


@pytest.fixture(scope="module")
def site():
    with running_site() as made:
        wait_until(lambda: made.request(None, "GET", "/log/checkpoint").status == 200, "the log is published")
        yield made


def name_of(route):
    return route["function"] or route["path"]


def ask(site, route, actor, connection=None):
    body, _ = ASKED[name_of(route)]
    path = route["path"].replace("{fy}", "2569").replace("{criterion}", "4.1").replace("{id}", NOWHERE).replace("{n}", "1")
    path = path.replace("{+tile}", "9/000").replace("{old}", "1").replace("{size}", "1").replace("{commit}", 64 * "0")
    if route["function"] in ("complaint_submit", "complaint_check"):
        body = complaint()
        path = route["path"].replace("{id}", body["id"])
    return site.request(actor, route["method"], path, body, HEADERS.get(route["function"]), connection)


def may(route, roles):
    if route["access"] == "certificate":
        return roles is not None and (route["roles"] == "by right" or bool(roles & set(route["roles"].split())))
    return True


def problem(answer):
    return answer.json["type"].removeprefix("urn:grievd:problem:")


# -- roles


def test_the_table_of_rights_is_that_of_the_routes():
    rights = {}
    with open(ROOT / "sql" / "reference" / "rights.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rights.setdefault(row["function"], set()).add(row["role"])
    for own in ("reference", "sweep", "ledger_leaves", "ledger_lasting", "sealing_place", "attachment_begin",
                "attachment_chunk_add", "attachment_chunk_read", "attachment_drop", "outbox_take", "outbox_settle",
                "score_metrics", "rewrap_next", "rewrap_done", "publication_list", "publication_begin",
                "publication_add"):
        assert rights.pop(own) == {"anyone"}  # for a program of ours alone: no route leads there
    routes = {each["function"]: {"any"} if each["roles"] == "by right" else set(each["roles"].split())
              for each in ROUTES if each["function"]}
    assert rights == routes


def test_every_route_is_asked_and_every_role_is_somebodys():
    assert set(ASKED) == {name_of(route) for route in ROUTES}
    with open(ROOT / "sql" / "reference" / "taxonomy.csv", encoding="utf-8", newline="") as file:
        roles = {row["code"] for row in csv.DictReader(file) if row["kind"] == "role"}
    assert set().union(*ROLES.values()) == roles


@pytest.mark.parametrize("actor", [None, *ROLES])
def test_each_may_what_his_roles_say_and_no_more(site, actor):
    connection = site.connect(actor)
    for route in ROUTES:
        answer = ask(site, route, actor, connection)
        if may(route, ROLES.get(actor)):
            assert answer.status == ASKED[name_of(route)][1], (route, answer)
        elif actor is None:
            assert (answer.status, problem(answer)) == (401, "certificate-required"), (route, answer)
        else:
            assert (answer.status, problem(answer)) == (403, "forbidden"), (route, answer)
    connection.close()


@pytest.mark.parametrize("route", [route for route in ROUTES if route["access"] == "certificate"], ids=name_of)
def test_beside_who_may_stands_who_may_not(route):
    allowed = {name for name, roles in ROLES.items() if may(route, roles)}
    assert allowed and (route["roles"] == "by right" or allowed != set(ROLES))


def test_me_names_the_rights_that_the_routes_grant(site):
    for actor, roles in ROLES.items():
        answer = site.request(actor, "GET", "/v1/me").json
        functions = {route["function"] for route in ROUTES
                     if route["access"] == "certificate" and route["function"] and may(route, roles)}
        assert (answer["name"], set(answer["roles"])) == (actor, roles)
        assert set(answer["rights"]) == functions


def test_a_head_confirms_and_an_officer_opens_boxes_for_his_own_unit_only(site):
    confirm = {**EVENT, "unit": "TH-90", "month": "2025-01", "count": 0}
    assert site.request("TH-50-head", "POST", "/v1/returns", confirm).status == 403
    refused = site.request("TH-50-head", "POST", "/v1/returns", {**confirm, "event_id": str(uuid.uuid4()), "unit": "LEGAL"})
    assert refused.status == 422  # no unit that confirms


# -- people


def set_principal(site, name, roles, active=True):
    answer = site.request("admin", "POST", "/v1/principals", {
        "event_id": str(uuid.uuid4()), "name": name, "name_th": name, "name_en": name, "unit": "TH-50",
        "roles": roles, "active": active})
    assert answer.status in (200, 201), answer


def outside(site, actor):
    """Everything of the register is refused to actor; the log is for whoever has a certificate."""
    connection = site.connect(actor)
    for route in ROUTES:
        if route["access"] == "certificate" and route["function"]:
            answer = ask(site, route, actor, connection)
            assert (answer.status, problem(answer)) == (403, "forbidden"), (route, answer)
    assert site.request(actor, "GET", "/healthz", None, None, connection).status == 200
    connection.close()


def test_a_certificate_of_nobody_in_the_register_opens_nothing(site):
    outside(site, "stranger")


def test_who_is_made_inactive_is_outside_on_an_open_connection_too(site):
    set_principal(site, "guest", ["officer"])
    connection = site.connect("guest")
    assert site.submit("guest", connection).status == 201
    set_principal(site, "guest", ["officer"], active=False)
    assert site.submit("guest", connection).status == 403
    assert site.request("guest", "GET", "/v1/me", None, None, connection).status == 403
    outside(site, "guest")
    set_principal(site, "guest", ["officer"])
    assert site.submit("guest", connection).status == 201
    connection.close()


def test_a_role_given_or_taken_counts_from_the_next_request(site):
    set_principal(site, "changer", ["officer"])
    connection = site.connect("changer")
    assert site.submit("changer", connection).status == 201
    assert site.request("changer", "GET", "/v1/scores/2569", None, None, connection).status == 403
    set_principal(site, "changer", ["reporter"])
    assert site.submit("changer", connection).status == 403
    assert site.request("changer", "GET", "/v1/scores/2569", None, None, connection).status == 200
    connection.close()


# -- certificates


def refused(site, actor, folder=None):
    """The handshake, or in TLS 1.3 what comes after it, fails."""
    try:
        with site.raw(actor, folder) as tls:
            tls.sendall(b"GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return tls.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def issue(site, name, *options, purpose="clientAuth", subject=None):
    """A certificate of our CA, other than grievd-ca would make it."""
    folder = site.ca_folder
    site.certificate(name)  # for its key
    request, extensions = folder / "odd.csr", folder / "odd.ext"
    extensions.write_text(f"basicConstraints=critical,CA:false\nextendedKeyUsage={purpose}\n")
    for command in (["req", "-new", "-config", folder / "ca.conf", "-key", folder / f"{name}.key",
                     "-utf8", "-subj", subject or f"/CN={name}", "-out", request],
                    ["ca", "-batch", "-notext", "-config", folder / "ca.conf", "-in", request, "-extfile", extensions,
                     "-out", folder / f"{name}.pem", *(options or ["-days", "2"])]):
        done = subprocess.run(["openssl", *map(str, command)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def moment(seconds):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%SZ")


def test_a_certificate_made_in_the_same_way_is_accepted(site):
    """So that what follows is refused for the one thing that differs."""
    set_principal(site, "odd", ["officer"])
    issue(site, "odd")
    assert not refused(site, "odd")
    assert site.request("odd", "GET", "/v1/me").status == 200


def test_a_certificate_of_another_authority_is_refused(site):
    other = site.folder / "other-ca"
    site.ca("init", other, "--name", "grievd CA")
    site.certificate("TH-50", other)
    assert not refused(site, "TH-50")
    assert refused(site, "TH-50", other)


def test_an_expired_certificate_is_refused(site):
    issue(site, "was-good", "-startdate", moment(-86400), "-enddate", moment(-60))
    assert refused(site, "was-good")


def test_a_certificate_that_is_not_valid_yet_is_refused(site):
    issue(site, "will-be-good", "-startdate", moment(3600), "-enddate", moment(86400))
    assert refused(site, "will-be-good")


def test_a_certificate_that_expires_ends_on_an_open_connection(site):
    set_principal(site, "ending", ["officer"])
    issue(site, "ending", "-startdate", moment(-60), "-enddate", moment(4))
    connection = site.connect("ending")
    assert site.submit("ending", connection).status == 201
    time.sleep(5)
    answer = site.submit("ending", connection)
    assert (answer.status, problem(answer)) == (403, "certificate-refused")
    assert answer.headers["Connection"] == "close"
    connection.close()


@pytest.mark.parametrize("purpose", ["serverAuth", "emailProtection", "codeSigning"])
def test_a_certificate_for_another_purpose_is_refused(site, purpose):
    issue(site, f"for-{purpose}", purpose=purpose)
    assert refused(site, f"for-{purpose}")


@pytest.mark.parametrize("name, subject", [
    ("blank", "/CN=TH 50"), ("line", "/CN=TH-50\nactor=admin"), ("thai", "/CN=เชียงใหม่"), ("slash", "/CN=TH-50\\/x"),
    ("comma", "/CN=TH-50,admin"), ("two", "/CN=TH-50/CN=admin"), ("two-in-one", "/CN=TH-50+CN=admin"),
])
def test_a_certificate_whose_name_cannot_be_a_principals_is_nobodys(site, name, subject):
    issue(site, name, subject=subject)
    if refused(site, name):
        return
    answer = site.request(name, "GET", "/v1/me")
    assert (answer.status, problem(answer)) == (403, "certificate-refused")


def test_a_revoked_certificate_ends_with_the_next_list_on_open_connections_too(site):
    set_principal(site, "dismissed", ["officer"])
    set_principal(site, "innocent", ["officer"])
    site.certificate("dismissed")
    open_one, bystander = site.connect("dismissed"), site.connect("innocent")
    for actor, connection in (("dismissed", open_one), ("innocent", bystander)):
        assert site.submit(actor, connection).status == 201
    before = bystander.sock
    site.ca("revoke", site.ca_folder, "dismissed")
    assert site.submit("dismissed", open_one).status == 201  # the daemon has not been told
    site.reload()
    body = complaint()
    answer = site.request("dismissed", "PUT", f"/v1/complaints/{body['id']}", body, None, open_one)
    assert (answer.status, problem(answer)) == (403, "certificate-refused")
    assert answer.headers["Connection"] == "close"
    assert site.postgres.psql(f"SELECT count(*) FROM register.complaint WHERE id = '{body['id']}'") == "0"
    assert refused(site, "dismissed")
    assert site.submit("innocent", bystander).status == 201
    assert bystander.sock is before  # the connection was not dropped
    for connection in (open_one, bystander):
        connection.close()


def test_a_new_certificate_of_who_lost_one_is_accepted(site):
    set_principal(site, "loser", ["officer"])
    site.certificate("loser")
    site.ca("revoke", site.ca_folder, "loser")
    site.reload()
    assert refused(site, "loser")
    site.ca("client", "--force", site.ca_folder, "loser")
    assert not refused(site, "loser")


# -- TLS


def test_nothing_older_than_TLS_1_3_is_spoken(site):
    context = site.tls_context("TH-50")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    before = site.metric("grievd_tls_handshakes_failed_total")
    connection = site.connect("TH-50")
    connection._context = context
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connection.connect()
    wait_until(lambda: site.metric("grievd_tls_handshakes_failed_total") == before + 1, "it is counted")


def s_client(site, *args, sent="GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"):
    folder = site.ca_folder
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-servername", "localhost",
               "-CAfile", folder / "ca.pem", "-cert", folder / "TH-50.pem", "-key", folder / "TH-50.key",
               "-ign_eof", "-msg", *args]
    site.certificate("TH-50")
    return subprocess.run(command, input=sent, capture_output=True, text=True, timeout=60).stdout


def test_no_session_can_be_resumed(site):
    saved = site.folder / "session.pem"
    talk = s_client(site, "-sess_out", saved)
    assert "HTTP/1.1 200" in talk and "Verify return code: 0" in talk and "TLSv1.3" in talk
    assert "NewSessionTicket" not in talk
    assert not saved.exists() or not os.path.getsize(saved) or "Reused" not in s_client(site, "-sess_in", saved)
