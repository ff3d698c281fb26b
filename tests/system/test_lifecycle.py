"""How the daemon starts, takes a new configuration, and ends; and what its units allow it."""

import contextlib
import ctypes
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest
from harness import GRIEVD, ROOT, WAIT_S, Site, complaint, wait_until

EX_OK, EX_OSERR, EX_TEMPFAIL, EX_CONFIG = 0, 71, 75, 78
FREE = {"requests_per_second_max": 1000000, "requests_burst": 1000000}


@pytest.fixture
def quiet():
    """A site whose daemon is not started yet."""
    made = Site()
    try:
        yield made
    finally:
        made.close()


def server_serial(site):
    """The certificate that a new connection is shown."""
    with site.raw() as tls:
        return tls.getpeercert()["serialNumber"]


def blocked(site):
    """A submission can get no further than its commit while this is held."""
    return site.postgres.session("BEGIN; LOCK TABLE register.head IN ACCESS EXCLUSIVE MODE")


class Submission(threading.Thread):
    """One in flight; its answer, or the error instead."""

    def __init__(self, site, actor="TH-50", **fields):
        super().__init__(daemon=True)
        self.site, self.actor, self.body, self.answer = site, actor, complaint(**fields), None
        self.start()

    def run(self):
        try:
            self.answer = self.site.request(self.actor, "PUT", f"/v1/complaints/{self.body['id']}", self.body)
        except (OSError, http.client.HTTPException) as error:
            self.answer = error

    def result(self):
        self.join(WAIT_S)
        assert not self.is_alive(), "no answer"
        return self.answer


