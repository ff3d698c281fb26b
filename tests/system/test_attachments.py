"""Attachments: to the byte, for the few, whole or not at all, and at nobody else's cost."""

import base64
import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, unquote

import pytest
import vault
from harness import GRIEVD, complaint, running_site, wait_until
from texts import HARD

READERS = [f"triager-{n}" for n in range(1, 9)]
CHUNK, LARGEST = 64 * 1024, 25 * 1024 * 1024
PDF = b"%PDF-1.7\n"
OVERHEAD = 3 if "sanitizers" in os.environ.get("GRIEVD_BUILD", "") else 1  # what the sanitizers cost in memory
os.environ["ASAN_OPTIONS"] = "quarantine_size_mb=4"  # they keep what was freed, else by the hundred MiB


@pytest.fixture(scope="module")
def site():
    with running_site(("TH-50-2", "TH-50", "officer"), *((each, "LEGAL", "triager") for each in READERS)) as made:
        yield made


@pytest.fixture
def case(site):
    return accept(site)


def accept(site, actor="TH-50", **fields):
    answer = site.submit(actor, **fields)
    assert answer.status == 201, answer
    return answer.json["id"]


def at(id, n):
    return f"/v1/complaints/{id}/attachments/{n}"


def headers_of(name="หลักฐาน.pdf", event_id=None):
    return {"Griev-Event-Id": event_id or str(uuid.uuid4()), "Griev-File-Name": quote(name, safe="")}


def attach(site, id, n, data, actor="TH-50", connection=None, **said):
    return site.request(actor, "PUT", at(id, n), data, {"Content-Type": "application/pdf", **headers_of(**said)}, connection)


def fetch(site, id, n, actor="triager", method="GET"):
    return site.request(actor, method, at(id, n))


def problem(answer):
    return answer.status, answer.json.get("detail")


def arriving(site):
    """Attachments that are not whole, and the chunks there are in all."""
    return site.postgres.psql("SELECT (SELECT count(*) FROM register.attachment WHERE finished_at IS NULL),"
                              " (SELECT count(*) FROM register.attachment_chunk AS k JOIN register.attachment AS a"
                              " ON a.id = k.attachment WHERE a.finished_at IS NULL)")


def others_are_served(site):
    began = time.monotonic()
    assert site.submit("TH-90").status == 201
    assert time.monotonic() - began < 5


# -- to the byte

