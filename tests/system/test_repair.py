"""When the log and the database differ: what grievd ledger says, what it repairs, and that the daemon goes on.

As the database's superuser, and as whoever can write the signer's folder.
"""

import base64
import shutil
import signal
import subprocess
import threading

import pytest
from harness import GRIEVD, NO_QUOTA, Site, complaint, wait_until
from test_ledger import rewrite, verify

EQUAL, DIFFERS, UNAVAILABLE = 0, 1, 69


@pytest.fixture
def own():
    made = Site(settings={"server": NO_QUOTA})
    made.start_daemon().await_ready()
    yield made
    made.close()


def ledger(own, *args, code=EQUAL):
    done = subprocess.run([GRIEVD, "ledger", *map(str, args), "--config", own.write_config()], capture_output=True, text=True)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def submit(own, body):
    return own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)


def submit_some(own, count):
    """Bodies and their answers."""
    bodies = [complaint() for _ in range(count)]
    answers = [submit(own, body) for body in bodies]
    assert all(answer.status == 201 for answer in answers)
    return bodies, [answer.json for answer in answers]


def await_fork(own):
    return wait_until(lambda: (reason := own.request(None, "GET", "/readyz").body.decode()) and "differ" in reason and reason,
                      "the fork is seen")


def lose_tail(own, first):
    """As a failover that lost commits does: complaints, leaves and numbers from there on are gone."""
    rewrite(own, f"""
        CREATE TEMPORARY TABLE gone AS SELECT id, position FROM register.complaint WHERE leaf_index >= {first};
        UPDATE register.counter AS c SET last = c.last - (SELECT count(*) FROM gone) WHERE c.series = 'TH-50';
        DELETE FROM register.content WHERE position IN (SELECT position FROM gone);
        DELETE FROM register.complaint WHERE id IN (SELECT id FROM gone);
        DELETE FROM register.leaf_run WHERE first >= {first};
        UPDATE register.head SET leaf_count = {first}, position = position - (SELECT count(*) FROM gone);""")


def test_where_all_is_well_the_doctor_says_so(own):
    submit_some(own, 3)
    assert "same 3 leaves" in ledger(own, "doctor")


def test_a_lost_tail_comes_back_from_the_signer_and_each_repeat_gets_its_own_leaf(own):
    bodies, before = submit_some(own, 6)
    lose_tail(own, 2)
    await_fork(own)
    assert submit(own, bodies[4]).status == 503
    assert "no leaf 2 to 5" in ledger(own, "doctor", code=DIFFERS)
    told = ledger(own, "doctor", "--repair")
    assert "leaves 2 to 5 are in the database again" in told and "4 leaves stand for" in told
    own.await_ready()
    for number in (5, 2, 3):
        answer = submit(own, bodies[number])
        assert answer.status == 201, answer
        assert (answer.json["index"], answer.json["leaf"]) == (before[number]["index"], before[number]["leaf"])
        verify(own, answer.json)
    assert "1 of them" in ledger(own, "doctor")
    new = own.submit()
    assert (new.status, new.json["index"]) == (201, 6), "what is new gets a new leaf"
    again = submit(own, bodies[2])
    assert (again.status, again.json["index"]) == (200, 2)
    assert own.postgres.psql("SELECT count(*), count(DISTINCT leaf_index) FROM register.complaint") == "6|6"


def test_a_batch_of_old_and_new_keeps_each_to_its_leaf(own):
    bodies, before = submit_some(own, 4)
    lose_tail(own, 1)
    await_fork(own)
    ledger(own, "doctor", "--repair")
    own.await_ready()
    fresh = [complaint() for _ in range(12)]
    answers = {}
    with own.postgres.session("BEGIN; SELECT FROM register.head FOR UPDATE"):  # so that they gather
        mixed = [body for pair in zip(fresh, bodies[1:]) for body in pair] + fresh[3:]
        threads = [threading.Thread(target=lambda body=body: answers.update({body["id"]: submit(own, body)}))
                   for body in mixed]
        for thread in threads:
            thread.start()
        wait_until(lambda: own.metric("grievd_intake_queue") >= 5, "a batch gathers")
    for thread in threads:
        thread.join()
    for number in (1, 2, 3):
        assert answers[bodies[number]["id"]].json["index"] == before[number]["index"]
    indexes = [answer.json["index"] for answer in answers.values()]
    assert len(set(indexes)) == len(indexes) == 15 and set(indexes) == set(range(1, 16))
    for answer in answers.values():
        verify(own, answer.json)