def await_waiting_commit(site):
    wait_until(lambda: site.postgres.psql(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'grievd' AND wait_event_type = 'Lock'") != "0",
        "a submission waits for the lock")


# -- SIGHUP


def test_sighup_takes_certificate_and_revocations_and_drops_nobody(site):
    stays, revoked = site.connect("TH-50"), site.connect("custodian-1")
    for each in (stays, revoked):
        assert site.request(None, "GET", "/v1/me", connection=each).status == 200
    socket_before = stays.sock
    serial = server_serial(site)

    site.ca("server", "--force", site.ca_folder, "localhost", "127.0.0.1")
    site.ca("revoke", site.ca_folder, "custodian-1")
    assert site.request(None, "GET", "/v1/me", connection=revoked).status == 200  # not yet
    site.reload()

    assert server_serial(site) != serial
    assert site.request(None, "GET", "/v1/me", connection=stays).status == 200
    assert stays.sock is socket_before, "the connection was dropped"
    refused = site.request(None, "GET", "/v1/me", connection=revoked)
    assert refused.status == 403
    assert refused.json["type"] == "urn:grievd:problem:certificate-refused"
    with pytest.raises((ssl.SSLError, ConnectionError)):
        site.request("custodian-1", "GET", "/v1/me")
    assert site.submit().status == 201


@pytest.mark.parametrize("workers", [1, 3])
def test_sighup_under_load_breaks_no_request(quiet, workers):
    quiet.settings["server"].update(FREE, workers=workers)
    quiet.start_daemon().await_ready()
    ended, problems, counts = threading.Event(), [], []

    def work(actor):
        count = 0
        try:
            connection = quiet.connect(actor)
            while not ended.is_set():
                answer = quiet.submit(connection=connection)
                assert answer.status == 201, answer
                assert "Connection" not in answer.headers
                count += 1
        except Exception as problem:
            problems.append(problem)
        counts.append(count)

    threads = [threading.Thread(target=work, args=(actor,)) for actor in ("TH-50", "TH-90") * 4]
    for thread in threads:
        thread.start()
    for _ in range(30):
        quiet.reload()
        time.sleep(0.05)
    ended.set()
    for thread in threads:
        thread.join()
    assert not problems
    assert quiet.log().count("\n<5>reloaded") == 30
    assert min(counts) > 0
    assert quiet.postgres.psql("SELECT count(*) FROM register.complaint") == str(sum(counts))


@pytest.mark.parametrize("fault, says", [
    (lambda site: site.settings["server"].update(worker=2), r"grievd\.conf\S* line=\d+ .*worker"),
    (lambda site: site.settings["server"].update(requests_burst="many"), r"line=\d+ .*requests_burst"),
    (lambda site: site.settings["tls"].update(certificate="/nonexistent.pem"), r"/nonexistent\.pem"),
    (lambda site: site.settings["tls"].update(key=site.certificate("TH-90")[1]), r"TH-90\.key"),
    (lambda site: site.settings["tls"].update(client_crl="/dev/null"), r"/dev/null"),
], ids=["unknown key", "wrong value", "no certificate", "other key", "no list"])
def test_a_configuration_at_fault_changes_nothing(site, fault, says):
    kept = {section: dict(values) for section, values in site.settings.items()}
    stays = site.connect("TH-50")
    assert site.request(None, "GET", "/v1/me", connection=stays).status == 200
    serial, log_before = server_serial(site), len(site.log())
    try:
        fault(site)
        site.reload()
    finally:
        site.settings = kept
    said = site.log()[log_before:]
    assert "reload_refused" in said
    assert re.search(says, said), said
    assert server_serial(site) == serial
    assert site.request(None, "GET", "/v1/me", connection=stays).status == 200
    assert site.submit().status == 201
    site.reload()
    assert site.log().endswith("reloaded\n") or "\n<5>reloaded" in site.log()[log_before:]


def test_reloading_says_so_to_systemd(site):
    site.write_config()
    site.daemon.send_signal(signal.SIGHUP)
    messages = site.await_notification("READY=1")
    reloading = [each for each in messages if "RELOADING=1" in each]
    assert len(reloading) == 1
    assert any(re.fullmatch(r"MONOTONIC_USEC=\d+", line) for line in reloading[0])


# -- SIGTERM


@pytest.mark.parametrize("workers", [1, 3])
def test_sigterm_lets_what_is_in_flight_finish(quiet, workers):
    quiet.settings["server"]["workers"] = workers
    quiet.start_daemon().await_ready()
    idle = [quiet.raw("TH-50") for _ in range(5)]
    with blocked(quiet) as session:
        flying = [Submission(quiet, actor) for actor in ("TH-50", "TH-90", "TH-50", "TH-90")]
        await_waiting_commit(quiet)
        time.sleep(0.5)  # for the others to have been queued behind it
        quiet.daemon.send_signal(signal.SIGTERM)
        quiet.await_notification("STOPPING=1")
        for tls in idle:  # nothing is owed to these
            assert tls.recv(1) == b""
        with pytest.raises(OSError):
            quiet.connect("TH-50").connect()
        assert quiet.daemon.poll() is None, "it did not wait"
        session.stdin.write("ROLLBACK;\n")
        session.stdin.flush()
        answers = [each.result() for each in flying]
    assert [each.status for each in answers] == [201] * 4
    assert all(each.headers["Connection"] == "close" for each in answers)
    assert quiet.daemon.wait(WAIT_S) == EX_OK
    assert quiet.postgres.psql("SELECT count(*) FROM register.complaint") == "4"


def test_sigterm_ends_an_idle_daemon_at_once(quiet):
    quiet.start_daemon().await_ready()
    began = time.monotonic()
    assert quiet.stop_daemon() == EX_OK
    assert time.monotonic() - began < 2


def test_sigterm_waits_no_longer_than_drain(quiet):
    quiet.settings["server"]["drain"] = "500ms"
    quiet.start_daemon().await_ready()
    with blocked(quiet):
        flying = Submission(quiet)
        await_waiting_commit(quiet)
        began = time.monotonic()
        assert quiet.stop_daemon() == EX_OK
        assert 0.4 < time.monotonic() - began < 3
    assert isinstance(flying.result(), (OSError, http.client.HTTPException))


def test_sigterm_with_reads_that_never_come_back_ends_well(quiet):
    quiet.settings["server"]["drain"] = "500ms"
    quiet.start_daemon().await_ready()
    with contextlib.ExitStack() as opened:
        peers = [opened.enter_context(quiet.raw("TH-50")) for _ in range(8)]  # more than connections for reads
        quiet.postgres.send_signal_all(signal.SIGSTOP)
        opened.callback(quiet.postgres.send_signal_all, signal.SIGCONT)
        for peer in peers:
            peer.sendall(b"GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert quiet.request(None, "GET", "/healthz").status == 200
        assert quiet.stop_daemon() == EX_OK
        assert "stopped code=0" in quiet.log()


def test_a_second_sigterm_ends_it_at_once(quiet):
    quiet.start_daemon().await_ready()
    with blocked(quiet):
        Submission(quiet)
        await_waiting_commit(quiet)
        quiet.daemon.send_signal(signal.SIGTERM)
        quiet.await_notification("STOPPING=1")
        began = time.monotonic()
        assert quiet.stop_daemon() == EX_TEMPFAIL
        assert time.monotonic() - began < 1


def test_what_a_kill_interrupted_is_told_by_a_retry(quiet):
    quiet.start_daemon().await_ready()
    with blocked(quiet):
        flying = Submission(quiet)
        await_waiting_commit(quiet)
        quiet.stop_daemon(signal.SIGKILL)
        assert isinstance(flying.result(), (OSError, http.client.HTTPException))
    quiet.start_daemon().await_ready()
    again = quiet.request("TH-50", "PUT", f"/v1/complaints/{flying.body['id']}", flying.body)
    assert again.status in (200, 201)
    assert quiet.postgres.psql("SELECT count(*) FROM register.complaint") == "1"
    assert again.json["ref"].endswith("/0001")


# -- how it starts


def test_it_binds_by_itself_as_well(quiet):
    quiet.settings["server"]["metrics_listen"] = "127.0.0.1:0"
    quiet.start_daemon(activated=False).await_ready()
    assert quiet.submit().status == 201
    assert quiet.metric("grievd_submissions_total") == 1
    assert quiet.stop_daemon() == EX_OK
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", quiet.port), 1)


def test_without_a_metrics_address_there_is_no_metrics_listener(quiet):
    quiet.start_daemon(activated=False).await_ready()
    assert "listener name=metrics" not in quiet.log()
    assert quiet.request(None, "GET", "/metrics").status == 404


def test_metrics_may_be_a_unix_socket_that_goes_with_the_daemon(quiet):
    path = quiet.folder / "metrics.sock"
    quiet.settings["server"]["metrics_listen"] = f"unix:{path}"
    quiet.start_daemon(activated=False).await_ready()
    with socket.socket(socket.AF_UNIX) as plain:
        plain.connect(str(path))
        plain.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := plain.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"grievd_connections" in answer
    quiet.stop_daemon()
    assert not path.exists()


def test_a_file_in_the_place_of_the_metrics_socket_is_left_alone(quiet):
    path = quiet.folder / "precious"
    path.write_text("kept")
    quiet.settings["server"]["metrics_listen"] = f"unix:{path}"
    done = subprocess.run([GRIEVD, "run", "--config", quiet.write_config()], capture_output=True, text=True)
    assert done.returncode == EX_OSERR and str(path) in done.stderr
    assert path.read_text() == "kept"


def test_it_serves_without_a_database_and_recovers_when_there_is_one(quiet):
    quiet.postgres.stop()
    quiet.start_daemon()  # which waits for READY=1
    assert quiet.request(None, "GET", "/healthz").status == 200
    unready = quiet.request(None, "GET", "/readyz")
    assert (unready.status, unready.json["status"]) == (503, "unavailable")
    assert "database" in unready.json["reason"]
    assert int(unready.headers["Retry-After"]) >= 1
    for answer in (quiet.submit(), quiet.request("TH-50", "GET", "/v1/me")):
        assert answer.status == 503
        assert answer.json["type"] == "urn:grievd:problem:unavailable"
        assert int(answer.headers["Retry-After"]) >= 1
    quiet.postgres.start()
    quiet.await_ready(within_s=2)
    assert quiet.submit().status == 201


def test_it_serves_without_a_schema_and_recovers_when_there_is_one():
    site = Site(migrate=False)
    try:
        site.install()
        site.start_daemon()
        assert site.request(None, "GET", "/readyz").status == 503
        assert site.submit().status == 503
        site.migrate(site.PRINCIPALS)
        site.await_ready(within_s=5)
        assert site.submit().status == 201
    finally:
        site.close()


# -- the watchdog


def ptrace(request, thread, *args):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(request, thread, *(args or (None, None))) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextlib.contextmanager
def thread_stopped(pid, name):
    """One thread of the daemon, and no other, stands still."""
    seize, interrupt, detach = 0x4206, 0x4207, 17
    thread = next(int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()
                  if (task / "comm").read_text().strip() == name)
    try:
        ptrace(seize, thread)
    except PermissionError:
        pytest.skip("this account may not stop a thread")
    ptrace(interrupt, thread)
    os.waitpid(thread, 0x40000000)  # __WALL: it is not our child
    try:
        yield
    finally:
        ptrace(detach, thread)


def fed(site, for_s):
    """How often the watchdog is fed in that time."""
    count, deadline = 0, time.monotonic() + for_s
    while (left := deadline - time.monotonic()) > 0:
        site.notify.settimeout(left)
        with contextlib.suppress(TimeoutError):
            count += site.notify.recv(4096) == b"WATCHDOG=1"
    site.notify.settimeout(WAIT_S)
    return count


def test_the_watchdog_is_fed_only_while_every_loop_ticks(quiet):
    quiet.settings["server"]["workers"] = 2
    quiet.start_daemon(environment={"WATCHDOG_USEC": "3000000"}).await_ready()
    assert fed(quiet, 3.5) >= 3
    with thread_stopped(quiet.daemon.pid, "worker-1"):
        fed(quiet, 2)  # what had ticked in time
        assert fed(quiet, 2.5) == 0
    time.sleep(1)
    assert fed(quiet, 3.5) >= 3
    quiet.await_ready()


def test_no_watchdog_is_fed_that_nobody_asked_for(quiet):
    quiet.start_daemon().await_ready()
    assert fed(quiet, 1) == 0


# -- the configuration and the units


def test_check_config_names_file_and_line(quiet):
    path = quiet.write_config()
    text = path.read_text()
    path.write_text(text.replace("[tls]", "[tls]\ncertficate = x.pem"))
    line = path.read_text().splitlines().index("certficate = x.pem") + 1
    done = subprocess.run([GRIEVD, "check-config", "--config", path], capture_output=True, text=True)
    assert done.returncode == EX_CONFIG
    assert f"{path}:{line}: " in done.stdout + done.stderr
    assert "certficate" in done.stdout + done.stderr


def test_the_example_with_its_defaults_written_out_is_a_configuration(quiet):
    example = (ROOT / "systemd" / "grievd.conf.example").read_text()
    written_out = re.sub(r"^#(?=[a-z_]+ =)", "", example, flags=re.M)
    own = {"certificate": quiet.ca_folder / "localhost.pem", "key": quiet.ca_folder / "localhost.key",
           "client_ca": quiet.ca_folder / "ca.pem", "client_crl": quiet.ca_folder / "crl.pem",
           "nonce_key": quiet.folder / "nonce.key", "conninfo": quiet.conninfo("grievd"),
           "listen": "127.0.0.1:0",
           "body_keys": re.search("^body_keys = (.*)$", quiet.write_config().read_text(), re.M)[1],
           "custodians": re.search("^custodians = (.*)$", quiet.write_config().read_text(), re.M)[1]}
    for key, value in own.items():
        written_out, count = re.subn(rf"^{key} = .*$", f"{key} = {value}", written_out, flags=re.M)
        assert count == 1, key
    path = quiet.folder / "example.conf"
    path.write_text(written_out)
    done = subprocess.run([GRIEVD, "check-config", "--config", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_signer_is_exposed_to_next_to_nothing():
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=10",
                           ROOT / "systemd" / "grievd-signer.service"], capture_output=True, text=True)
    assert done.returncode == 0, f"above 1.0: {done.stdout[-200:]}"


def test_the_units_have_no_fault(tmp_path):
    for unit in (ROOT / "systemd").glob("grievd*.s[eo]*"):
        text = unit.read_text().replace("/usr/bin/grievd ", f"{GRIEVD} ")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                           *sorted(tmp_path.iterdir())], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "grievd" not in done.stderr, done.stderr