@pytest.mark.parametrize("size", [1, 9, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17, 1234567])
def test_a_file_comes_back_to_the_byte(site, case, size):
    data = os.urandom(size)
    answer = attach(site, case, 1, data)
    assert (answer.status, answer.json["n"], answer.json["size"], answer.json["id"]) == (201, 1, size, case)
    read = fetch(site, case, 1)
    assert (read.status, read.headers["Content-Length"]) == (200, str(size))
    assert read.body == data
    head = fetch(site, case, 1, method="HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, str(size), b"")


def test_the_largest_is_taken_and_a_byte_more_is_not(site, case):
    data = os.urandom(LARGEST)
    assert attach(site, case, 1, data).status == 201
    assert fetch(site, case, 1).body == data
    answer = expecting(site, case, 2, LARGEST + 1)
    assert answer.startswith(b"HTTP/1.1 413 ")


def is_name(text):
    return len(text.encode()) <= 255 and not set("/\\") & set(text) and not any(
        ord(each) < 0x20 or 0x7F <= ord(each) < 0xA0 for each in text)


@pytest.mark.parametrize("name", [name for name, text in HARD.items() if is_name(text)])
def test_its_name_comes_back_as_it_was(site, case, name):
    answer = attach(site, case, 1, PDF, name=HARD[name])
    assert answer.status == 201, answer
    disposition = fetch(site, case, 1).headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert unquote(disposition.partition("''")[2]) == HARD[name]
    texts = {each["field"]: each["text"] for each in site.open("triager", case).json["texts"]}
    assert texts["name"] == HARD[name]


@pytest.mark.parametrize("data, kind", [
    (PDF, "application/pdf"), (b"\xff\xd8\xff\xe0....JFIF", "image/jpeg"), ("ข้อความ".encode(), "text/plain; charset=utf-8"),
    (b"<html><script>alert(1)</script>", "text/plain; charset=utf-8"), (b"\0\1\2", "application/octet-stream"),
], ids=["pdf", "jpeg", "text", "markup", "unknown"])
def test_its_type_is_by_its_content_and_never_the_senders_word(site, case, data, kind):
    assert attach(site, case, 1, data).json["type"] == kind
    read = fetch(site, case, 1)
    assert (read.headers["Content-Type"], read.headers["X-Content-Type-Options"]) == (kind, "nosniff")
    assert site.request("triager", "GET", f"/v1/complaints/{case}").json["attachments"][0]["type"] == kind


# -- once

def test_the_same_bytes_again_are_the_same_and_others_are_refused(site, case):
    data, event_id = os.urandom(100000), str(uuid.uuid4())
    first = attach(site, case, 1, data, event_id=event_id)
    taken = (409, "the number is taken by another file")
    assert (first.status, first.json["event_id"]) == (201, event_id)
    for again in (attach(site, case, 1, data, event_id=event_id), attach(site, case, 1, data)):
        assert (again.status, again.json) == (200, first.json)
    assert problem(attach(site, case, 1, data[:-1] + bytes([data[-1] ^ 1]), event_id=event_id)) == taken
    assert problem(attach(site, case, 1, data[:-1], event_id=event_id)) == taken
    assert problem(attach(site, case, 1, data + b"x")) == taken
    assert problem(attach(site, case, 1, data, actor="legal")) == taken
    assert attach(site, case, 2, data, event_id=event_id).status == 409, "an event_id is for one file"
    assert fetch(site, case, 1).body == data
    assert [each["n"] for each in site.request("TH-50", "GET", f"/v1/complaints/{case}").json["attachments"]] == [1]
    assert arriving(site) == "0|0"


def test_two_who_send_the_same_number_at_once_do_not_both_have_it(site, case):
    datas = [os.urandom(300000) for _ in range(4)]
    with ThreadPoolExecutor(len(datas)) as pool:
        answers = list(pool.map(lambda data: attach(site, case, 7, data), datas))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    won = [answer.status for answer in answers].index(201)
    assert fetch(site, case, 7).body == datas[won]
    assert arriving(site) == "0|0"


def test_a_case_has_twenty_files_and_no_more(site, case):
    for n in range(1, 11):
        assert attach(site, case, n, b"%d" % n).status == 201
    assert problem(attach(site, case, 11, b"x")) == (409, "ten of the twenty files are for those who work on the case")
    for n in range(11, 21):
        assert attach(site, case, n, b"%d" % n, actor="triager").status == 201
    for n in (0, 21, "01", "x", "1.0"):
        assert problem(attach(site, case, n, b"x")) == (422, "the number of an attachment is 1 to 20")
        assert fetch(site, case, n).status == 422
    assert len(site.request("triager", "GET", f"/v1/complaints/{case}").json["attachments"]) == 20


# -- what is told

def test_it_is_an_event_of_the_case_with_a_leaf_and_so_is_each_opening(site, case):
    leaves = int(site.postgres.psql("SELECT leaf_count FROM register.head"))
    answer = attach(site, case, 3, PDF)
    assert fetch(site, case, 3).status == 200
    assert int(site.postgres.psql("SELECT leaf_count FROM register.head")) == leaves + 2
    shown = site.request("triager", "GET", f"/v1/complaints/{case}")
    told = [(each["kind"], each["by"], each["fields"]) for each in shown.json["timeline"][1:]]
    assert told == [("attached", "TH-50", {"n": 3, "type": "application/pdf", "size": len(PDF)}),
                    ("fetched", "triager", {"n": 3})]
    assert shown.json["timeline"][1]["sealed"] == ["name", "salt"]
    assert shown.headers["ETag"] == answer.headers["ETag"] == '"2"', "what comes changes the case, what is read does not"
    assert shown.json["attachments"][0] == shown.json["attachments"][0] | {
        "n": 3, "type": "application/pdf", "size": len(PDF), "event_id": answer.json["event_id"], "by": "TH-50",
        "attached_at": shown.json["timeline"][1]["at"]}


def test_its_commitment_can_be_computed_by_whoever_has_the_file(site, case):
    """docs/ledger.md: part_B of the leaf, by the salt that lies sealed beside the name."""
    data = os.urandom(70000)
    attach(site, case, 1, data)
    salt = bytes.fromhex(next(each["text"] for each in site.open("triager", case).json["texts"] if each["field"] == "salt"))
    part = hashlib.sha256(b"grievd/B/v1\0" + salt + hashlib.sha256(data).digest()).digest()
    leaf = site.postgres.psql(
        "SELECT encode(substr(l.leaves, 17, 32), 'hex')"
        " FROM register.attachment AS a JOIN register.event AS e USING (position)"
        f" JOIN register.leaf_run AS l ON l.first = e.leaf_index WHERE a.complaint = '{case}'")
    shown = site.request("triager", "GET", f"/v1/complaints/{case}").json["attachments"][0]
    opening, commit = base64.b64decode(shown["opening"]), shown["commit"]
    fields = f"v=1\nroute=attachment_add\nid={case}\nn=1\nactor=TH-50\n".encode()
    part_m = hashlib.sha256(b"grievd/M/v1\0" + opening[:32] + hashlib.sha256(fields).digest()).digest()
    assert opening[32:64] == part
    assert hashlib.sha256(b"grievd/commit/v1\0" + part_m + opening[32:]).hexdigest() == commit == leaf


def test_a_file_that_arrives_twice_at_once_is_stored_once(site, case):
    data, event_id = os.urandom(3 * CHUNK), str(uuid.uuid4())
    with site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, len(data), event_id=event_id).encode() + data[:2 * CHUNK])
        wait_until(lambda: arriving(site) == "1|2", "it has begun")
        # As if the other had begun in the same moment: neither saw the other's row.
        site.postgres.psql("UPDATE register.attachment SET event_id = gen_random_uuid() WHERE finished_at IS NULL")
        assert attach(site, case, 1, data, event_id=event_id).status == 201
        assert arriving(site) == "1|2"
        tls.sendall(data[2 * CHUNK:])
        assert tls.recv(65536).startswith(b"HTTP/1.1 200 ")
    wait_until(lambda: arriving(site) == "0|0", "what was stored of it beside the first is gone")
    assert fetch(site, case, 1).body == data


def test_a_file_begun_again_takes_the_place_of_what_broke_off(site, case):
    data, event_id = os.urandom(3 * CHUNK), str(uuid.uuid4())
    with site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, len(data), event_id=event_id).encode() + data[:2 * CHUNK])
        wait_until(lambda: arriving(site) == "1|2", "it has begun")
        assert attach(site, case, 1, data, event_id=event_id).status == 201
        assert arriving(site) == "0|0"
        tls.sendall(data[2 * CHUNK:])
        assert tls.recv(65536).startswith(b"HTTP/1.1 408 "), "the earlier is no longer on its way"
    assert fetch(site, case, 1).body == data