def test_rows_that_were_deleted_from_the_middle_of_the_log_come_back(own):
    submit_some(own, 5)
    rewrite(own, "DELETE FROM register.leaf_run WHERE first IN (1, 2)")
    assert "no leaf 1 to 2" in ledger(own, "doctor", code=DIFFERS)
    assert "1 to 2 are in the database again" in ledger(own, "doctor", "--repair")
    assert "same 5 leaves" in ledger(own, "doctor")


def test_a_rewritten_leaf_is_named_and_stays_evidence(own):
    submit_some(own, 5)
    rewrite(own, "UPDATE register.leaf_run SET leaves = set_byte(leaves, 30, 255 - get_byte(leaves, 30)) WHERE first = 3")
    for repair in ([], ["--repair"]):
        assert "leaf 3 in the database is not the one that was signed" in ledger(own, "doctor", *repair, code=DIFFERS)


def test_the_daemon_finds_a_leaf_that_was_rewritten_long_before_the_end(own):
    submit_some(own, 8)
    rewrite(own, "UPDATE register.leaf_run SET leaves = set_byte(leaves, 30, 255 - get_byte(leaves, 30)) WHERE first = 3")
    own.stop_daemon()
    own.start_daemon()
    assert "index 3" in await_fork(own)


def test_a_head_that_was_lowered_under_a_running_daemon_is_found_and_repaired(own):
    submit_some(own, 4)
    rewrite(own, "UPDATE register.head SET leaf_count = 2")
    await_fork(own)
    rewrite(own, "UPDATE register.head SET leaf_count = 4")
    own.await_ready()
    assert own.submit().json["index"] == 4


def signer_state(own):
    return own.folder / "signer" / "log"


def test_a_signer_put_back_to_an_earlier_state_stops_writes_and_is_fed(own):
    submit_some(own, 2)
    copy = own.folder / "copy"
    shutil.copy(signer_state(own), copy)
    _, answers = submit_some(own, 3)
    own.stop_signer(signal.SIGKILL)
    shutil.copy(copy, signer_state(own))
    own.start_signer()
    await_fork(own)
    assert "signed 2 of the 5" in ledger(own, "doctor", code=DIFFERS)
    assert "repaired" in ledger(own, "doctor", "--repair")
    own.await_ready()
    assert own.submit().json["index"] == 5


def test_a_signer_that_lost_everything_adopts_what_somebody_holds(own):
    bodies, answers = submit_some(own, 5)
    own.stop_signer()
    shutil.rmtree(own.folder / "signer")
    (own.folder / "signer").mkdir(mode=0o700)
    own.start_signer()
    assert "has no state" in ledger(own, "doctor", code=DIFFERS)
    held = own.folder / "held"
    held.write_text(answers[4]["receipt"])
    assert "goes on from" in ledger(own, "adopt", held)
    own.await_ready()
    assert own.submit().json["index"] == 5
    assert "state already" in ledger(own, "adopt", held, code=65)
    held.write_text("nothing")
    assert "no signed checkpoint" in ledger(own, "adopt", held, code=65)
    ledger(own, "adopt", own.folder / "none", code=66)


def test_a_database_and_a_signer_put_back_together_are_contradicted_by_a_client(own):
    submit_some(own, 2)
    copy = own.folder / "copy"
    shutil.copy(signer_state(own), copy)
    _, answers = submit_some(own, 3)
    own.stop_daemon()
    own.stop_signer()
    shutil.copy(copy, signer_state(own))
    lose_tail(own, 2)
    own.start_signer()
    own.start_daemon().await_ready()
    body = complaint()
    newest = answers[2]["receipt"].split("\n\n", 1)[1]
    header = {"Griev-Checkpoint": base64.b64encode(newest.encode()).decode()}
    refused = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, header)
    assert refused.status == 503, refused
    await_fork(own)
    refused = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body)
    assert refused.json["type"].endswith("log-forked") and "index 2" in refused.json["detail"]
    refused = own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, {"Accept-Language": "th"})
    assert refused.json["detail"] == "บันทึกกับฐานข้อมูลไม่ตรงกันตั้งแต่ลำดับ 2"
    assert own.postgres.psql("SELECT count(*) FROM register.complaint") == "2", "nothing was stored"


