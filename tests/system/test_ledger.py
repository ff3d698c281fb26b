"""What a receipt proves, and what becomes of the log when something is wrong with it.

Everything is checked with hashlib and the cryptography package, from docs/ledger.md.
"""

import base64
import contextlib
import copy
import hashlib
import json
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from harness import NO_QUOTA, Site, complaint, wait_until
from test_database_faults import Proxy, replica, through
from history import Receipts, check_leaves


@pytest.fixture(scope="module")
def site():
    made = Site(settings={"server": NO_QUOTA})
    made.start_daemon().await_ready()
    yield made
    made.close()


@pytest.fixture
def own():
    """A site that may be broken."""
    made = Site(settings={"server": NO_QUOTA})
    made.start_daemon().await_ready()
    yield made
    made.close()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(index, size, leaf_hash, proof):
    """RFC 9162, 2.1.3.2."""
    fn, sn, result = index, size - 1, leaf_hash
    for step in proof:
        assert sn > 0
        if fn & 1 or fn == sn:
            result = node(step, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node(result, step)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return result


def verify(site, answer):
    """The receipt of an answer; its leaf, index and the size of its tree."""
    lines, checkpoint = answer["receipt"].split("\n\n", 1)
    head, extra, index, *proof = lines.split("\n")
    assert head == "c2sp.org/tlog-proof@v1"
    assert extra == "extra " + answer["leaf"] and index == f"index {answer['index']}"
    leaf = base64.b64decode(answer["leaf"])
    text, signatures = checkpoint.split("\n\n")
    origin, size, root = text.split("\n")
    assert origin == "localhost/log"
    assert root_of(answer["index"], int(size), hashlib.sha256(b"\0" + leaf).digest(),
                   [base64.b64decode(each) for each in proof]) == base64.b64decode(root)
    public = base64.b64decode((site.folder / "log.pub").read_text().strip().split("+", 2)[2])[1:]
    signed = base64.b64decode(signatures.split(" ")[2])
    Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], (text + "\n").encode())
    return leaf, int(size)


def move(site, case, number):
    """The legal group registers a case."""
    body = {"event_id": f"6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e{number:02}", "kind": "register"}
    return site.request("legal", "POST", f"/v1/complaints/{case}/events", body, {"If-Match": '"1"'})


def test_a_receipt_leads_to_a_signed_root(site):
    for _ in range(5):
        answer = site.submit()
        assert answer.status == 201
        leaf, _ = verify(site, answer.json)
        assert leaf[:4] == bytes([1, 1, 0, 3])  # accepted, CX


def test_a_forged_receipt_does_not(site):
    answer = site.submit().json
    forged = dict(answer, receipt=answer["receipt"].replace("localhost/log\n", "localhost/log\n1", 1))
    with pytest.raises((AssertionError, InvalidSignature)):
        verify(site, forged)


def test_the_leaf_commits_to_what_was_sent(site):
    body = complaint()
    answer = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body).json
    leaf, _ = verify(site, answer)
    opening = base64.b64decode(answer["opening"])
    salt_m, parts = opening[:32], opening[32:]
    clear = "".join(f"{key}={value}\n" for key, value in (
        ("v", 1), ("id", body["id"]), ("unit", "TH-50"), ("submitter", "TH-50"),
        *((key, body[key]) for key in ("channel", "process", "subject", "class", "identity", "received_on"))))
    part_m = hashlib.sha256(b"grievd/M/v1\0" + salt_m + hashlib.sha256(clear.encode()).digest()).digest()
    assert leaf[16:] == hashlib.sha256(b"grievd/commit/v1\0" + part_m + parts).digest()
    assert leaf[4:8] == int(body["received_on"].replace("-", "")[:6]).to_bytes(4, "big")
    assert leaf[8:16] == b"\xff" * 8


def test_a_replay_gets_a_receipt_of_the_same_leaf(site):
    body = complaint()
    first = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    for _ in range(300):
        assert site.submit().status == 201
    again = site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert (first.status, again.status) == (201, 200)
    assert {key: again.json[key] for key in ("id", "ref", "track", "index", "leaf", "opening")} \
        == {key: first.json[key] for key in ("id", "ref", "track", "index", "leaf", "opening")}
    _, size = verify(site, first.json)
    _, later = verify(site, again.json)
    assert later > size + 256, "under a later tree"