# -- for the few

def stored(site, id, n, group="legal"):
    """The file, opened apart from our code with the group's key."""
    key, event_id, wraps = site.postgres.psql("SELECT id, event_id, encode(wraps, 'hex') FROM register.attachment"
                                              f" WHERE complaint = '{id}' AND n = {n}").split("|")
    place, private = vault.place(id, f"file:{n}:{event_id}"), vault.private_key(site, group)
    dek = vault.envelope.unwrap(private, place, vault.objects_of(bytes.fromhex(wraps))[0])
    chunks = site.postgres.psql("SELECT encode(chunk, 'hex') FROM register.attachment_chunk"
                                f" WHERE attachment = '{key}' ORDER BY counter").split("\n")
    return vault.envelope.open_file(place, dek, [bytes.fromhex(each) for each in chunks])


@pytest.mark.parametrize("size", [5, CHUNK, CHUNK + 1])
def test_another_implementation_opens_what_is_stored(site, case, size):
    data = os.urandom(size)
    attach(site, case, 2, data)
    assert stored(site, case, 2) == data
    with pytest.raises(vault.envelope.Refused, match="SEAL_KEY"):
        stored(site, case, 2, "alternate")


def test_neither_bytes_nor_name_lie_in_the_database_or_a_log(site, case):
    data, name = b"%PDF-1.7 " + os.urandom(20).hex().encode() * 50, f"ลับ-{os.urandom(8).hex()}.pdf"
    attach(site, case, 1, data, name=name)
    fetch(site, case, 1)
    dump = site.postgres.run("pg_dump", "-h", site.postgres.socket_dir, "-U", "postgres", "--inserts", "grievd")
    logs = site.log() + (site.folder / "postgres.log").read_text(errors="replace")
    for secret in (data[9:49].decode(), data[9:49].hex(), name, quote(name), name.encode().hex(),
                   hashlib.sha256(data).hexdigest()):
        assert secret not in dump and secret not in logs


def test_who_may_not_read_the_case_may_not_fetch_from_it(site, case):
    attach(site, case, 1, PDF)
    nowhere = str(uuid.uuid4())
    for actor in ("TH-90", "alt-head", "investigator"):
        for method, body in (("GET", None), ("PUT", PDF), ("HEAD", None)):
            said = [site.request(actor, method, at(id, 1), body, headers_of() if body else None) for id in (case, nowhere)]
            if actor == "TH-90" and method != "PUT":
                assert {each.status for each in said} == {403}, "an officer fetches nothing, wherever"
            else:
                assert said[0].status == 404 and said[0].masked == said[1].masked, (actor, method)
    for actor in ("TH-50", "auditor", "custodian-1", "admin"):
        assert fetch(site, case, 1, actor).status == 403
    assert fetch(site, case, 2).status == 404
    assert [each["kind"] for each in site.request("triager", "GET", f"/v1/complaints/{case}").json["timeline"][1:]] == ["attached"]


def test_a_case_against_the_legal_group_shows_it_nothing_and_the_others_everything(site):
    id = accept(site, accused_role="legal_head")
    assert attach(site, id, 1, PDF).status == 201
    for actor in ("triager", "head", "legal"):
        assert fetch(site, id, 1, actor).masked == fetch(site, str(uuid.uuid4()), 1, actor).masked
        assert attach(site, id, 2, PDF, actor).status == 404
    assert fetch(site, id, 1, "alt-head").body == PDF
    assert stored(site, id, 1, "alternate") == PDF


def test_who_loses_a_case_in_the_middle_of_a_file_gets_no_more_of_it(site, case):
    attach(site, case, 1, os.urandom(LARGEST))
    with stalled(site, case, 1) as tls:
        wait_until(lambda: site.metric("grievd_transfers") == 1, "it is on its way")
        accused = site.request("triager", "POST", f"/v1/complaints/{case}/events", {
            "event_id": str(uuid.uuid4()), "kind": "accuse", "accused_role": "legal_head", "reason": "ก"}, {"If-Match": "2"})
        assert accused.status == 200, accused
        read = 0
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while piece := tls.recv(65536):
                read += len(piece)
    assert 0 < read < LARGEST
    assert site.metric("grievd_transfers") == 0


def test_who_sent_a_case_sees_what_he_attached_and_not_what_others_found(site, case):
    attach(site, case, 1, PDF)
    attach(site, case, 2, PDF, actor="triager")

    def listed(actor):
        return [each["n"] for each in site.request(actor, "GET", f"/v1/complaints/{case}").json["attachments"]]
    assert (listed("TH-50"), listed("triager"), listed("auditor")) == ([1], [1, 2], [1, 2])
    assert attach(site, case, 3, PDF, actor="auditor").status == 403
    assert attach(site, case, 3, PDF, actor="TH-50-2").status == 404, "nor does another of his office attach to it"


def test_an_instance_without_the_key_takes_files_and_opens_none():
    with running_site() as site:
        site.stop_daemon()
        site.settings["sealing"] |= {"open_keys": "", "instances": "legal:https://legal.example"}
        site.start_daemon().await_ready()
        id = accept(site)
        assert attach(site, id, 1, PDF).status == 201
        opened = site.open("triager", id)
        assert problem(fetch(site, id, 1)) == problem(opened) == (
            403, "texts of this route are opened by the instance at https://legal.example")
        assert "fetched" not in site.postgres.psql("SELECT string_agg(kind, ' ') FROM register.event")
        del site.settings["sealing"]["open_keys"]
        site.stop_daemon()
        site.start_daemon().await_ready()
        assert fetch(site, id, 1).body == PDF


