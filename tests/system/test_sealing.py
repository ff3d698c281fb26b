"""What sealing promises: a stolen database tells neither who complained nor what was said, and who works on
a case reads it all the same."""

import base64
import csv
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
import uuid

import pytest
import vault
from harness import GRIEV, GRIEVD, ROOT, Site, complaint, running_site, wait_until
from texts import HARD

COUNT = 500


@pytest.fixture(scope="module")
def site():
    with running_site() as made:
        yield made


def send(site, body, actor="TH-50", **headers):
    return site.request(actor, "PUT", f"/v1/complaints/{body['id']}", body, headers)


def accept(site, **fields):
    body = complaint(**fields)
    answer = send(site, body)
    assert answer.status == 201, answer
    return body, answer.json


# -- nothing of a text lies anywhere

def marker():
    return secrets.token_hex(12)  # 24 characters


def secret_complaint(k):
    """A complaint with a random marker in every text of it, and those markers."""
    texts, marks = list(HARD.values()), [marker() for _ in range(7)]
    person = {"name": f"นาย{marks[0]}", "phone": f"08{secrets.randbelow(10**8):08}", "email": f"{marks[1]}@example.org",
              "address": f"บ้านเลขที่ {marks[2]}"}
    narrative = f"{texts[k % len(texts)]} {marks[3]} {'เรื่องร้องเรียนฉบับเต็ม ' * 4}{k}"
    body = complaint(identity="confidential", complainant=person, narrative=narrative, contact={"note": marks[4]},
                     accused=[{"name": f"นาง{marks[5]}", "position": marks[6]}])
    return body, [*marks, person["phone"]]


def runs_of(text, length=48):
    """48-byte runs of a text, one at each eighth byte: a copy of any 56 bytes holds one of them."""
    data = text.encode()
    runs = {data[at:at + length] for at in range(0, len(data) - length + 1, 8)}
    return {each for each in runs if b"\n" not in each}


def where(needles, *places):
    """The files below the places that hold one of the needles."""
    done = subprocess.run(["grep", "-r", "-a", "-l", "-F", "-f", "-", *places], input=b"\n".join(needles),
                          capture_output=True, env={**os.environ, "LC_ALL": "C"})
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.decode().split()


def test_after_500_complaints_no_text_lies_in_dump_wal_log_or_any_file(tmp_path):
    with running_site() as site:
        # This instance faces the offices: it holds public keys only.
        site.stop_daemon()
        site.settings["sealing"]["open_keys"] = ""
        shutil.move(site.folder / "keys" / "legal.key", tmp_path / "elsewhere")
        site.start_daemon().await_ready()
        needles, connection = set(), site.connect("TH-50")
        for k in range(COUNT):
            body, marks = secret_complaint(k)
            answer = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, None, connection)
            assert answer.status == 201, answer
            needles |= {each.encode() for each in marks} | runs_of(body["narrative"])
        connection.close()

        refused, marks = secret_complaint(0)
        assert send(site, {**refused, "subject": "no-such-subject"}).status == 422
        needles |= {each.encode() for each in marks}
        # A constraint that fails inside a submission, as a fault of the database would.
        site.postgres.psql("ALTER TABLE register.content ADD CONSTRAINT never CHECK (position < 0) NOT VALID")
        failed, marks = secret_complaint(1)
        assert send(site, failed).status == 500
        needles |= {each.encode() for each in marks} | runs_of(failed["narrative"])

        assert site.postgres.psql("SELECT count(*) FROM register.content") == str(COUNT)
        seen = tmp_path / "seen"
        seen.mkdir()
        (seen / "dump").write_text(site.postgres.run(
            "pg_dump", "-h", site.postgres.socket_dir, "-U", "postgres", "--inserts", "grievd"))
        for view in ("pg_stat_activity", "pg_stats", "pg_prepared_statements", "pg_cursors"):
            (seen / view).write_text(site.postgres.psql(f"SELECT * FROM {view}"))
        (seen / "metrics").write_text(site.metrics())
        site.stop_daemon()
        site.postgres.stop()
        assert list((site.folder / "pg" / "pg_wal").iterdir()) and site.log_path.stat().st_size > 0
        assert where(needles, seen, site.folder) == []
        # The same search finds a text where there is one.
        (seen / "copy").write_text(json.dumps(body, ensure_ascii=False))
        assert where(needles, seen, site.folder) == [str(seen / "copy")]


def test_no_core_dump_could_hold_a_text(site):
    limits = re.search(r"^Max core file size +(\d+) +(\d+)", open(f"/proc/{site.daemon.pid}/limits").read(), re.M)
    assert limits.groups() == ("0", "0")
    assert "core_dumps_not_disabled" not in site.log()


def test_a_body_and_its_salt_do_not_help_to_guess_the_complainant(site):
    """Whoever reads the case and has the row still cannot test names: salt_I lies with the custodians."""
    names = [f"ผู้ร้อง{n:04}" for n in range(10_000)]
    name = secrets.choice(names)
    body, answer = accept(site, identity="named", complainant={"name": name})
    kept = vault.Stored(site, body["id"])
    salt_b, _ = kept.open_body("legal")
    opening, commit = (bytes.fromhex(each) for each in site.postgres.psql(
        "SELECT encode(opening, 'hex'), encode(commit, 'hex') FROM register.complaint"
        f" WHERE id = '{body['id']}'").split("|"))
    part_i, salts = opening[64:96], [opening[:32], salt_b, bytes(32)]
    assert len(opening) == 96

    def part(salt, text):
        return hashlib.sha256(b"grievd/I/v1\0" + salt + hashlib.sha256(text).digest()).digest()
    guesses = [json.dumps({"name": each}, ensure_ascii=False).encode() for each in names]
    assert not any(part(salt, guess) == part_i for salt in salts for guess in guesses)
    salt_i, identity = kept.open_identity(1, 2)
    assert part(salt_i, identity) == part_i, "two custodians can"


# -- who opens

def test_the_reader_gets_the_bytes_and_each_opening_is_told(site):
    body, answer = accept(site)
    read = site.open("triager", body["id"])
    assert read.status == 200 and read.json == {"id": body["id"], "ref": answer["ref"], "body": body, "texts": []}
    assert read.headers["ETag"] == '"1"'
    site.open("head", body["id"])
    timeline = site.request("head", "GET", f"/v1/complaints/{body['id']}").json["timeline"]
    assert [(each["kind"], each["by"]) for each in timeline] == [
        ("accepted", "TH-50"), ("opened", "triager"), ("opened", "head")]


@pytest.mark.parametrize("actor, status", [("TH-50", 403), ("TH-90", 403), ("TH-50-head", 403), ("auditor", 403),
                                           ("alt-head", 404), ("custodian-1", 403), ("director", 404),
                                           ("investigator", 404), (None, 401)])
def test_others_get_nothing_opened(site, actor, status):
    body, _ = accept(site)
    answer = site.open(actor, body["id"])
    assert answer.status == status and body["narrative"].encode() not in answer.body
    assert site.open("legal", body["id"]).status == 200, "who may, may"


def test_an_accused_legal_group_holds_no_key_to_its_case(site):
    body, answer = accept(site, accused_role="legal_head")
    assert answer["route"] == "alternate"
    kept = vault.Stored(site, body["id"])
    with pytest.raises(vault.envelope.Refused):
        kept.open_body("legal")
    assert json.loads(kept.open_body("alternate")[1]) == body
    assert site.open("head", body["id"]).status == 404
    assert site.open("alt-head", body["id"]).json["body"] == body