def test_what_happens_to_a_case_is_signed_without_a_submission(site):
    answer = site.submit().json
    before = await_all_signed(site)
    assert move(site, answer["id"], 1).status == 200
    assert await_all_signed(site) == before + 1
    assert f"size       {before + 1}\n" in site.grievd("signer", "--status", "--config", site.signer_config)


def submit_many(site, count, answers):
    for _ in range(count):
        body = complaint()
        answers.append((body, site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)))


def test_receipts_of_many_at_once_all_verify(site):
    answers = []
    threads = [threading.Thread(target=submit_many, args=(site, 20, answers)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 160
    indexes = [answer.json["index"] for _, answer in answers]
    for _, answer in answers:
        assert answer.status == 201
        verify(site, answer.json)
    assert len(set(indexes)) == 160


def test_without_the_signer_nothing_is_acknowledged_and_after_it_nothing_is_lost(own):
    assert own.submit().status == 201
    own.stop_signer(signal.SIGKILL)
    body = complaint()
    refused = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert refused.status == 503 and "Retry-After" in refused.headers and refused.json["detail"] == "the signer is away"
    refused = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, {"Accept-Language": "th"})
    assert refused.json["detail"] == "ติดต่อผู้ลงนามบันทึกไม่ได้"
    assert "signer" in own.request(None, "GET", "/readyz").json["reason"]
    own.start_signer()
    own.await_ready()
    answer = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert answer.status in (200, 201)
    verify(own, answer.json)


def reason(own):
    return own.request(None, "GET", "/readyz").json.get("reason", "")


def freeze_the_comparison(own):
    """The signer is back, the database has been asked for its leaves, and does not answer."""
    own.stop_signer()
    own.postgres.send_signal_all(signal.SIGSTOP)
    own.start_signer()
    wait_until(lambda: "compared" in reason(own), "the database is asked")


def test_a_signer_that_starts_anew_while_the_database_is_asked_is_asked_again(own):
    freeze_the_comparison(own)
    own.stop_signer()
    wait_until(lambda: "signer is away" in reason(own), "the signer is missed")
    own.start_signer()
    wait_until(lambda: "being read" in reason(own), "the signer is back")
    own.postgres.send_signal_all(signal.SIGCONT)
    own.await_ready()
    verify(own, own.submit().json)


def test_the_daemon_stops_while_the_database_is_asked(own):
    freeze_the_comparison(own)
    assert own.stop_daemon() == 0, own.log()[-2000:]


class Forger:
    """Between daemon and signer: passes on what both say, but for signatures, which it can spoil."""

    forging = False

    def __init__(self, path, signer):
        self.signer, self.listener = str(signer), socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            daemon, signer = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
            signer.connect(self.signer)
            for from_, to, change in ((daemon, signer, bytes), (signer, daemon, self._forge)):
                threading.Thread(target=self._pass, args=(from_, to, change), daemon=True).start()

    def _forge(self, frame):
        signed = frame[0] == 65
        return frame[:-9] + (b"A" if frame[-9:-8] != b"A" else b"B") + frame[-8:] if signed and self.forging else frame

    @staticmethod
    def _pass(from_, to, change):
        with from_.makefile("rb") as stream:
            while head := stream.read(4):
                to.sendall(head + change(stream.read(int.from_bytes(head, "big"))))
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_RDWR)


def test_a_signature_that_does_not_verify_stops_what_it_stands_under(own):
    own.stop_daemon()
    own.settings["ledger"]["signer"] = own.folder / "forger.sock"
    forger = Forger(own.folder / "forger.sock", own.folder / "signer.sock")
    own.start_daemon().await_ready()
    forger.forging = True
    first = own.submit()
    with pytest.raises(InvalidSignature):
        verify(own, first.json)
    wait_until(lambda: "ledger_signature_bad" in own.log(), "it is noticed", 2)
    body = complaint()
    own.await_ready()
    answer = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert own.log().count("ledger_signature_bad") >= 2, "from then on each is verified before anybody relies on it"
    if answer.status != 503:
        verify(own, answer.json)
    forger.forging = False
    own.await_ready()
    answer = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert answer.status in (200, 201)
    verify(own, answer.json)


def test_the_daemon_takes_up_the_log_where_it_was(own):
    first = own.submit().json
    own.stop_daemon()
    own.start_daemon().await_ready()
    second = own.submit().json
    assert second["index"] == first["index"] + 1
    verify(own, second)