@pytest.fixture
def keeping(own):
    """A site that may be broken, and whose daemon keeps the newest checkpoint."""
    own.stop_daemon()
    own.settings["ledger"]["newest"] = own.folder / "newest"
    own.start_daemon().await_ready()
    return own


def put_both_back(own, to=2, more=3):
    """Daemon and signer are stopped; what was answered for the leaves that are gone."""
    submit_some(own, to)
    copy = own.folder / "copy"
    shutil.copy(signer_state(own), copy)
    _, answers = submit_some(own, more)
    own.stop_daemon()
    own.stop_signer()
    shutil.copy(copy, signer_state(own))
    lose_tail(own, to)
    return answers


def test_a_database_and_a_signer_put_back_together_are_contradicted_by_what_the_daemon_knew(keeping):
    put_both_back(keeping)
    keeping.start_signer()
    keeping.start_daemon()
    assert "index 2" in await_fork(keeping)
    assert keeping.submit().json["type"].endswith("log-forked")
    told = ledger(keeping, "doctor")
    assert "newest" in told


def test_a_database_that_was_put_back_is_not_written_to_while_the_signer_is_away(keeping):
    _, (first, *_) = submit_some(keeping, 5)
    keeping.stop_daemon()
    keeping.stop_signer()
    lose_tail(keeping, 2)
    keeping.start_daemon()
    await_fork(keeping)
    refused = register(keeping, first)
    assert refused.json["type"].endswith("log-forked") and "index 2" in refused.json["detail"], refused
    keeping.start_signer()
    ledger(keeping, "doctor", "--repair")
    keeping.await_ready()
    assert register(keeping, first).status == 200


def register(own, case):
    """The legal group registers it."""
    body = {"event_id": "6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e07", "kind": "register"}
    return own.request("legal", "POST", f"/v1/complaints/{case['id']}/events", body, {"If-Match": '"1"'})


def test_another_database_at_the_same_signer_is_not_written_to(own):
    submit_some(own, 2)
    other = Site(settings={"server": NO_QUOTA})
    other.settings["ledger"].update(signer=own.folder / "signer.sock", public_key=own.folder / "log.pub")
    try:
        other.start_daemon()
        assert "index 0" in await_fork(other)
        assert other.submit().json["type"].endswith("log-forked")
        assert other.postgres.psql("SELECT leaf_count FROM register.head") == "0"
    finally:
        other.close()
    assert own.submit().status == 201, "which is nothing to the one whose log it is"


def test_what_a_client_has_shown_is_known_over_a_restart(keeping):
    answers = put_both_back(keeping)
    newest = keeping.folder / "newest"
    newest.unlink()
    keeping.start_signer()
    keeping.start_daemon().await_ready()
    shown = answers[2]["receipt"].split("\n\n", 1)[1]
    header = {"Griev-Checkpoint": base64.b64encode(shown.encode()).decode()}
    body = complaint()
    keeping.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, header)
    await_fork(keeping)
    keeping.stop_daemon(signal.SIGKILL)
    assert newest.read_text() == shown
    keeping.start_daemon()
    assert "index 2" in await_fork(keeping)


@pytest.mark.parametrize("text", ["", "nothing", "other.example/log\n9\nc2FkZg==\n\n— other.example/log AAAAAA==\n"])
def test_what_the_log_s_key_has_not_signed_is_no_memory_of_it(keeping, text):
    keeping.stop_daemon()
    (keeping.folder / "newest").write_text(text)
    keeping.start_daemon().await_ready()
    assert "ledger_newest_refused" in keeping.log()
    assert keeping.submit().status == 201