def test_one_custodian_alone_opens_nothing(site):
    body, _ = accept(site, identity="named", complainant={"name": "นางสาวมะลิ"})
    kept, at = vault.Stored(site, body["id"]), vault.place(body["id"], "identity")
    share = vault.envelope.unwrap(vault.private_key(site, "custodian-1"), at.share(1), kept.named("share:1")[0])
    for other in (2, 3):
        with pytest.raises(vault.envelope.Refused):
            vault.envelope.unwrap(vault.private_key(site, "custodian-1"), at.share(other),
                                  kept.named(f"share:{other}")[0])
        pair = next(each for each in kept.named("identity") if vault.envelope.parse(each)["b"] == other)
        with pytest.raises(vault.envelope.Refused):
            vault.envelope.open_pair(at, {1: share, other: share}, pair)
    assert json.loads(kept.open_identity(1, 3)[1]) == {"name": "นางสาวมะลิ"}, "two do"


def test_an_instance_without_the_key_says_where_to_ask():
    with running_site() as site:
        body, _ = accept(site)
        site.stop_daemon()
        site.settings["sealing"].update(open_keys=f"alternate:{site.seal_key('alternate')[0]}",
                                        instances="legal:https://legal.example:8443")
        site.start_daemon().await_ready()
        answer = site.open("legal", body["id"])
        assert (answer.status, answer.json["detail"]) == (
            403, "texts of this route are opened by the instance at https://legal.example:8443")
        shown = site.griev("legal", "show", body["id"])
        assert shown.returncode == 0 and "https://legal.example:8443" in shown.stderr
        assert body["narrative"] not in shown.stdout
        timeline = site.request("legal", "GET", f"/v1/complaints/{body['id']}").json["timeline"]
        assert len(timeline) == 1, "nothing was opened"


# -- what is told with events

def tell(site, actor, id, version, **body):
    body = {"event_id": str(uuid.uuid4()), **body}
    return body, site.request(actor, "POST", f"/v1/complaints/{id}/events", body, {"If-Match": str(version)})


def test_texts_of_events_are_sealed_and_come_back_to_who_reads_the_case(site):
    body, _ = accept(site)
    assert tell(site, "legal", body["id"], 1, kind="register")[1].status == 200
    note = f"บันทึกภายใน {marker()} \u200b👩‍🔧"
    sent, answer = tell(site, "triager", body["id"], 2, kind="note", text=note, audience="internal")
    assert answer.status == 200, answer
    fields = json.loads(site.postgres.psql(f"SELECT fields FROM register.event WHERE event_id = '{sent['event_id']}'"))
    assert set(fields["text"]) == {"event", "content", "wraps"} and fields["audience"] == "internal"
    dump = site.postgres.run("pg_dump", "-h", site.postgres.socket_dir, "-U", "postgres", "--inserts", "grievd")
    assert note[:20] not in dump
    again = site.request("triager", "POST", f"/v1/complaints/{body['id']}/events", sent, {"If-Match": "2"})
    assert (again.status, again.json) == (answer.status, answer.json), "the same request gets the same answer"
    other = site.request("triager", "POST", f"/v1/complaints/{body['id']}/events", {**sent, "text": "อื่น"}, {"If-Match": "2"})
    assert other.status == 409, "another text under the same event_id does not"
    event = site.request("head", "GET", f"/v1/complaints/{body['id']}").json["timeline"][-1]
    assert (event["sealed"], event["event_id"], event["fields"]) == (["text"], sent["event_id"], {"audience": "internal"})
    assert site.open("head", body["id"]).json["texts"] == [
        {"event_id": sent["event_id"], "field": "text", "text": note}]
    shown = json.loads(site.griev("head", "show", body["id"], "--json").stdout)
    assert [each["fields"].get("text") for each in shown["timeline"] if each["kind"] == "note"] == [note]
    office = site.request("TH-50", "GET", f"/v1/complaints/{body['id']}")
    assert b"wraps" not in office.body and all("sealed" not in each for each in office.json["timeline"])
    at = vault.place(body["id"], f"event:{sent['event_id']}:text")
    content, wraps = (base64.b64decode(fields["text"][each]) for each in ("content", "wraps"))
    dek = vault.envelope.unwrap(vault.private_key(site, "legal"), at, vault.objects_of(wraps)[0])
    assert vault.envelope.open_content(at, dek, content).decode() == note


@pytest.mark.parametrize("text, code", [("", "length"), (" \n\u200b", "length"), ("ก" * 33_334, "length"), (7, "type"), ({"content": "", "wraps": ""}, "type")])
def test_only_a_text_is_taken_for_a_text(site, text, code):
    body, _ = accept(site)
    _, answer = tell(site, "triager", body["id"], 1, kind="note", text=text, audience="internal")
    assert answer.status == 422 and answer.json["errors"][0] == {
        "pointer": "/text", "code": code, "detail": answer.json["errors"][0]["detail"]}
    assert tell(site, "triager", body["id"], 1, kind="note", text="ก", audience="internal")[1].status == 200


def test_a_text_is_sealed_for_the_group_that_has_the_case_and_for_nobody_who_does_not_see_it(site):
    body, _ = accept(site, accused_role="legal_head")
    assert tell(site, "head", body["id"], 1, kind="note", text="ก", audience="internal")[1].status == 404
    sent, answer = tell(site, "alt-head", body["id"], 1, kind="note", text="ลับ", audience="internal")
    assert answer.status == 200
    assert site.open("alt-head", body["id"]).json["texts"][0]["text"] == "ลับ"


def test_the_texts_sealed_are_those_of_the_table():
    coded = re.search(r"texts_members\[\] = \{(.*?)\}", (ROOT / "daemon" / "texts.c").read_text())[1]
    with open(ROOT / "sql" / "reference" / "event_field.csv", encoding="utf-8") as table:
        told = {row["field"] for row in csv.DictReader(table) if row["type"] == "sealed"}
    assert set(re.findall(r'"(\w+)"', coded)) == told


# -- tampering by somebody with rights over the database

def swap(site, one, other, column):
    site.postgres.psql(f"""
        SET session_replication_role = replica;
        CREATE TEMPORARY TABLE kept AS SELECT c.position, c.{column} AS value, x.id FROM register.content AS c
            JOIN register.complaint AS x USING (position) WHERE x.id IN ('{one}', '{other}');
        UPDATE register.content AS c SET {column} = k.value FROM kept AS k, kept AS mine
            WHERE mine.position = c.position AND k.id <> mine.id;""")


def change(site, id, sql):
    site.postgres.psql(f"""SET session_replication_role = replica;
        UPDATE register.content AS c SET {sql} FROM register.complaint AS x
            WHERE x.position = c.position AND x.id = '{id}';""")


def refused_with(site, id, reason):
    before, logged = site.metric("grievd_openings_refused_total"), len(site.log())
    answer = site.open("triager", id)
    assert answer.status == 500 and answer.json["detail"] == "the stored text is not what was acknowledged"
    assert site.metric("grievd_openings_refused_total") == before + 1
    line = next(each for each in site.log()[logged:].splitlines() if "opening_refused" in each)
    assert reason in line, line


def test_envelopes_of_two_cases_do_not_change_places(site):
    (one, _), (other, _) = accept(site), accept(site, narrative="อีกเรื่องหนึ่ง")
    swap(site, one["id"], other["id"], "body")
    refused_with(site, one["id"], "it belongs to another complaint")
    swap(site, one["id"], other["id"], "wraps")
    refused_with(site, one["id"], "it belongs to another complaint")