# -- a request at fault

@pytest.mark.parametrize("change, status, says", [
    ({"Griev-Event-Id": None}, 400, "Griev-Event-Id must be a UUID"),
    ({"Griev-Event-Id": "7"}, 400, "Griev-Event-Id must be a UUID"),
    ({"Griev-File-Name": None}, 400, "Griev-File-Name must be the file's name, percent-encoded"),
    ({"Griev-File-Name": ""}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": "a%2fb"}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": "a%5Cb"}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": ".."}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": "a%00b"}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": "a%0Ab"}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": "%ff"}, 400, "Griev-File-Name must be a file's name"),
    ({"Griev-File-Name": "a" * 256}, 400, "Griev-File-Name must be a file's name"),
])
def test_a_head_at_fault_is_told_what_it_lacks(site, case, change, status, says):
    sent = {key: value for key, value in {**headers_of(), **change}.items() if value is not None}
    answer = site.request("TH-50", "PUT", at(case, 1), PDF, sent)
    assert answer.status == status and answer.json["detail"].startswith(says), answer
    assert arriving(site) == "0|0"


def test_an_empty_file_and_one_of_unknown_length_are_refused(site, case):
    assert problem(attach(site, case, 1, b"")) == (422, "an empty file is no attachment")
    answer = raw(site, f"PUT {at(case, 1)} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 ")


def raw(site, head, actor="TH-50"):
    with site.raw(actor) as tls:
        tls.sendall(head.encode())
        return tls.recv(65536)


def head_of(id, n, length, more="", **said):
    said = "".join(f"{key}: {value}\r\n" for key, value in headers_of(**said).items())
    return f"PUT {at(id, n)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{said}{more}\r\n"


def expecting(site, id, n, length):
    return raw(site, head_of(id, n, length, "Expect: 100-continue\r\n"))


def test_who_expects_100_hears_it_when_the_case_is_his_and_a_refusal_else(site, case):
    assert expecting(site, case, 1, 5).startswith(b"HTTP/1.1 100 ")
    assert expecting(site, str(uuid.uuid4()), 1, 5).startswith(b"HTTP/1.1 404 ")
    attach(site, case, 2, PDF)
    assert expecting(site, case, 2, 5).startswith(b"HTTP/1.1 409 ")
    wait_until(lambda: arriving(site) == "0|0", "what was begun and left is gone")


def test_a_connection_goes_on_after_a_file(site, case):
    connection = site.connect("triager")
    for n in (1, 2, 3):
        data = os.urandom(n * 90000)
        assert attach(site, case, n, data, "triager", connection).status == 201
        assert site.request("triager", "GET", at(case, n), connection=connection).body == data
        assert site.request("triager", "GET", "/v1/me", connection=connection).status == 200
    connection.close()


def test_requests_behind_a_file_wait_for_their_turn(site, case):
    data = os.urandom(200000)
    with site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, len(data)).encode() + data + b"GET /v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answers = b""
        while piece := tls.recv(65536):
            answers += piece
    assert re.findall(rb"HTTP/1\.1 (\d{3}) ", answers) == [b"201", b"200"]
    assert fetch(site, case, 1).body == data


# -- whole or not at all

@pytest.mark.parametrize("sent", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK])
def test_an_upload_that_breaks_off_leaves_nothing(site, case, sent):
    before = site.request("triager", "GET", f"/v1/complaints/{case}").masked
    with site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, 6 * CHUNK).encode() + os.urandom(sent))
        wait_until(lambda: arriving(site) == f"1|{sent // CHUNK}", "it has arrived so far")
        assert site.request("triager", "GET", f"/v1/complaints/{case}").masked == before
        assert fetch(site, case, 1).status == 404
    wait_until(lambda: arriving(site) == "0|0", "it is gone")
    assert site.metric("grievd_transfers") == 0
    assert attach(site, case, 1, PDF).status == 201


@pytest.mark.parametrize("pause", [0.05, 30], ids=["a trickle", "a stall"])
def test_who_is_too_slow_is_told_so_and_leaves_nothing(site, case, pause):
    with site.limits(body_timeout="1s"), site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, LARGEST).encode() + os.urandom(CHUNK))
        began = time.monotonic()
        tls.settimeout(pause)
        answer = b""
        while not answer and time.monotonic() - began < 20:
            with contextlib.suppress(TimeoutError):
                answer = tls.recv(65536)
            if not answer:
                tls.sendall(b"x" * 100)
        assert answer.startswith(b"HTTP/1.1 408 ") and time.monotonic() - began < 15
    wait_until(lambda: arriving(site) == "0|0", "it is gone")