class Withholding(Proxy):
    """A proxy that can keep back what PostgreSQL answers to calls of one function, and nothing else."""

    function, withheld = b"", None

    def _forward(self, one):
        if one in self.accepted:
            if self.function and self.function in one.recv(65536, socket.MSG_PEEK):
                self.withheld = self.pairs[one]
        elif self.function and one is self.withheld:
            return  # it stays in the socket
        super()._forward(one)


def test_a_leaf_that_is_signed_before_its_own_commit_is_heard_of_is_proven_at_once():
    with through(Withholding) as site:
        case = site.submit().json
        site.proxy.function = b"complaint_submit"
        with ThreadPoolExecutor(1) as pool:
            began = time.monotonic()
            held = pool.submit(site.submit)
            wait_until(lambda: site.postgres.psql("SELECT leaf_count FROM register.head") == "2", "it is committed")
            move(site, case["id"], 4)
            wait_until(lambda: site.metric("grievd_ledger_size") >= 3, "both leaves are signed")
            site.proxy.function = b""
            answer = held.result()
        assert answer.status == 201 and time.monotonic() - began < 8, answer
        verify(site, answer.json)


def test_a_leaf_that_comes_while_the_database_is_asked_for_others_is_signed_too():
    with through(Withholding) as site:
        cases = [site.submit().json for _ in range(2)]
        site.proxy.function = b"ledger_leaves"
        move(site, cases[0]["id"], 5)
        wait_until(lambda: site.proxy.withheld, "the first move's leaf is asked for")
        move(site, cases[1]["id"], 6)
        site.proxy.function = b""
        wait_until(lambda: site.metric("grievd_ledger_size") == leaves_of(site) >= 4, "both moves' leaves are signed", 10)


def test_what_was_committed_too_late_for_an_answer_is_signed_all_the_same(own):
    with own.postgres.session("BEGIN; SELECT FROM register.head FOR UPDATE"):
        assert own.submit().json["type"].endswith("outcome-unknown")
    wait_until(lambda: own.metric("grievd_ledger_size") == leaves_of(own) >= 1, "the late leaf is signed", 10)


def leaves_of(site):
    """How many leaves the database has; a publication adds one of its own."""
    return int(site.postgres.psql("SELECT leaf_count FROM register.head"))


def await_all_signed(site):
    """How many there are then."""
    return wait_until(lambda: site.metric("grievd_ledger_size") == leaves_of(site) and leaves_of(site), "every leaf is signed")


def test_a_leaf_that_is_visible_and_not_on_the_standby_is_signed_once_it_is(own):
    """A wait for the standby that is cut short leaves a row that everybody sees and that a failover would lose."""
    assert own.submit().status == 201
    signed = await_all_signed(own)
    own.stop_daemon()
    own.postgres.psql("ALTER SYSTEM SET synchronous_standby_names = 'second'")
    own.postgres.psql("SELECT pg_reload_conf()")
    own.settings["database"]["standbys"] = "second"
    own.start_daemon().await_ready()
    waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'grievd'"
    with ThreadPoolExecutor(1) as pool:
        flying = pool.submit(own.submit)
        submitting = f"{waiting} AND query LIKE '%complaint_submit%'"
        pid = wait_until(lambda: own.postgres.psql(f"SELECT pid {submitting}"), "the commit waits")
        own.postgres.psql(f"SELECT pg_terminate_backend({pid})")
        wait_until(lambda: leaves_of(own) == signed + 1, "its leaf is visible all the same")
        wait_until(lambda: own.postgres.psql(f"SELECT count(*) {waiting}") == "2", "the repeat waits, and who asks what lasts")
        assert flying.result().json["type"].endswith("outcome-unknown")
    assert own.metric("grievd_ledger_size") == signed, "what a failover would lose is not signed"
    standby = replica(own.postgres, own.folder / "second", "second")
    try:
        assert await_all_signed(own) == signed + 1
        own.await_ready()
        verify(own, own.submit().json)
    finally:
        own.stop_daemon()
        standby.stop(signal.SIGQUIT)