def test_texts_of_two_events_do_not_change_places(site):
    body, _ = accept(site)
    notes = [tell(site, "triager", body["id"], n, kind="note", text=text, audience="internal") for n, text in ((1, "ก"), (2, "ข"))]
    assert [answer.status for _, answer in notes] == [200, 200]
    one, other = (sent["event_id"] for sent, _ in notes)
    site.postgres.psql(f"""SET session_replication_role = replica;
        UPDATE register.event AS e SET fields = o.fields FROM register.event AS o
        WHERE e.event_id = '{one}' AND o.event_id = '{other}'""")
    refused_with(site, body["id"], "it belongs to another envelope of the complaint")


def test_a_changed_envelope_is_refused_and_never_garbage(site):
    for sql, reason in [("body = set_byte(body, length(body) - 1, get_byte(body, length(body) - 1) # 1)", "does not open"),
                        ("body = substr(body, 1, length(body) - 1)", "end too early"),
                        ("body = set_byte(body, 0, 2)", "version"),
                        ("wraps = set_byte(wraps, 150, get_byte(wraps, 150) # 1)", "does not open"),
                        ("wraps = substr(wraps, 1, 100)", "end too early"),
                        ("wraps = ''", "another key")]:
        body, _ = accept(site)
        change(site, body["id"], sql)
        refused_with(site, body["id"], reason)


def test_a_text_forged_with_the_public_keys_is_unmasked_by_the_commitment(site):
    body, _ = accept(site)
    at, dek = vault.place(body["id"], "body"), secrets.token_bytes(32)
    forged = json.dumps({**body, "narrative": "ไม่มีอะไร"}, ensure_ascii=False).encode()
    content = vault.envelope.seal_content(at, dek, secrets.token_bytes(32) + forged)
    wrap = vault.envelope.wrap(vault.envelope.Recipient(vault.ORIGIN, vault.public_key(site, "legal")), at, dek)
    change(site, body["id"], f"body = '\\x{content.hex()}', wraps = '\\x{vault.listed([wrap]).hex()}'")
    assert json.loads(vault.Stored(site, body["id"]).open_body("legal")[1])["narrative"] == "ไม่มีอะไร"
    refused_with(site, body["id"], "it is not what the commitment binds")


# -- what a client sealed

def sealed_by_client(site, body, person, nonce, numbers=(1, 2, 3)):
    at, dek = vault.place(body["id"], "identity"), secrets.token_bytes(32)
    salt = hmac.digest(nonce, b"grievd/I/v1\0\x01", "sha256")
    content = vault.envelope.seal_content(at, dek, salt + json.dumps(person, ensure_ascii=False).encode())
    recipients = {n: vault.envelope.Recipient(vault.ORIGIN, vault.public_key(site, f"custodian-{n}")) for n in numbers}
    wraps = list(vault.envelope.deal(at, dek, recipients))
    return {"content": base64.b64encode(content).decode(), "wraps": [base64.b64encode(each).decode() for each in wraps]}


def test_a_complainant_that_the_client_sealed_is_seen_by_no_server(site):
    body, nonce, person = complaint(identity="named"), secrets.token_bytes(32), {"name": "นายเมฆ"}
    body["complainant"] = {"sealed": sealed_by_client(site, body, person, nonce)}
    assert send(site, body).status == 400, "the nonce it was made with is needed"
    answer = send(site, body, **{"Griev-Nonce": nonce.hex()})
    assert answer.status == 201, answer
    assert send(site, body, **{"Griev-Nonce": nonce.hex()}).status == 200
    salt, identity = vault.Stored(site, body["id"]).open_identity(2, 3)
    assert json.loads(identity) == person
    opening = bytes.fromhex(site.postgres.psql(
        f"SELECT encode(opening, 'hex') FROM register.complaint WHERE id = '{body['id']}'"))
    assert opening[96:] == salt, "the commitment's I is the envelope's content, and its salt is in the row"
    assert site.open("legal", body["id"]).json["body"] == {**body, "complainant": None}


def test_an_office_s_client_seals_the_complainant_itself(site, tmp_path):
    body, name = complaint(identity="named"), "นายเมฆ ปลายฟ้า"
    body["complainant"] = {"name": name}
    (tmp_path / "case.json").write_text(json.dumps(body, ensure_ascii=False))
    config = site.client_config("TH-50")
    config.write_text(config.read_text() + site.custodian_config())

    def submit(config):
        return subprocess.run([GRIEV, "--config", config, "submit", tmp_path / "case.json"],
                              capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "LC_ALL": "C.UTF-8"})

    for spoilt, said in (("2:custodian-2", "1:custodian-2"), "has another with this number"), (("origin = l", "origin = \u0e01"), ""):
        wrong = tmp_path / "wrong.conf"
        wrong.write_text(config.read_text().replace(*spoilt))
        refused = submit(wrong)
        assert refused.returncode == 8 and said in refused.stderr, refused
        assert not (tmp_path / "case.json.griev").exists(), "nothing was sent"
    first, again = submit(config), submit(config)
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    spool = (tmp_path / "case.json.griev").read_text()
    assert name not in spool and '"sealed":{"content":"' in spool
    assert vault.Stored(site, body["id"]).open_identity(1, 3)[1] == json.dumps(body["complainant"], ensure_ascii=False).encode()
    assert site.open("legal", body["id"]).json["body"] == {**body, "complainant": None}


@pytest.mark.parametrize("lines, says", [
    ("origin = localhost/log", "together or not at all"),
    ("custodians = 1:custodian-1:1.pub 2:custodian-2:2.pub", "together or not at all"),
    ("key = 1.key", "needs origin and custodians")])
def test_half_of_what_seals_a_complainant_is_refused_and_nothing_sent(site, tmp_path, lines, says):
    (tmp_path / "case.json").write_text(json.dumps(complaint(identity="named", complainant=PERSON), ensure_ascii=False))
    config = site.client_config("TH-50")
    config.write_text(f"{config.read_text()}[sealing]\n{lines}\n")
    refused = subprocess.run([GRIEV, "--config", config, "submit", tmp_path / "case.json"], capture_output=True, text=True)
    assert refused.returncode == 8 and says in refused.stderr, refused
    assert not (tmp_path / "case.json.griev").exists()


@pytest.mark.parametrize("spoil", ["one custodian is missing", "another complaint's", "a wrap too many", "pairs first"])
def test_an_identity_that_could_not_be_opened_is_not_taken(site, spoil):
    body, nonce, person = complaint(identity="named"), secrets.token_bytes(32), {"name": "นายเมฆ"}
    sealed = sealed_by_client(site, body, person, nonce, (1, 2) if spoil.startswith("one") else (1, 2, 3))
    if spoil.startswith("another"):
        sealed = sealed_by_client(site, {"id": str(uuid.uuid4())}, person, nonce)
    elif spoil.startswith("a wrap"):
        sealed["wraps"].append(sealed["wraps"][-1])
    elif spoil.startswith("pairs"):
        sealed["wraps"].reverse()
    answer = send(site, {**body, "complainant": {"sealed": sealed}}, **{"Griev-Nonce": nonce.hex()})
    assert answer.status == 422
    assert [each["pointer"] for each in answer.json["errors"]] == ["/complainant/sealed"]
    good = {**body, "complainant": {"sealed": sealed_by_client(site, body, person, nonce)}}
    assert send(site, good, **{"Griev-Nonce": nonce.hex()}).status == 201