def test_after_a_restart_case_work_goes_on_while_the_signer_is_away(own):
    _, (first,) = submit_some(own, 1)
    own.stop_daemon()
    own.stop_signer()
    own.start_daemon()
    answer = wait_until(lambda: (moved := register(own, first)).status == 200 and moved, "the case is registered")
    assert answer.json["state"] == "TRIAGE"
    assert own.submit().status == 503, "nothing is acknowledged without a receipt"
    own.start_signer()
    own.await_ready()
    assert "good" in ledger(own, "doctor"), "its leaf is signed"


def test_nothing_is_written_after_a_restart_before_the_log_was_compared(own):
    _, (first,) = submit_some(own, 1)
    own.stop_daemon()
    own.signer.send_signal(signal.SIGSTOP)
    try:
        own.start_daemon()
        wait_until(lambda: own.request("legal", "GET", f"/v1/complaints/{first['id']}").status == 200, "the database is there")
        before = own.postgres.psql("SELECT position FROM register.head")
        refused = register(own, first)
        assert refused.status == 503 and refused.json["type"].endswith("unavailable"), refused
        assert own.postgres.psql("SELECT position FROM register.head") == before
    finally:
        own.signer.send_signal(signal.SIGCONT)
    own.await_ready()
    assert register(own, first).status == 200


def test_what_a_client_has_seen_of_this_very_log_changes_nothing(own):
    bodies, answers = submit_some(own, 4)
    for answer in answers:
        header = {"Griev-Checkpoint": base64.b64encode(answer["receipt"].split("\n\n", 1)[1].encode()).decode()}
        body = complaint()
        assert own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, header).status == 201
    own.stop_daemon()
    own.start_daemon().await_ready()  # it knows no recent ones now
    assert own.request("TH-50", "PUT", f"/v1/complaints/{bodies[0]['id']}", bodies[0], header).status == 200
    for bad in ("???", base64.b64encode(b"nothing").decode()):
        body = complaint()
        assert own.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, {"Griev-Checkpoint": bad}).status == 400


def test_the_doctor_says_since_when_the_register_is_frozen_and_how_it_is_thawed(own):
    submit_some(own, 1)
    assert "frozen" not in ledger(own, "doctor")
    ledger(own, "freeze")
    own.postgres.psql("UPDATE register.head SET frozen_at = '2026-11-27 22:15:00+00'")
    said = ledger(own, "doctor")
    assert "good: " in said
    assert "frozen since 2026-11-28 05:15:00 (Bangkok), by grievd ledger freeze" in said and "grievd ledger thaw" in said
    rewrite(own, "UPDATE register.leaf_run SET leaves = set_byte(leaves, 30, 255 - get_byte(leaves, 30)) WHERE first = 0")
    said = ledger(own, "doctor", code=1)
    assert "is not the one that was signed" in said and "Once the above is settled, grievd ledger thaw" in said
    ledger(own, "thaw")
    assert "frozen" not in ledger(own, "doctor", code=1)


def test_while_frozen_nothing_is_written_and_reading_goes_on(own):
    _, (first, *_) = submit_some(own, 2)
    assert "refuses writes" in ledger(own, "freeze")
    refused = own.submit()
    assert refused.status == 503 and "operator thaws it" in refused.json["detail"], refused
    assert refused.json["type"].endswith(":frozen") and "cannot be reached" not in refused.json["title"]
    assert refused.headers["Retry-After"] == "60", "no client comes back each second for what an operator ends"
    move = {"event_id": "6f1d2c3b-4a59-4e68-8f77-0a1b2c3d4e05", "kind": "register"}
    moved = own.request("legal", "POST", f"/v1/complaints/{first['id']}/events", move, {"If-Match": '"1"'})
    assert moved.status == 503 and moved.json["type"].endswith(":frozen") and "frozen" in moved.json["detail"], moved
    assert own.request("legal", "GET", f"/v1/complaints/{first['id']}").status == 200
    wait_until(lambda: "frozen" in own.request(None, "GET", "/readyz").body.decode(), "readiness says so")
    assert "as it was" in ledger(own, "freeze")
    assert "writes are taken" in ledger(own, "thaw")
    own.await_ready()
    assert own.submit().status == 201


@pytest.mark.parametrize("args", [[], ["cure"], ["adopt"], ["doctor", "now"], ["freeze", "--repair"]])
def test_a_wrong_command_is_told(own, args):
    assert "ledger" in ledger(own, *args, code=64)