def test_who_is_quick_enough_is_not_cut_at_the_time_of_a_stall(site, case):
    data = os.urandom(4 * CHUNK)
    with site.limits(body_timeout="1s"), site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, len(data)).encode())
        for start in range(0, len(data), CHUNK // 2):  # 64 KiB/s, for four seconds
            tls.sendall(data[start:start + CHUNK // 2])
            time.sleep(0.5)
        assert tls.recv(65536).startswith(b"HTTP/1.1 201 ")
    assert fetch(site, case, 1).body == data


def test_without_the_database_an_upload_ends_and_is_sent_again(site, case):
    data, event_id = os.urandom(8 * CHUNK), str(uuid.uuid4())
    with site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, len(data)).encode() + data[:3 * CHUNK])
        wait_until(lambda: arriving(site) == "1|3", "it has begun")
        site.postgres.kill()
        tls.sendall(data[3 * CHUNK:4 * CHUNK])
        assert tls.recv(65536).startswith(b"HTTP/1.1 503 ")
    assert attach(site, case, 1, data, event_id=event_id).status == 503
    site.postgres.start()
    site.await_ready()
    wait_until(lambda: attach(site, case, 1, data, event_id=event_id).status == 201, "it is there")
    assert fetch(site, case, 1).body == data
    site.postgres.psql("DELETE FROM register.attachment WHERE finished_at IS NULL")  # as the sweep will


def test_a_case_that_changes_hands_meanwhile_does_not_get_what_was_sealed_for_others(site, case):
    data = os.urandom(3 * CHUNK)
    with site.raw("TH-50") as tls:
        tls.sendall(head_of(case, 1, len(data)).encode() + data[:2 * CHUNK])
        wait_until(lambda: arriving(site).startswith("1|"), "it has begun")
        accused = site.request("triager", "POST", f"/v1/complaints/{case}/events", {
            "event_id": str(uuid.uuid4()), "kind": "accuse", "accused_role": "legal_head", "reason": "ก"}, {"If-Match": "1"})
        assert accused.status == 200, accused
        tls.sendall(data[2 * CHUNK:])
        assert tls.recv(65536).startswith(b"HTTP/1.1 412 ")
    wait_until(lambda: arriving(site) == "0|0", "it is gone")
    assert attach(site, case, 1, data).status == 201
    assert stored(site, case, 1, "alternate") == data


def test_who_is_asked_to_stop_lets_what_is_on_its_way_arrive():
    with running_site() as site:
        id, data = accept(site), os.urandom(6 * CHUNK)
        with site.raw("TH-50") as tls:
            tls.sendall(head_of(id, 1, len(data)).encode() + data[:2 * CHUNK])
            wait_until(lambda: arriving(site) == "1|2", "it has begun")
            site.daemon.send_signal(signal.SIGTERM)
            wait_until(lambda: "stopping" in site.log(), "it was heard")
            tls.sendall(data[2 * CHUNK:])
            answer = tls.recv(65536)
        assert answer.startswith(b"HTTP/1.1 201 ") and b"Connection: close" in answer
        assert site.daemon.wait(60) == 0
        site.stop_daemon()
        site.start_daemon().await_ready()
        assert fetch(site, id, 1).body == data


def test_a_killed_daemon_leaves_what_the_sweep_removes():
    with running_site() as site:
        site.settings["register"]["sweep_interval"] = "200ms"  # from the next start on
        id = accept(site)
        assert attach(site, id, 2, PDF).status == 201
        with site.raw("TH-50") as tls:
            tls.sendall(head_of(id, 1, 6 * CHUNK).encode() + os.urandom(3 * CHUNK))
            wait_until(lambda: arriving(site) == "1|3", "it has begun")
            site.stop_daemon(signal.SIGKILL)
        assert arriving(site) == "1|3"
        site.start_daemon().await_ready()
        time.sleep(1)
        assert arriving(site) == "1|3", "it may still come as far as anybody knows"
        site.postgres.psql("UPDATE register.attachment SET begun_at = begun_at - interval '36 minutes'"
                           " WHERE finished_at IS NULL")
        wait_until(lambda: arriving(site) == "0|0", "it is swept")
        assert fetch(site, id, 2).body == PDF


# -- what is stored stays, or is found out

def damage(site, id, n, sql):
    site.postgres.psql("SET session_replication_role = replica;" + sql.format(
        of=f"attachment = (SELECT id FROM register.attachment WHERE complaint = '{id}' AND n = {n})"))


@pytest.mark.parametrize("sql", [
    "UPDATE register.attachment_chunk SET chunk = set_byte(chunk, 200, get_byte(chunk, 200) # 1) WHERE counter = 0 AND {of}",
    "UPDATE register.attachment_chunk AS k SET chunk = o.chunk FROM register.attachment_chunk AS o"
    " WHERE k.counter = 0 AND k.{of} AND o.attachment = k.attachment AND o.counter = 1",
], ids=["a bit", "another chunk"])
def test_a_changed_beginning_is_not_handed_out(site, case, sql):
    attach(site, case, 1, os.urandom(3 * CHUNK))
    damage(site, case, 1, sql)
    before = site.metric("grievd_openings_refused_total")
    assert problem(fetch(site, case, 1)) == (500, "the stored text is not what was acknowledged")
    assert site.metric("grievd_openings_refused_total") == before + 1


def reseal(site, id, n, data):
    """Other bytes in place of the file, sealed with its own key by somebody who has it and the database."""
    key, event_id, wraps = site.postgres.psql("SELECT id, event_id, encode(wraps, 'hex') FROM register.attachment"
                                              f" WHERE complaint = '{id}' AND n = {n}").split("|")
    place = vault.place(id, f"file:{n}:{event_id}")
    dek = vault.envelope.unwrap(vault.private_key(site, "legal"), place, vault.objects_of(bytes.fromhex(wraps))[0])
    for counter, chunk in enumerate(vault.envelope.seal_file(place, dek, data)):
        damage(site, id, n, f"UPDATE register.attachment_chunk SET chunk = '\\x{chunk.hex()}'"
                            f" WHERE counter = {counter} AND {{of}}")


@pytest.mark.parametrize("change", ["the last chunk", "a chunk is missing", "sealed anew", "shorter"])
def test_a_changed_file_never_arrives_whole(site, case, change):
    data = os.urandom(3 * CHUNK)
    attach(site, case, 1, data)
    if change == "the last chunk":
        damage(site, case, 1, "UPDATE register.attachment_chunk SET chunk = set_byte(chunk, 200, 7 # get_byte(chunk, 200))"
                              " WHERE counter = 2 AND {of}")
    elif change == "a chunk is missing":
        damage(site, case, 1, "DELETE FROM register.attachment_chunk WHERE counter = 1 AND {of}")
    elif change == "sealed anew":
        reseal(site, case, 1, data[:-1] + bytes([data[-1] ^ 1]))
    else:
        reseal(site, case, 1, data[:2 * CHUNK])
    with site.raw("triager") as tls:
        tls.sendall(f"GET {at(case, 1)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        read = b""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while piece := tls.recv(65536):
                read += piece
    head, _, body = read.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and b"Content-Length: %d" % len(data) in head
    assert len(body) <= 2 * CHUNK and data.startswith(body), "never its end"
    assert "answer_cut" in site.log()
    others_are_served(site)


def test_a_part_that_goes_elsewhere_takes_the_files_of_its_letter_along(site, case):
    data = os.urandom(2 * CHUNK)
    attach(site, case, 1, data)

    def tell(id, **event):
        version = site.request("head", "GET", f"/v1/complaints/{id}").headers["ETag"]
        answer = site.request(event.pop("by", "triager"), "POST", f"/v1/complaints/{id}/events",
                              {"event_id": str(uuid.uuid4()), **event}, {"If-Match": version})
        assert answer.status == 200, answer
        return answer
    tell(case, kind="register")
    tell(case, kind="split", subjects=["bribery", "leak"])
    part = site.postgres.psql(f"SELECT id FROM register.complaint WHERE parent = '{case}' ORDER BY ref LIMIT 1")
    assert fetch(site, part, 1).body == data, "a part has its letter's files"
    tell(part, kind="accuse", accused_role="legal_head", reason="ก")
    done = site.grievd("rewrap", "--config", site.write_config())
    assert "0 that no key" in done
    assert stored(site, case, 1, "alternate") == data
    assert fetch(site, part, 1).status == 404, "to the former group the part does not exist"
    opened = fetch(site, part, 1, "alt-head")
    assert (opened.status, opened.body) == (200, data)
    wraps = site.postgres.psql("SELECT encode(wraps, 'hex'), fields #>> '{name,wraps}' FROM register.attachment"
                               f" JOIN register.event USING (position) WHERE register.attachment.complaint = '{case}'").split("|")
    key_id = vault.envelope.key_id_of(vault.public_key(site, "alternate"))
    for each in (bytes.fromhex(wraps[0]), base64.b64decode(wraps[1])):
        assert key_id in [vault.envelope.parse(one)["key_id"] for one in vault.objects_of(each)]


def test_other_keys_are_wrapped_for_and_erasure_leaves_nothing():
    with running_site() as site:
        ids = [accept(site), accept(site, accused_role="legal_head")]
        datas = [os.urandom(2 * CHUNK) for _ in ids]
        for id, data in zip(ids, datas):
            assert attach(site, id, 1, data).status == 201
        site.stop_daemon()
        old, new, alternate = (site.seal_key(name) for name in ("legal", "legal-2", "alternate"))
        site.settings["sealing"] |= {"body_keys": f"legal:{new[1]} alternate:{alternate[1]} external:{alternate[1]}",
                                     "open_keys": f"legal:{old[0]} legal:{new[0]}"}
        command = [GRIEVD, "rewrap", "--config", site.write_config()]
        done = subprocess.run(command, capture_output=True, text=True)
        assert "files     1 wrapped anew, 1 as they should be, 0 that no key" in done.stdout, done.stdout + done.stderr
        assert "files     0 wrapped anew" in subprocess.run(command, capture_output=True, text=True).stdout
        assert stored(site, ids[0], 1, "legal-2") == datas[0] and stored(site, ids[1], 1, "alternate") == datas[1]
        with pytest.raises(vault.envelope.Refused, match="SEAL_KEY"):
            stored(site, ids[0], 1, "legal")
        site.settings["sealing"]["open_keys"] = f"legal:{new[0]}"
        site.start_daemon().await_ready()
        read = fetch(site, ids[0], 1)
        assert read.body == datas[0] and "%E0%B8" in read.headers["Content-Disposition"]

        site.postgres.psql(f"UPDATE register.complaint SET state = 'CLOSED' WHERE id = '{ids[0]}'")
        assert attach(site, ids[0], 2, PDF).status == 409
        proposed = site.griev("head", "erase", ids[0], "--approval-no", "1", "--json", input="ครบกำหนด\n")
        assert fetch(site, ids[0], 1).body == datas[0], "until it is approved it is there"
        assert proposed.returncode == 0
        ref = site.postgres.psql(f"SELECT ref FROM register.complaint WHERE id = '{ids[0]}'")
        assert site.griev("custodian-1", "approve", ref).returncode == 0, "who need not see the case"
        assert fetch(site, ids[0], 1).status == 410
        assert attach(site, ids[0], 2, PDF).status == 410
        assert site.postgres.psql("SELECT string_agg(DISTINCT complaint::text, ' '), count(*) FROM register.attachment_chunk AS k"
                                  " JOIN register.attachment AS a ON a.id = k.attachment") == f"{ids[1]}|2"
        shown = site.request("head", "GET", f"/v1/complaints/{ids[0]}").json
        assert shown["attachments"] == [] and shown["timeline"][1]["fields"] == {
            "n": 1, "type": "application/octet-stream", "size": 2 * CHUNK}, "that there was one stays"


# -- at nobody else's cost

def test_files_up_and_down_at_once_fill_no_memory(site):
    ids = [accept(site) for _ in range(3)]
    datas = [os.urandom(LARGEST) for _ in ids]
    assert attach(site, ids[0], 1, datas[0]).status == 201  # so that what is needed once is there
    fetch(site, ids[0], 1)
    before, peak, ended = site.memory_kib(), [0], threading.Event()

    def watch():
        while not ended.wait(0.02):
            peak[0] = max(peak[0], site.memory_kib())
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            ups = [pool.submit(attach, site, id, 2, data) for id, data in zip(ids, datas)]
            downs = [pool.submit(fetch, site, ids[0], 1) for _ in range(3)]
            others_are_served(site)
            assert [each.result().status for each in ups] == [201] * 3
            assert all(each.result().body == datas[0] for each in downs)
    finally:
        ended.set()
        watcher.join()
    assert peak[0] - before < 8 * 1024 * OVERHEAD, f"{peak[0] - before} KiB more for six files of 25 MiB"
    for id, data in zip(ids, datas):
        assert fetch(site, id, 2).body == data


def stalled(site, id, n, actor="triager"):
    """Somebody who has asked for a file and reads nothing of it."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", site.port))
    tls = site.tls_context(actor).wrap_socket(plain, server_hostname="localhost")
    tls.sendall(f"GET {at(id, n)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return tls


def test_a_reader_that_stops_gets_no_more_and_is_cut(site, case):
    data = os.urandom(LARGEST)
    attach(site, case, 1, data)
    before, cut = site.memory_kib(), site.metric("grievd_connections_cut_total")
    with contextlib.ExitStack() as stack, site.limits(write_timeout="2s"):
        for _ in range(8):
            stack.enter_context(stalled(site, case, 1))
        wait_until(lambda: site.metric("grievd_transfers") == 8, "they are on their way")
        others_are_served(site)
        assert site.memory_kib() - before < 16 * 1024 * OVERHEAD
        wait_until(lambda: site.metric("grievd_connections_cut_total") == cut + 8, "they are cut")
    assert site.metric("grievd_transfers") == 0
    assert fetch(site, case, 1).body == data


def test_a_reader_who_is_slow_and_goes_on_gets_all_of_it(site, case):
    data = os.urandom(20 * CHUNK)
    attach(site, case, 1, data)
    with site.limits(write_timeout="2s"), stalled(site, case, 1) as tls:
        read = b""
        while len(read) < len(data):
            piece = tls.recv(16384)
            assert piece, "cut"
            read += piece
            time.sleep(0.04)  # for four seconds
    assert read.endswith(data[:len(read) - read.index(b"\r\n\r\n") - 4])


def test_one_person_has_eight_files_on_their_way_and_no_ninth(site):
    case = accept(site, "TH-50-2")
    with contextlib.ExitStack() as stack:
        def begin(n):
            tls = stack.enter_context(site.raw("TH-50-2"))
            tls.sendall(head_of(case, n, 6 * CHUNK, "Expect: 100-continue\r\n").encode())
            return tls.recv(65536)[9:12]
        assert [begin(n) for n in range(1, 10)] == [b"100"] * 8 + [b"429"]
        assert attach(site, case, 10, PDF, actor="triager").status == 201, "others have theirs"
    wait_until(lambda: attach(site, case, 8, PDF, actor="TH-50-2").status == 201, "they have ended")
    assert attach(site, case, 9, PDF, actor="TH-50-2").status == 201


def test_one_reader_has_eight_files_on_their_way_and_no_ninth(site, case):
    attach(site, case, 1, os.urandom(LARGEST))
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(stalled(site, case, 1))
        wait_until(lambda: site.metric("grievd_transfers") == 8, "they are on their way")
        refused = fetch(site, case, 1)
        assert problem(refused) == (429, "too many files are on their way") and refused.headers["Retry-After"]
        assert fetch(site, case, 1, actor="head").status == 200, "others have theirs"


def test_one_worker_has_sixty_four_files_on_their_way_and_no_more(site, case):
    attach(site, case, 1, os.urandom(LARGEST))
    with contextlib.ExitStack() as stack:
        for n in range(64):
            stack.enter_context(stalled(site, case, 1, READERS[n // 8]))
        wait_until(lambda: site.metric("grievd_transfers") == 64, "they are on their way")
        assert problem(fetch(site, case, 1)) == (503, "too many files are on their way")
        others_are_served(site)
    wait_until(lambda: site.metric("grievd_transfers") == 0, "they have ended")
    assert fetch(site, case, 1).status == 200


# -- the client

def rows_of(done):
    assert done.returncode == 0, done.stderr
    return [(row["file"], row["n"], row.get("before")) for row in json.loads(done.stdout)["items"]]


def write(site, folder, **files):
    (site.folder / folder).mkdir()
    for name, data in files.items():
        (site.folder / folder / name).write_bytes(data)
    return [site.folder / folder / name for name in files]


def test_griev_attaches_files_and_fetches_them_to_the_byte(site, case):
    files = {"หนังสือร้องเรียน.pdf": PDF + os.urandom(200000), "ภาพ 1.jpg": b"\xff\xd8\xff" + os.urandom(CHUNK)}
    paths = write(site, f"up-{case}", **files)
    done = site.griev("TH-50", "attach", case, *paths, "--json")
    assert rows_of(done) == [(str(path), n, False) for n, path in enumerate(paths, 1)]
    assert "application/pdf" in site.griev("TH-50", "attach", case, *paths).stdout
    (site.folder / f"down-{case}").mkdir()
    got = site.griev("triager", "fetch", case, "-o", site.folder / f"down-{case}", "--json")
    assert [name for name, _, _ in rows_of(got)] == [str(site.folder / f"down-{case}" / name) for name in files]
    for name, data in files.items():
        path = site.folder / f"down-{case}" / name
        assert path.read_bytes() == data and oct(path.stat().st_mode & 0o777) == "0o600"
    shown = site.griev("triager", "show", case, "--lang", "th").stdout
    assert "เอกสารแนบ" in shown and "ภาพ 1.jpg" in shown and "เปิดเอกสารแนบ" in shown
    salt = next(each["text"] for each in site.open("triager", case).json["texts"] if each["field"] == "salt")
    assert salt not in shown


def test_the_same_command_again_attaches_nothing_twice(site, case):
    paths = write(site, f"again-{case}", a=b"a" * 100000, b=b"b" * 100000, c=b"a" * 100000)
    assert rows_of(site.griev("TH-50", "attach", case, *paths[:2], "--json")) == [(str(paths[0]), 1, False), (str(paths[1]), 2, False)]
    assert rows_of(site.griev("TH-50", "attach", case, *paths, "--json")) == [
        (str(paths[0]), 1, True), (str(paths[1]), 2, True), (str(paths[2]), 3, False)]
    paths[0].write_bytes(b"changed")
    assert rows_of(site.griev("TH-50", "attach", case, paths[0], "--json")) == [(str(paths[0]), 4, False)]


def test_a_file_too_many_is_not_to_be_sent_again(site, case):
    paths = write(site, f"many-{case}", **{f"{n:02}": b"%d" % n for n in range(11)})
    refused = site.griev("TH-50", "attach", case, *paths)
    assert refused.returncode == 5 and "the other files are not attached\n" in refused.stderr, refused.stderr


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_number(site, case):
    [path] = write(site, f"lost-{case}", a=os.urandom(300000))
    site.postgres.psql("CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS"
                       " $$BEGIN PERFORM pg_sleep(11); RETURN NEW; END$$;"
                       "CREATE TRIGGER slow BEFORE UPDATE ON register.attachment FOR EACH ROW EXECUTE FUNCTION public.slow()")
    try:
        lost = site.griev("TH-50", "attach", case, path, "--json", retries=0)
    finally:
        site.postgres.psql("DROP TRIGGER slow ON register.attachment; DROP FUNCTION public.slow()")
    assert lost.returncode == 7, lost.stderr
    wait_until(lambda: fetch(site, case, 1).status == 200, "it was attached all the same")
    assert rows_of(site.griev("TH-50", "attach", case, path, "--json")) == [(str(path), 1, True)]
    assert len(site.request("triager", "GET", f"/v1/complaints/{case}").json["attachments"]) == 1


def test_griev_passes_over_numbers_that_are_taken_by_who_it_may_not_see(site, case):
    attach(site, case, 1, PDF, actor="triager")
    attach(site, case, 2, PDF, actor="triager")
    [path] = write(site, f"taken-{case}", a=b"a")
    assert rows_of(site.griev("TH-50", "attach", case, path, "--json")) == [(str(path), 3, False)]


def test_griev_says_what_is_wrong_with_a_file(site, case):
    empty, large = write(site, f"bad-{case}", empty=b"", large=b"x" * (LARGEST + 1))
    for args, code, says in [((empty,), 1, "is empty"), ((large,), 1, "larger than 25 MiB"), (("/no/such",), 8, "cannot be read"),
                             ((), 2, "something is missing")]:
        done = site.griev("TH-50", "attach", case, *args)
        assert done.returncode == code and says in done.stderr, done.stderr
    assert site.griev("TH-50", "attach", str(uuid.uuid4()), empty).returncode == 4
    assert site.griev("triager", "fetch", case).returncode == 4
    attach(site, case, 1, PDF)
    assert site.griev("TH-50", "fetch", case).returncode == 3
    assert site.griev("triager", "fetch", case, "9").returncode == 4


def test_what_is_fetched_replaces_no_file_and_leaves_no_folder(site, case):
    folder = site.folder / f"into-{case}"
    folder.mkdir()
    attach(site, case, 1, b"first", name=".bashrc")
    attach(site, case, 2, b"second", name="a")
    attach(site, case, 3, b"third", name="a")
    (folder / "a").write_bytes(b"mine")
    for _ in range(2):  # the second time everything is there
        assert site.griev("triager", "fetch", case, "--output", folder).returncode == 0
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
            "_bashrc": b"first", "a": b"mine", "2-a": b"second", "3-a": b"third"}
    done = site.griev("triager", "fetch", case, "1", "-o", folder / "a")
    assert done.returncode == 8 and (folder / "a").read_bytes() == b"mine"
    assert site.griev("triager", "fetch", case, "1", "-o", folder / "other").returncode == 0
    assert (folder / "other").read_bytes() == b"first"
    assert site.griev("triager", "fetch", case, "-o", folder / "new").returncode == 2, "several files need a folder"


@pytest.mark.parametrize("name, kept", [("ก" * 84 + ".pd", "ก" * 65 + ".pd"), ("x" * 255, "x" * 200), ("ก" * 85, "ก" * 66)])
def test_a_name_too_long_for_a_folder_is_cut_before_its_suffix(site, case, name, kept):
    assert attach(site, case, 1, PDF, name=name).status == 201
    folder = site.folder / f"long-{case}"
    folder.mkdir()
    done = site.griev("triager", "fetch", case, "-o", folder)
    assert done.returncode == 0, done
    assert [path.name for path in folder.iterdir()] == [kept]