# -- two custodians open who complained, each on his own machine

PERSON = {"name": "นางสาวมะลิ ใจดี", "phone": "081-234-5678"}


def did(result, code=0):
    assert result.returncode == code, (result.stdout, result.stderr)
    return json.loads(result.stdout) if code == 0 and result.stdout.startswith(("{", "[")) else result.stdout + result.stderr


def ask(site, body, actor="triager"):
    return did(site.griev(actor, "identity", "request", body["id"], "--json", input="ต้องสอบถามผู้ร้อง\n"))["request"]


def test_an_identity_is_opened_by_two_custodians_and_everybody_learns_that(site):
    body, answer = accept(site, identity="confidential", complainant=PERSON)
    request = ask(site, body)
    waiting = did(site.griev("custodian-1", "identity", "list", "--json"))["items"]
    assert [each["ref"] for each in waiting if each["request"] == request] == [answer["ref"]]
    assert site.request("custodian-2", "POST", f"/v1/identity-requests/{request}",
                        {"event_id": str(uuid.uuid4()), "act": "open"}).status == 403, "not before the first has approved"
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-3", "--json"))
    assert "first custodian" in did(site.griev("custodian-2", "identity", "open", request), 3), "not another than was named"
    opened = did(site.griev("custodian-3", "identity", "open", request, "--json"))
    assert opened == {"ref": answer["ref"], "complainant": PERSON}
    assert "นางสาวมะลิ" in did(site.griev("custodian-3", "identity", "open", request)), "an answer may be lost"
    assert kinds_told(site, body["id"]) == ["accepted", "identity_requested", "identity_approved", "identity_opened", "identity_opened"]
    assert site.request(None, "POST", "/v1/track", {"track": answer["track"]}).json["identity_opened"] is True
    assert PERSON["name"] not in site.log()


def test_nobody_else_takes_part(site):
    body, answer = accept(site, identity="confidential", complainant=PERSON, conflict=["custodian-2"])
    assert "whoami" in did(site.griev("TH-50", "identity", "request", body["id"], input="ก\n"), 3)
    assert did(site.griev("alt-head", "identity", "request", body["id"], input="ก\n"), 4)
    request = ask(site, body)
    assert did(site.griev("head", "identity", "request", body["id"], input="ก\n"), 5), "one request at a time"
    for actor in ("head", "TH-50", "auditor", "admin", "director"):
        assert site.request(actor, "GET", "/v1/identity-requests").status == 403
    listed = did(site.griev("custodian-2", "identity", "list", "--json"))["items"]
    assert request not in [each["request"] for each in listed], "an excluded custodian learns nothing"
    act = {"event_id": str(uuid.uuid4()), "act": "open"}
    assert site.request("custodian-2", "POST", f"/v1/identity-requests/{request}", act).status == 404
    assert "another custodian" in did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-2"), 1)
    assert "another custodian" in did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-1"), 1)
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-3"))
    assert did(site.griev("custodian-3", "identity", "open", request, "--json"))["complainant"] == PERSON


def kinds_told(site, id):
    return [each["kind"] for each in site.request("head", "GET", f"/v1/complaints/{id}").json["timeline"]]


def test_a_custodian_reads_why_before_he_approves(site):
    body, answer = accept(site, identity="named", complainant=PERSON)
    request = ask(site, body)
    shown = did(site.griev("custodian-1", "identity", "show", request, "--json"))
    assert (shown["ref"], shown["asked_by"], shown["reason"]) == (answer["ref"], "triager", "ต้องสอบถามผู้ร้อง")
    assert shown["refusals"] == [] and "wraps" not in shown
    printed = site.griev("custodian-2", "identity", "show", request, "--lang", "th").stdout
    assert "เหตุผล" in printed and "ต้องสอบถามผู้ร้อง" in printed and answer["ref"] in printed
    told = json.loads(site.postgres.psql(f"SELECT fields -> 'reason' FROM register.event WHERE event_id = '{request}'"))
    at, private = vault.place(body["id"], f"event:{request}:reason"), vault.private_key(site, "custodian-3")
    wraps = {vault.envelope.parse(each)["key_id"]: each for each in vault.objects_of(base64.b64decode(told["custodians"]))}
    assert set(wraps) == {vault.envelope.key_id_of(vault.public_key(site, f"custodian-{n}")) for n in (1, 2, 3)}
    dek = vault.envelope.unwrap(private, at, wraps[vault.envelope.key_id_of(vault.envelope.public_of(private))])
    assert vault.envelope.open_content(at, dek, base64.b64decode(told["content"])).decode() == "ต้องสอบถามผู้ร้อง"
    assert "ต้องสอบถามผู้ร้อง" not in site.log()


def test_only_what_is_asked_of_them_is_sealed_for_custodians(site):
    body, answer = accept(site, identity="named", complainant=PERSON)
    did(site.griev("triager", "note", answer["ref"], input="เรื่องภายใน\n"))
    ask(site, body)
    told = site.postgres.psql("SELECT string_agg(e.kind, ' ') FROM register.event AS e, jsonb_each(e.fields) AS f"
                              f" WHERE e.complaint = '{body['id']}' AND f.value ? 'custodians'")
    assert told == "identity_requested"


def test_a_custodian_who_refuses_says_why_and_the_others_go_on(site):
    body, answer = accept(site, identity="named", complainant=PERSON)
    request = ask(site, body)
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-2"))
    refused = did(site.griev("custodian-2", "identity", "refuse", request, "--json", input="ยังถามทางอื่นได้\n"))
    assert (refused["ref"], refused["refused_by"]) == (answer["ref"], ["custodian-2"])
    assert did(site.griev("custodian-2", "identity", "show", request), 4), "it is no business of his any more"
    assert did(site.griev("custodian-2", "identity", "open", request), 4)
    shown = did(site.griev("custodian-1", "identity", "show", request, "--json"))
    assert shown["refused_by"] == ["custodian-2"] and shown["approved_by"] is None
    assert [(each["by"], each["reason"]) for each in shown["refusals"]] == [("custodian-2", "ยังถามทางอื่นได้")]
    assert "ยังถามทางอื่นได้" in site.griev("custodian-3", "identity", "show", request).stdout
    assert "ยังถามทางอื่นได้" in site.griev("triager", "show", answer["ref"]).stdout, "who asked learns why"
    assert "ยังถามทางอื่นได้" not in site.griev("auditor", "show", answer["ref"]).stdout
    assert "another custodian" in did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-2"), 1)
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-3"))
    assert did(site.griev("custodian-3", "identity", "open", request, "--json"))["complainant"] == PERSON
    assert kinds_told(site, body["id"]) == ["accepted", "identity_requested", "identity_approved", "identity_refused",
                                            "opened", "identity_approved", "identity_opened"]