def test_a_leaf_that_a_failover_lost_before_it_was_signed_gives_its_place_to_the_next(own):
    """The daemon still has it when the signer comes back, and must not have it signed."""
    case = own.submit().json
    signed = await_all_signed(own)
    own.signer.send_signal(signal.SIGSTOP)
    assert own.submit().json["type"].endswith("outcome-unknown"), "it is committed and not signed"
    own.stop_signer(signal.SIGKILL)
    wait_until(lambda: "signer is away" in reason(own), "the signer is missed")
    rewrite(own, f"DELETE FROM register.leaf_run WHERE first = {signed};"
                 f"DELETE FROM register.complaint WHERE leaf_index = {signed};"
                 f"UPDATE register.head SET leaf_count = {signed};"
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'grievd'")
    wait_until(lambda: move(own, case["id"], 8).status == 200, "another leaf has its place")
    own.start_signer()
    assert await_all_signed(own) == signed + 1
    own.await_ready()
    verify(own, own.submit().json)
    assert "ledger_forked" not in own.log()


def test_the_leaf_of_a_daemon_that_died_is_signed_by_another(pair):
    first, second = pair
    case = first.submit().json
    first.stop_daemon(signal.SIGKILL)
    rewrite(second, f"""UPDATE register.head SET leaf_count = leaf_count + 1;
        INSERT INTO register.leaf_run SELECT leaf_count - 1, decode('{base64.b64decode(case["leaf"]).hex()}', 'hex') FROM register.head""")
    await_all_signed(second)


def transactions(own):
    return int(own.postgres.psql("SELECT xact_commit FROM pg_stat_database WHERE datname = 'grievd'"))


def test_a_database_that_has_not_the_leaves_it_speaks_of_is_not_asked_without_end(own):
    assert own.submit().status == 201
    own.stop_daemon()
    rewrite(own, "UPDATE register.head SET leaf_count = leaf_count + 5")
    own.start_daemon()
    wait_until(lambda: "ledger_ready" in own.log().rsplit("stopped", 1)[1], "the log is taken up")
    before = transactions(own)
    time.sleep(4)
    assert transactions(own) - before < 100


def rewrite(own, sql):
    own.postgres.psql("SET session_replication_role = replica;" + sql)


@pytest.mark.parametrize("damage, index", [
    ("DELETE FROM register.leaf_run WHERE first >= 3; UPDATE register.head SET leaf_count = 3", 3),
    ("UPDATE register.leaf_run SET leaves = set_byte(leaves, 20, 1 - get_byte(leaves, 20) % 2) WHERE first = 4", 4),
], ids=["a lost tail", "a changed leaf"])
def test_a_database_that_lost_or_changed_what_was_signed_is_written_no_more(own, damage, index):
    for _ in range(5):
        answer = own.submit()
        assert answer.status == 201
    own.stop_daemon()
    rewrite(own, damage)
    own.start_daemon()
    wait_until(lambda: "differ" in own.request(None, "GET", "/readyz").body.decode(), "the fork is seen")
    refused = own.submit()
    assert refused.status == 503 and f"index {index}" in refused.json["detail"], refused
    assert refused.json["type"].endswith("log-forked")
    moved = move(own, answer.json["id"], 2)
    assert moved.status == 503 and f"index {index}" in moved.json["detail"]
    assert own.request("legal", "GET", f"/v1/complaints/{answer.json['id']}").status == 200, "reading goes on"
    proof = own.request("legal", "GET", f"/log/proof/{base64.b64decode(answer.json['leaf'])[16:].hex()}")
    assert proof.status == 200 and proof.json["index"] == answer.json["index"], "what was signed is proven"
    assert own.postgres.psql("SELECT count(*) FROM register.complaint") == "5", "and nothing more was stored"


def test_nothing_is_appended_to_a_database_that_lost_what_was_signed(own):
    """Not even what the clocks do: a leaf there would be in the way of the lost ones."""
    case = own.submit().json
    assert move(own, case["id"], 7).status == 200
    wait_until(lambda: own.metric("grievd_ledger_size") == leaves_of(own) >= 2, "both leaves are signed")
    events = own.postgres.psql("SELECT count(*) FROM register.event")
    own.request("legal", "GET", "/v1/queue")  # its clocks begin
    own.stop_daemon()
    rewrite(own, "DELETE FROM register.leaf_run WHERE first >= 1; UPDATE register.head SET leaf_count = 1;"
                 "UPDATE register.clock SET due_on = '2026-01-01', met_on = NULL")
    own.settings["register"]["sweep_interval"] = "100ms"
    own.start_daemon()
    wait_until(lambda: "differ" in own.request(None, "GET", "/readyz").body.decode(), "the fork is seen")
    assert own.open("legal", case["id"]).status == 503
    assert own.request("legal", "GET", f"/v1/complaints/{case['id']}").status == 200
    time.sleep(0.5)
    assert own.postgres.psql("SELECT leaf_count, (SELECT count(*) FROM register.event) FROM register.head") == f"1|{events}"


def test_nobody_gets_the_receipt_of_anothers_leaf(own):
    bodies = [complaint(), complaint()]
    first, second = [own.request("TH-50", "PUT", f"/v1/complaints/{each['id']}", each).json for each in bodies]
    rewrite(own, f"UPDATE register.complaint SET leaf_index = {second['index']} WHERE id = '{first['id']}'")
    again = own.request("TH-50", "PUT", f"/v1/complaints/{first['id']}", bodies[0])
    assert again.status == 503 and again.json["type"].endswith("outcome-unknown"), "it is stored, and its receipt is not there"
    assert f"index {second['index']}" in own.submit().json["detail"]


def test_a_request_is_known_again_by_its_bytes(site):
    case = site.submit().json
    path = f"/v1/complaints/{case['id']}/events"
    body = {"event_id": "6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e03", "kind": "register"}
    first = site.request("legal", "POST", path, body, {"If-Match": '"1"'})
    again = site.request("legal", "POST", path, body, {"If-Match": '"1"'})
    assert (first.status, again.status) == (200, 200) and first.json == again.json
    other = site.request("legal", "POST", path, json.dumps(body, indent=1).encode(), {"If-Match": '"2"'})
    assert other.status == 409, "other bytes are another request"
    spoofed = site.request("legal", "POST", path + "?commit=" + 64 * "0", body, {"If-Match": '"2"'})
    assert spoofed.status == 400, "the commitment is the daemon's to make"


@pytest.fixture
def pair():
    """Two daemons at one database and one signer, which publish often."""
    first = Site(settings={"server": NO_QUOTA, "ledger": {"publish": "1s"}})
    first.start_daemon().await_ready()
    second = copy.copy(first)
    second.daemon = None
    second.start_daemon().await_ready()
    yield first, second
    second.stop_daemon()
    first.close()


def test_two_daemons_whose_batches_cross_give_receipts_of_one_log(pair):
    first, second = pair
    receipts, answers, newest = Receipts(first), [], [None]

    def work(site):
        connection = site.connect("TH-50")
        for _ in range(40):
            shown = newest[0]  # often of the other daemon, and newer than what this one knows
            header = {"Griev-Checkpoint": base64.b64encode(shown.encode()).decode()} if shown else {}
            answer = site.submit(connection=connection, headers=header)
            answers.append(answer)
            if answer.status == 201:
                newest[0] = answer.json["receipt"].split("\n\n", 1)[1]

    threads = [threading.Thread(target=work, args=(site,)) for site in pair for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [201] * 320, [answer for answer in answers if answer.status != 201][:3]
    for answer in answers:
        receipts.add(answer.json)
    largest = max(receipts.checkpoints)  # heartbeats come between
    for site in (first, second):
        wait_until(lambda: site.request("auditor", "GET", "/log/latest").json["size"] >= largest, "it has come to the end")
        receipts.site = site
        check_leaves(first, receipts.check())
    assert all(site.request(None, "GET", "/readyz").status == 200 for site in pair)


def test_two_daemons_publish_once_a_period(pair):
    first, second = pair
    wait_until(lambda: int(first.postgres.psql("SELECT count(*) FROM register.log_publication")) >= 4, "some are published")
    beats = "SELECT count(*) FROM register.event WHERE kind = 'heartbeat'"
    assert first.postgres.psql(
        "SELECT count(*) FROM register.log_publication AS p JOIN register.log_publication AS q"
        " ON q.size > p.size AND q.published_at < p.published_at + interval '0.9 seconds'") == "0"
    assert int(first.postgres.psql(beats)) - int(first.postgres.psql("SELECT count(*) FROM register.log_publication")) in (0, 1)
    newest = int(first.request(None, "GET", "/log/checkpoint").body.decode().split("\n")[1])
    wait_until(lambda: int(second.request(None, "GET", "/log/checkpoint").body.decode().split("\n")[1]) >= newest, "both show it")