def test_an_altered_reason_is_told_and_not_shown(site):
    body, _ = accept(site, identity="named", complainant=PERSON)
    request, other = ask(site, body), ask(site, accept(site, identity="named", complainant=PERSON)[0])
    site.postgres.psql(f"""
        SET session_replication_role = replica;
        UPDATE register.event SET fields = jsonb_set(fields, '{{reason}}', (fields -> 'reason') || (
            SELECT jsonb_build_object('content', o.fields #> '{{reason,content}}', 'custodians', o.fields #> '{{reason,custodians}}')
            FROM register.event AS o WHERE o.event_id = '{other}'))
        WHERE event_id = '{request}'""")
    shown = site.griev("custodian-1", "identity", "show", request)
    assert shown.returncode == 5 and "does not open" in shown.stderr and "ต้องสอบถาม" not in shown.stdout
    assert did(site.griev("custodian-1", "identity", "show", other, "--json"))["reason"] == "ต้องสอบถามผู้ร้อง"
    did(site.griev("custodian-2", "identity", "refuse", other, input="ถามทางอื่น\n"))
    site.postgres.psql(f"""
        SET session_replication_role = replica;
        UPDATE register.event SET fields = jsonb_set(fields, '{{reason}}', (
            SELECT o.fields -> 'reason' FROM register.event AS o
            WHERE o.kind = 'identity_refused' AND o.fields ->> 'request' = '{other}'))
        WHERE event_id = '{other}'""")
    shown = site.griev("custodian-1", "identity", "show", other)
    assert shown.returncode == 5 and "another envelope" in shown.stderr, "nor another text of the same case"
    assert shown.stdout.count("ถามทางอื่น") == 1, "but where it was told"


def test_a_reason_is_not_wrapped_for_a_custodian_that_the_case_is_hidden_from(site):
    other, _ = accept(site, identity="named", complainant=PERSON)
    did(site.griev("custodian-2", "identity", "approve", ask(site, other), "--opener", "custodian-1"))  # his number is known now
    body, _ = accept(site, identity="named", complainant=PERSON, conflict=["custodian-2"])
    request = ask(site, body)
    did(site.griev("custodian-1", "identity", "refuse", request, input="ก\n"))
    lists = site.postgres.psql("SELECT e.fields #>> '{reason,custodians}' FROM register.event AS e"
                               f" WHERE e.complaint = '{body['id']}' AND e.fields -> 'reason' ? 'custodians'").split()
    expected = {vault.envelope.key_id_of(vault.public_key(site, f"custodian-{n}")) for n in (1, 3)}
    assert len(lists) == 2
    for each in lists:
        assert {vault.envelope.parse(wrap)["key_id"] for wrap in vault.objects_of(base64.b64decode(each))} == expected


def test_what_is_told_to_custodians_is_short(site):
    body, _ = accept(site, identity="named", complainant=PERSON)
    too_long = site.griev("triager", "identity", "request", body["id"], input="ก" * 1334 + "\n")
    assert too_long.returncode == 1 and "4000" in too_long.stderr and "/reason" in too_long.stderr, too_long
    request = did(site.griev("triager", "identity", "request", body["id"], "--json", input="ก" * 1333 + "\n"))["request"]
    assert did(site.griev("custodian-1", "identity", "show", request, "--json"))["reason"] == "ก" * 1333


def test_an_event_id_used_elsewhere_tells_nothing_of_a_hidden_case(site):
    mine, _ = accept(site)
    used = {"event_id": str(uuid.uuid4()), "kind": "note", "text": "ก", "audience": "internal"}
    assert site.request("head", "POST", f"/v1/complaints/{mine['id']}/events", used).status == 200
    hidden, _ = accept(site, accused_role="legal_head")
    answers = [site.request("head", "POST", f"/v1/complaints/{id}/events", used) for id in (hidden["id"], uuid.uuid4())]
    assert [each.status for each in answers] == [404, 404]
    assert len({json.dumps({**each.json, "request_id": ""}) for each in answers}) == 1
    assert site.request("head", "POST", f"/v1/complaints/{mine['id']}/events", used).status == 200, "where it was used it is a repeat"


def test_a_share_under_a_key_that_opens_nothing_uses_up_no_request(site):
    body, answer = accept(site, identity="named", complainant=PERSON)
    request = ask(site, body)
    at, stored = vault.place(body["id"], "identity").share(1), vault.Stored(site, body["id"])
    stale = vault.envelope.Recipient(vault.ORIGIN, vault.public_key(site, "custodian-2-once"))
    share = vault.envelope.rewrap(vault.private_key(site, "custodian-1"), at, stored.named("share:1")[0], stale)
    approval = {"event_id": str(uuid.uuid4()), "act": "approve", "opener": "custodian-2", "share": base64.b64encode(share).decode()}
    refused = site.request("custodian-1", "POST", f"/v1/identity-requests/{request}", approval)
    assert refused.status == 422 and "/share is wrapped for another key than the share of its opener" in refused.json["detail"]
    assert kinds_told(site, body["id"]) == ["accepted", "identity_requested"]
    assert site.request(None, "POST", "/v1/track", {"track": answer["track"]}).json["identity_opened"] is False
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-2"))
    assert did(site.griev("custodian-2", "identity", "open", request, "--json"))["complainant"] == PERSON


def test_a_client_with_an_old_list_of_custodians_sends_no_share(site):
    body, _ = accept(site, identity="named", complainant=PERSON)
    request = ask(site, body)
    config = site.client_config("custodian-1")
    config.write_text(config.read_text().replace("custodian-2.pub", "custodian-2-once.pub"))
    site.seal_key("custodian-2-once")
    refused = subprocess.run([GRIEV, "--config", config, "identity", "approve", request, "--opener", "custodian-2"],
                             capture_output=True, text=True)
    assert refused.returncode == 5 and "custodian-2: the key in [sealing] custodians" in refused.stderr, refused
    assert "nothing was sent" in refused.stderr and kinds_told(site, body["id"]) == ["accepted", "identity_requested"]


def test_until_it_expires_an_approval_may_be_given_again_to_the_same_custodian(site):
    body, _ = accept(site, identity="named", complainant=PERSON)
    request = ask(site, body)
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-2"))
    did(site.griev("custodian-2", "identity", "open", request))
    assert "has been opened" in did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-3"), 5)
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-2"))
    assert did(site.griev("custodian-2", "identity", "open", request, "--json"))["complainant"] == PERSON
    assert kinds_told(site, body["id"])[1:] == ["identity_requested"] + 2 * ["identity_approved", "identity_opened"], \
        "each step is told"


def test_a_share_of_another_case_opens_nothing(site):
    (one, _), (other, _) = (accept(site, identity="named", complainant={"name": name}) for name in ("ก", "ข"))
    request, elsewhere = ask(site, one), ask(site, other)
    for each in (request, elsewhere):
        did(site.griev("custodian-1", "identity", "approve", each, "--opener", "custodian-2"))
    site.postgres.psql(f"UPDATE register.identity_request AS r SET share = o.share FROM register.identity_request AS o"
                       f" WHERE r.id = '{request}' AND o.id = '{elsewhere}'")
    swap(site, one["id"], other["id"], "identity")
    refused = did(site.griev("custodian-2", "identity", "open", elsewhere), 5)
    assert "another complaint" in refused, "nor does an envelope of another case"
    swap(site, one["id"], other["id"], "identity")
    refused = did(site.griev("custodian-2", "identity", "open", request), 5)
    assert "another complaint" in refused and "ก" not in refused.split("griev:")[0]
    assert did(site.griev("custodian-2", "identity", "open", elsewhere, "--json"))["complainant"] == {"name": "ข"}


def test_an_identity_forged_with_the_public_keys_is_unmasked_by_the_commitment(site):
    body, _ = accept(site, identity="named", complainant=PERSON)
    forged = sealed_by_client(site, body, {"name": "ผู้อื่น"}, secrets.token_bytes(32))
    wraps = vault.listed(vault.Stored(site, body["id"]).named("body") + [base64.b64decode(each) for each in forged["wraps"]])
    change(site, body["id"], f"identity = '\\x{base64.b64decode(forged['content']).hex()}',"
                             f" wraps = '\\x{wraps.hex()}'")
    request = ask(site, body)
    did(site.griev("custodian-1", "identity", "approve", request, "--opener", "custodian-3"))
    refused = did(site.griev("custodian-3", "identity", "open", request), 5)
    assert "not what was acknowledged" in refused and "ผู้อื่น" not in refused


def test_what_an_office_s_client_sealed_opens_as_well(site):
    body, nonce = complaint(identity="named"), secrets.token_bytes(32)
    body["complainant"] = {"sealed": sealed_by_client(site, body, PERSON, nonce)}
    assert send(site, body, **{"Griev-Nonce": nonce.hex()}).status == 201
    request = ask(site, body)
    did(site.griev("custodian-2", "identity", "approve", request, "--opener", "custodian-1"))
    assert did(site.griev("custodian-1", "identity", "open", request, "--json"))["complainant"] == PERSON


# -- erasing

def closed_case(site, **fields):
    """A case that is closed; how it came to that is another test's business."""
    body, answer = accept(site, **fields)
    did(site.griev("legal", "take", body["id"]))
    note = tell(site, "triager", body["id"], 2, kind="note", text="บันทึก", audience="internal")
    assert note[1].status == 200
    site.postgres.psql(f"UPDATE register.complaint SET state = 'CLOSED', state_since = now() WHERE id = '{body['id']}'")
    return body, answer


def test_a_head_and_a_custodian_erase_what_was_told_and_the_count_stays(site):
    body, answer = closed_case(site, identity="named", complainant=PERSON, conflict=["custodian-2"])
    reason = site.folder / "reason.txt"
    reason.write_text("ครบกำหนด")
    erase = ["erase", body["id"], "--reason", reason, "--approval-no", "สสช 9/2580", "--json"]
    assert did(site.griev("triager", *erase), 3), "the head proposes"
    received = site.postgres.psql("SELECT count(*) FROM register.complaint")
    proposal = did(site.griev("head", *erase))["proposal"]
    assert did(site.griev("head", "approve", proposal), 3), "and another decides"
    assert did(site.griev("custodian-2", "approve", proposal), 4), "who is not excluded from the case"
    assert did(site.griev("custodian-2", "proposal", "show", proposal), 4)
    assert did(site.griev("custodian-1", "proposal", "show", answer["ref"], "--json"))["reason"] == "ครบกำหนด"
    assert "ครบกำหนด" in site.griev("custodian-3", "proposal", "show", proposal).stdout
    assert did(site.griev("head", "proposal", "show", proposal, "--json"))["reason"] is None, "he reads it in the case"
    assert site.open("head", body["id"]).status == 200, "until then nothing is gone"
    before = site.postgres.psql(f"SELECT encode(commit || substr(opening, 33), 'hex') FROM register.complaint"
                                f" WHERE id = '{body['id']}'")
    did(site.griev("custodian-1", "approve", proposal))
    kept = site.postgres.psql(f"SELECT (SELECT count(*) FROM register.content AS t WHERE t.position = c.position),"
                              f" encode(substr(opening, 1, 32), 'hex'), encode(commit || substr(opening, 33), 'hex'),"
                              f" ref, class, counted_on, (SELECT count(*) FROM register.event AS e"
                              f" WHERE e.complaint = c.id AND e.fields::text ~ 'wraps') FROM register.complaint AS c"
                              f" WHERE id = '{body['id']}'").split("|")
    assert kept == ["0", "00" * 32, before, answer["ref"], "CX", body["received_on"], "0"]
    assert site.postgres.psql("SELECT count(*) FROM register.complaint") == received
    assert site.open("head", body["id"]).status == 410
    assert send(site, body).status == 410, "the same complaint again"
    shown = site.request("head", "GET", f"/v1/complaints/{body['id']}").json
    assert did(site.griev("custodian-1", "proposal", "show", answer["ref"], "--json"))["reason"] is None
    assert shown["timeline"][-1]["kind"] == "erased" and shown["timeline"][-1]["fields"]["approval_no"] == "สสช 9/2580"
    dump = site.postgres.run("pg_dump", "-h", site.postgres.socket_dir, "-U", "postgres", "--inserts", "--table=register.*", "grievd")
    assert not [line for line in dump.splitlines() if "wraps" in line and body["id"] in line]


def test_a_custodian_rejects_an_erasure_by_the_number_of_the_case(site):
    body, answer = closed_case(site, identity="named", complainant=PERSON)
    did(site.griev("head", "erase", body["id"], "--approval-no", "1", input="ครบกำหนด\n"))
    assert did(site.griev("custodian-1", "proposal", "show", answer["ref"], "--json"))["reason"] == "ครบกำหนด"
    did(site.griev("custodian-1", "reject", answer["ref"]))
    decided = did(site.griev("custodian-1", "proposal", "show", answer["ref"], "--json"))
    assert (decided["status"], decided["reason"]) == ("rejected", None), "why is for who is to decide"
    assert kinds_told(site, body["id"])[-1] == "rejected", "who proposed it reads so"
    assert site.open("head", body["id"]).status == 200, "and nothing is gone"
    assert did(site.griev("custodian-1", "approve", answer["ref"]), 4), "it is decided"


def test_only_a_closed_case_is_erased_and_a_text_of_another_stays(site):
    body, _ = accept(site)
    erase = ["erase", body["id"], "--approval-no", "1"]
    assert "only a closed case" in did(site.griev("head", *erase, input="ก\n"), 5)
    assert did(site.griev("head", *erase[:-2], input="ก\n"), 1), "an order is needed"
    assert did(site.griev("head", *erase, input="\n"), 2), "and a reason"
    other, _ = closed_case(site)
    for sql in (f"UPDATE register.event SET fields = '{{}}' WHERE complaint = '{other['id']}'",
                f"UPDATE register.event SET kind = 'x' WHERE complaint = '{other['id']}'",
                f"DELETE FROM register.event WHERE complaint = '{other['id']}'"):
        done = subprocess.run(site.postgres.psql_command(), input=sql, capture_output=True, text=True)
        assert done.returncode != 0 and "keeps what was written" in done.stderr, sql


def test_what_was_kept_long_enough_is_listed(site):
    body, answer = closed_case(site)
    assert answer["ref"] not in did(site.griev("head", "retention"))
    site.postgres.psql(f"UPDATE register.complaint SET state_since = now() - interval '10 years 1 day' WHERE id = '{body['id']}'")
    due = did(site.griev("head", "retention", "--json"))["items"]
    assert [each["class"] for each in due if each["ref"] == answer["ref"]] == ["CX"]
    assert answer["ref"] not in did(site.griev("alt-head", "retention"))
    assert did(site.griev("triager", "retention"), 3)


# -- keys

def test_without_its_custodians_the_daemon_does_not_start():
    site = Site()
    try:
        site.write_config()
        text = (site.folder / "grievd.conf").read_text()
        for change, says in [(("custodians = 1:", "custodians = #"), "custodians"),
                             ((str(site.seal_key("custodian-2")[1]), "/no/such/file"), "/no/such/file"),
                             (("external:", "legal:"), "external: has no key")]:
            path = site.folder / "bad.conf"
            path.write_text(text.replace(*change))
            done = subprocess.run([GRIEVD, "run", "--config", path], capture_output=True, text=True)
            assert done.returncode == 78 and "keys_refused" in done.stderr and says in done.stderr, done.stderr
            checked = subprocess.run([GRIEVD, "check-config", "--config", path], capture_output=True, text=True)
            assert checked.returncode == 78 and says in checked.stdout
    finally:
        site.close()


def test_a_key_pair_is_its_owners_and_stays(site):
    name = site.folder / "made"
    done = site.griev(None, "keygen", "custodian", name, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["public"] == f"{name}.pub"
    assert [oct(os.stat(f"{name}.{kind}").st_mode & 0o777) for kind in ("key", "pub")] == ["0o600", "0o644"]
    shown = subprocess.run(["openssl", "pkey", "-in", f"{name}.key", "-pubout"], capture_output=True, text=True)
    assert shown.stdout == (site.folder / "made.pub").read_text(), "openssl reads it, and finds the same public key"
    again = site.griev(None, "keygen", "custodian", name)
    assert again.returncode == 8 and "stays" in again.stderr


def test_a_passphrase_keeps_a_key(site):
    name = site.folder / "kept"
    done = site.griev(None, "keygen", "body", name, "--passphrase", input="ยาวและจำง่าย\nยาวและจำง่าย\n")
    assert done.returncode == 0, done.stderr
    assert "ENCRYPTED" in (site.folder / "kept.key").read_text()
    opened = subprocess.run(["openssl", "pkey", "-in", f"{name}.key", "-passin", "pass:ยาวและจำง่าย", "-pubout"],
                            capture_output=True, text=True)
    assert opened.stdout == (site.folder / "kept.pub").read_text()
    differ = site.griev(None, "keygen", "body", site.folder / "never", "--passphrase", input="one\nother\n")
    assert differ.returncode == 2 and not (site.folder / "never.key").exists()


def keys_of(site, id, name="body"):
    return {vault.envelope.parse(each)["key_id"] for each in vault.Stored(site, id).named(name)}


def test_a_new_body_key_takes_over_although_the_program_is_killed_again_and_again():
    with running_site() as site:
        bodies = [accept(site, accused_role="legal_head" if n % 5 == 0 else None)[0] for n in range(150)]
        for body in bodies[1:4]:
            assert tell(site, "triager", body["id"], 1, kind="note", text=f"บันทึก {body['id']}", audience="internal")[1].status == 200
        site.stop_daemon()
        old, new = site.seal_key("legal"), site.seal_key("legal-2")
        site.settings["sealing"] |= {
            "body_keys": f"legal:{new[1]} alternate:{site.seal_key('alternate')[1]} external:{site.seal_key('alternate')[1]}",
            "open_keys": f"legal:{old[0]} legal:{new[0]}"}
        command = [GRIEVD, "rewrap", "--config", site.write_config()]
        killed = 0
        for _ in range(50):
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                running.wait(secrets.randbelow(40) / 1000)
            except subprocess.TimeoutExpired:
                running.kill()
            killed += running.wait() == -signal.SIGKILL
        assert killed > 0
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        again = subprocess.run(command, capture_output=True, text=True)
        assert "bodies    0 wrapped anew" in again.stdout and "texts     0 wrapped anew" in again.stdout
        ids = {name: vault.envelope.key_id_of(vault.public_key(site, name)) for name in ("legal-2", "alternate")}
        for n, body in enumerate(bodies):
            group = "alternate" if n % 5 == 0 else "legal-2"
            assert keys_of(site, body["id"]) == {ids[group]}, "exactly the intended key"
            assert json.loads(vault.Stored(site, body["id"]).open_body(group)[1]) == body
            assert vault.Stored(site, body["id"]).open_identity(1, 2), "the identity is as it was"
        site.settings["sealing"]["open_keys"] = f"legal:{new[0]}"
        site.start_daemon().await_ready()
        opened = site.open("triager", bodies[1]["id"]).json
        assert opened["body"] == bodies[1] and [each["text"] for each in opened["texts"]] == [f"บันทึก {bodies[1]['id']}"]


def move_away(site):
    """A case of the legal group with a note and an open proposal, whose head is accused after all."""
    body, _ = accept(site)
    assert tell(site, "legal", body["id"], 1, kind="register")[1].status == 200
    assert tell(site, "triager", body["id"], 2, kind="note", text="บันทึกก่อนย้าย", audience="internal")[1].status == 200
    assert tell(site, "triager", body["id"], 3, kind="class_changed", **{"class": "C0"}, reason="เสนอก่อนย้าย")[1].status == 202
    assert tell(site, "triager", body["id"], 4, kind="accuse", accused_role="legal_head", reason="พบภายหลัง")[1].status == 200
    return body


def wrapped_for(site, id):
    """The key ids of every wrap of what was told in a case: its body, its events, its proposals."""
    told = site.postgres.psql(
        f"SELECT f.value ->> 'wraps' FROM register.event, jsonb_each(fields) AS f WHERE complaint = '{id}' AND f.value ? 'wraps'"
        f" UNION ALL SELECT f.value ->> 'wraps' FROM register.proposal, jsonb_each(request) AS f"
        f" WHERE complaint = '{id}' AND f.value ? 'wraps'").split()
    assert len(told) == 4, "a note, a proposal in two places, the accusation"
    wraps = [each for text in told for each in vault.objects_of(base64.b64decode(text))]
    return keys_of(site, id) | {vault.envelope.parse(each)["key_id"] for each in wraps}


def only(site, group):
    return f"{group}:{site.seal_key(group)[0]}"


def key_id(site, group):
    return vault.envelope.key_id_of(vault.public_key(site, group))


def test_a_case_that_moves_is_wrapped_for_its_new_group_by_whoever_holds_the_former_key_and_for_it_alone():
    with running_site() as site:
        site.stop_daemon()
        site.settings["register"] = {"sweep_interval": "100ms"}
        site.settings["sealing"]["open_keys"] = only(site, "alternate")
        site.start_daemon().await_ready()
        body = move_away(site)
        assert key_id(site, "legal") in wrapped_for(site, body["id"]), "who does not hold the former key changes nothing"
        assert site.open("alt-head", body["id"]).status == 500
        wait_until(lambda: "grievd_rewrap_due 1" in site.metrics(), "it is told that a case waits")

        site.stop_daemon()
        site.settings["sealing"]["open_keys"] = only(site, "legal")
        site.stop_signer()
        site.start_daemon()
        time.sleep(0.5)
        assert key_id(site, "legal") in wrapped_for(site, body["id"]), "nothing is changed before the log is known to be the database's"
        site.start_signer()
        site.await_ready()
        wait_until(lambda: wrapped_for(site, body["id"]) == {key_id(site, "alternate")}, "all is the alternate's, and only its")
        assert re.search(r"rewrapped ref=\S+", site.log())
        assert site.open("triager", body["id"]).status == 404 and site.open("alt-head", body["id"]).status == 403

        site.stop_daemon()
        site.settings["sealing"]["open_keys"] = only(site, "alternate")
        site.start_daemon().await_ready()
        opened = site.open("alt-head", body["id"]).json
        assert opened["body"] == body
        assert [each["text"] for each in opened["texts"]] == ["บันทึกก่อนย้าย", "เสนอก่อนย้าย", "พบภายหลัง"]
        assert vault.Stored(site, body["id"]).open_identity(1, 2), "the identity is as it was"


def test_a_part_that_moves_takes_the_letter_and_its_body_along(site):
    body, answer = accept(site)
    assert tell(site, "legal", body["id"], 1, kind="register")[1].status == 200
    assert tell(site, "triager", body["id"], 2, kind="split", subjects=["bribery", "other"], text="สองเรื่อง")[1].status == 200
    part = site.postgres.psql(f"SELECT id FROM register.complaint WHERE ref = '{answer['ref']}/2'")
    assert tell(site, "triager", part, 2, kind="accuse", accused_role="legal_head", reason="พบภายหลัง")[1].status == 200
    done = subprocess.run([GRIEVD, "rewrap", "--config", site.write_config()], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert keys_of(site, body["id"]) == {key_id(site, "alternate")}
    assert site.open("alt-head", part).json["body"] == body == site.open("alt-head", body["id"]).json["body"]
    assert [site.open("triager", case).status for case in (part, body["id"])] == [404, 404]


def test_an_instance_that_does_not_hold_the_key_wraps_nothing(site):
    body, _ = accept(site)
    before = keys_of(site, body["id"])
    site.settings["sealing"]["open_keys"], kept = "", site.settings["sealing"].get("open_keys")
    other = site.seal_key("other")
    site.settings["sealing"]["body_keys"] = f"legal:{other[1]} alternate:{other[1]} external:{other[1]}"
    config = site.write_config()
    text = config.read_text()
    del site.settings["sealing"]["open_keys"], site.settings["sealing"]["body_keys"]
    site.write_config()
    path = site.folder / "other.conf"
    path.write_text(text)
    done = subprocess.run([GRIEVD, "rewrap", "--config", path], capture_output=True, text=True)
    assert done.returncode == 0 and "bodies    0 wrapped anew, 0 as they should be" in done.stdout
    assert keys_of(site, body["id"]) == before


def test_a_custodian_changes_his_key_and_a_foreign_one_is_found():
    with running_site() as site:
        bodies = [accept(site, identity="named", complainant={"name": f"คนที่ {n}"})[0] for n in range(120)]
        assert did(site.griev("custodian-1", "custodian", "check", "--json")) == {"envelopes": 120, "of_unknown": 0, "unknown": []}
        old = site.seal_key("custodian-2")
        kept = {suffix: path.rename(path.with_suffix(path.suffix + ".old")) for suffix, path in zip(("key", "pub"), old)}
        new = site.seal_key("custodian-2")  # made anew
        rotated = did(site.griev("custodian-2", "custodian", "rewrap", "--old", kept["key"], "--json"))
        assert rotated == {"envelopes": 120, "changed": 120}
        assert did(site.griev("custodian-2", "custodian", "rewrap", "--old", kept["key"], "--json"))["changed"] == 0
        for body in bodies[::17]:
            assert vault.Stored(site, body["id"]).open_identity(1, 2)[1], "with the new key"
            assert vault.Stored(site, body["id"]).open_identity(2, 3)[1]
        stale = site.submit(identity="named", complainant={"name": "ข"})  # the daemon still has the old key
        assert stale.status == 201
        found = did(site.griev("custodian-1", "custodian", "check"), 5)
        assert "no custodian has" in found
        assert site.request("triager", "GET", "/v1/custody").status == 403
        forged = {"event_id": str(uuid.uuid4()), "wraps": [{"position": 1, "old": "AAAA", "new": "AAAA"}]}
        assert site.request("custodian-3", "POST", "/v1/custody", forged).status == 422


# -- a register from before there were envelopes

def test_texts_that_lay_in_clear_are_sealed_by_the_migration():
    site = Site(migrate=False)
    try:
        old = site.folder / "sql"
        shutil.copytree(ROOT / "sql", old)
        for path in (old / "migrations").glob("*.sql"):
            if int(path.name[:3]) > 3:
                path.unlink()
        site.install()
        # Only the tables of that time: its functions are not needed to hold its rows.
        for path in sorted((old / "migrations").glob("*.sql")):
            site.postgres.psql("SET ROLE grievd_owner;" + path.read_text())
        site.postgres.psql("SET ROLE grievd_owner; CREATE TABLE register.migration (number integer PRIMARY KEY,"
                           " name text NOT NULL UNIQUE, sha256 text NOT NULL,"
                           " applied_at timestamptz NOT NULL DEFAULT clock_timestamp());" + "".join(
                               f"INSERT INTO register.migration (number, name, sha256) VALUES ({int(path.name[:3])},"
                               f" '{path.name}', '{hashlib.sha256(path.read_bytes()).hexdigest()}');"
                               for path in sorted((old / "migrations").glob("*.sql"))))
        rows = [(str(uuid.uuid4()), n, "alternate" if n % 7 == 0 else "legal", f"เรื่องที่ {n} {marker()}".encode(),
                 f"ผู้ร้อง {n}".encode()) for n in range(1, 251)]
        site.postgres.psql("SET ROLE grievd_owner;" + "".join(f"""
            INSERT INTO register.complaint (id, position, version, accepted_at, seen, state_since, received_on,
                counted_on, fy, late, nonce_key_id, unit, submitter, ref, route, state, class, channel, process,
                subject, identity, office_class, accepted_route, commit, opening, track_hash)
            VALUES ('{id}', {n}, 1, now(), now(), now(), '2026-11-02', '2026-11-02', 2570, false, 1, 'TH-50', 'TH-50',
                'TH-50/2570/{n:04}', '{route}', 'RECEIVED', 'CX', 'box', 'other', 'other', 'named', 'CX', '{route}',
                'c', repeat('o', 96)::bytea, 't{n}');
            INSERT INTO register.content (position, body, complainant)
            VALUES ({n}, '\\x{(b'B' * 32 + body).hex()}', '\\x{(b'I' * 32 + person).hex()}');"""
                                       for id, n, route, body, person in rows))
        # Interrupted while it seals, and gone on with.
        config = site.write_config()
        command = [GRIEVD, "migrate", "--config", config, "--sql", ROOT / "sql", "--units", site.UNITS,
                   "--principals", site.PRINCIPALS]
        site.postgres.psql("SET ROLE grievd_owner; CREATE FUNCTION register.stop() RETURNS trigger LANGUAGE plpgsql AS"
                           " $$BEGIN IF OLD.position = 150 THEN RAISE 'stopped'; END IF; RETURN OLD; END$$;"
                           " CREATE TRIGGER stop BEFORE DELETE ON register.content FOR EACH ROW"
                           " EXECUTE FUNCTION register.stop()")
        stopped = subprocess.run(command, capture_output=True, text=True)
        assert stopped.returncode == 65 and "stopped" in stopped.stderr, stopped.stderr
        assert site.postgres.psql("SELECT count(*) FROM register.content") == "100"
        site.postgres.psql("SET ROLE grievd_owner; DROP TRIGGER stop ON register.content_plain; DROP FUNCTION register.stop")
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "sealed    150 complaints that lay in clear" in done.stdout
        assert site.postgres.psql("SELECT to_regclass('register.content_plain') IS NULL") == "t"
        for id, n, route, body, person in rows[::31] + rows[-1:]:
            kept = vault.Stored(site, id)
            assert kept.open_body(route) == (b"B" * 32, body)
            assert kept.open_identity(1, 2) == (b"I" * 32, person)
        dump = site.postgres.run("pg_dump", "-h", site.postgres.socket_dir, "-U", "postgres", "--inserts", "grievd")
        assert not any(body.decode() in dump or body.hex() in dump or person.decode() in dump
                       for _, _, _, body, person in rows)
        again = subprocess.run(command, capture_output=True, text=True)
        assert again.returncode == 0 and "sealed" not in again.stdout
    finally:
        site.close()
