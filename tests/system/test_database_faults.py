"""What becomes of submissions when PostgreSQL stops, dies, freezes, vanishes, fills up or lies."""

import contextlib
import ctypes
import json
import os
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import Postgres, Site, complaint, wait_until
from load import UNAVAILABLE, UNKNOWN, Load, check_register, stored_refs

FREE = {"requests_per_second_max": 1000000, "requests_burst": 1000000}


@pytest.fixture
def quiet():
    """A site whose daemon is not started yet."""
    made = Site(settings={"server": FREE})
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def site(quiet):
    return quiet.start_daemon().await_ready()


def put(site, body, actor="TH-50"):
    """Submit; the answer, and how long it took."""
    began = time.monotonic()
    answer = site.request(actor, "PUT", f"/v1/complaints/{body['id']}", body)
    return answer, time.monotonic() - began


def refused_at_once(site):
    """A submission and a read are refused without waiting, and told to come again."""
    answer, took = put(site, complaint())
    assert took < 1, f"refused after {took:.1f} s"
    assert answer.status == 503
    assert answer.json["type"] == UNAVAILABLE
    assert int(answer.headers["Retry-After"]) >= 1


def reason_unready(site):
    answer = site.request(None, "GET", "/readyz")
    assert answer.status == 503, answer
    assert int(answer.headers["Retry-After"]) >= 1
    return answer.json["reason"]


def await_unready(site, part_of_reason="", within_s=20):
    wait_until(lambda: site.request(None, "GET", "/readyz").status == 503
               and part_of_reason in reason_unready(site), f"unready: {part_of_reason}", within_s)


def backends(postgres):
    """The pids of the daemon's sessions."""
    return postgres.psql("SELECT pid FROM pg_stat_activity WHERE usename = 'grievd'").split()


def count(site, body):
    return int(site.postgres.psql(f"SELECT count(*) FROM register.complaint WHERE id = '{body['id']}'"))


# -- gone


def test_stopped_refuses_at_once_and_recovers_by_itself(site):
    pid = site.daemon.pid
    before = site.submit()
    site.postgres.stop()
    body = complaint()
    for _ in range(20):
        refused_at_once(site)
    answer, _ = put(site, body)
    assert (answer.status, answer.json["type"]) == (503, UNAVAILABLE)
    assert "database" in reason_unready(site)
    assert site.request("TH-50", "GET", "/v1/me").status == 503
    assert site.request(None, "GET", "/healthz").status == 200
    assert site.metric("grievd_store_up") == 0

    site.postgres.start()
    site.await_ready(within_s=2)
    assert count(site, body) == 0
    assert put(site, body)[0].status == 201
    assert site.request("TH-50", "GET", f"/v1/complaints/{before.json['id']}").status == 200
    assert site.daemon.pid == pid and site.daemon.poll() is None
    check_register(site.postgres)


def restarted(site):
    site.postgres.stop(signal.SIGINT)
    site.postgres.start()


def killed(site):
    site.postgres.kill()
    site.postgres.start()


def killed_for_a_while(site):
    site.postgres.kill()
    time.sleep(1.5)
    site.postgres.start()


def backend_killed(site):
    """As by the kernel when memory is out: the postmaster ends all sessions and recovers."""
    os.kill(int(backends(site.postgres)[-1]), signal.SIGKILL)
    wait_until(site.postgres.accepts, "the server has recovered")


def sessions_ended(site):
    site.postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'grievd'")


def commits_cancelled(site):
    site.postgres.psql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'grievd'")


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("fault", [restarted, killed, killed_for_a_while, backend_killed, sessions_ended,
                                   commits_cancelled])
def test_nothing_is_lost_or_doubled_under_load_when_it_is(quiet, fault, workers):
    quiet.settings["server"]["workers"] = workers
    quiet.start_daemon().await_ready()
    with Load(quiet, connections=16) as load:
        for _ in range(3):
            load.await_more(100)
            fault(quiet)
            quiet.await_ready(within_s=5)
        load.await_more(100)
    load.check()
    load.settle()
    load.check()
    assert not load.unknown


def at_commit(site, statement):
    """Have the server do this for every row of a complaint when its transaction commits.

    The INFO before it makes the server send what it holds back: the rows are at the daemon first.
    """
    site.postgres.psql(f"""
        CREATE FUNCTION register.at_commit() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE INFO 'committing'; {statement}; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON register.complaint
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION register.at_commit()""")


def test_rows_that_come_before_their_commit_are_not_believed(site):
    at_commit(site, "PERFORM pg_sleep(0.05)")
    with Load(site, connections=32) as load:
        for _ in range(3):
            load.await_more(32)
            time.sleep(0.5)
            killed(site)
            site.await_ready(within_s=5)
        site.postgres.psql("DROP TRIGGER at_commit ON register.complaint")
        load.await_more(100)
    load.check()
    load.settle()
    load.check()


def test_a_commit_that_fails_behind_its_rows_acknowledges_none(site):
    at_commit(site, "RAISE EXCEPTION USING ERRCODE = 'disk_full'")
    with Load(site, connections=32) as load:
        wait_until(lambda: len(load.refused) > 500, "they are refused")
        assert not load.acknowledged
        site.postgres.psql("DROP TRIGGER at_commit ON register.complaint")
        load.await_more(100)
    load.check()


# -- silent


def test_frozen_leaves_the_outcome_open_and_a_retry_tells(site):
    bodies = [complaint() for _ in range(8)]
    site.postgres.send_signal_all(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(lambda body: put(site, body), bodies))
        assert all(answer.status == 503 for answer, _ in answers)
        open_ones = [took for answer, took in answers if answer.json["type"] == UNKNOWN]
        assert open_ones, "something was sent, so its outcome is open"
        assert all(9.5 < took < 12.5 for took in open_ones), open_ones
        assert max(took for _, took in answers) < 12.5
        refused_at_once(site)
        assert "does not finish a commit" in reason_unready(site)
    finally:
        site.postgres.send_signal_all(signal.SIGCONT)
    site.await_ready(within_s=5)
    for body, (answer, _) in zip(bodies, answers):
        if answer.json["type"] == UNAVAILABLE:
            assert count(site, body) == 0, "refused as not stored"
        assert put(site, body)[0].status in (200, 201)
        assert count(site, body) == 1
    check_register(site.postgres)


def test_no_refusal_closes_what_a_lost_commit_left_open(site):
    """Sent, the server dies, and the retry finds a submitter who may no longer: was it stored or not?"""
    body = complaint()
    with ThreadPoolExecutor(1) as one:
        with site.postgres.session("BEGIN; LOCK TABLE register.head IN ACCESS EXCLUSIVE MODE"):
            flying = one.submit(put, site, body, "TH-90")
            wait_until(lambda: site.postgres.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0",
                       "the commit waits")
            site.postgres.psql("UPDATE register.principal SET active = false WHERE name = 'TH-90'")
            site.postgres.kill()
        site.postgres.start()
        answer, _ = flying.result()
    assert answer.status == 503 and answer.json["type"] == UNKNOWN
    site.await_ready()
    assert put(site, body, "TH-90")[0].status == 403


def test_frozen_and_thawed_in_time_is_only_a_delay(site):
    body = complaint()
    with ThreadPoolExecutor(1) as pool:
        site.postgres.send_signal_all(signal.SIGSTOP)
        flying = pool.submit(put, site, body)
        time.sleep(3)
        site.postgres.send_signal_all(signal.SIGCONT)
        assert flying.result()[0].status == 201
    assert count(site, body) == 1


def test_frozen_under_load_loses_nothing(site):
    with Load(site, connections=16) as load:
        load.await_more(100)
        site.postgres.send_signal_all(signal.SIGSTOP)
        time.sleep(11)
        site.postgres.send_signal_all(signal.SIGCONT)
        load.await_more(100)
    assert load.refused and load.unknown
    load.check()
    load.settle()
    load.check()


def test_frozen_reads_are_given_up(site):
    site.postgres.send_signal_all(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert site.request("TH-50", "GET", "/v1/me").status == 503
        assert 9.5 < time.monotonic() - began < 12.5
    finally:
        site.postgres.send_signal_all(signal.SIGCONT)
    site.await_ready(within_s=5)
    assert site.request("TH-50", "GET", "/v1/me").status == 200


class DropAll(ctypes.Structure):
    """A socket filter that lets no packet in, not even one that would be acknowledged."""

    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
    PROGRAM = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))  # return 0 bytes
    ATTACH, DETACH = 26, 27


class Proxy:
    """A TCP connection to PostgreSQL that can be made to swallow everything."""

    def __init__(self, port):
        self.upstream = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.pairs, self.accepted, self.swallow, self.ended = {}, set(), False, False
        self.lock = threading.Lock()  # of pairs: it is cut by the test's thread
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self):
        self.ended = True
        self.thread.join()
        self.cut()
        self.listener.close()

    def lose_packets(self, losing):
        """All that the daemon sends from now on gets no acknowledgement, its SYNs included."""
        drop = DropAll(1, ctypes.addressof(DropAll.PROGRAM))
        with self.lock:
            connections = list(self.accepted)
        for each in (self.listener, *connections):
            each.setsockopt(socket.SOL_SOCKET, DropAll.ATTACH if losing else DropAll.DETACH, bytes(drop))

    def cut(self):
        """Reset what is connected."""
        with self.lock:
            for each in list(self.pairs):
                self._drop(each)

    def _drop(self, one):
        for each in (one, self.pairs.get(one)):
            if each in self.pairs:
                del self.pairs[each]
                self.accepted.discard(each)
                with contextlib.suppress(KeyError):
                    self.selector.unregister(each)
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                each.close()

    def _accept(self):
        one, _ = self.listener.accept()
        other = socket.create_connection(("127.0.0.1", self.upstream))
        self.pairs[one], self.pairs[other] = other, one
        self.accepted.add(one)
        for each in (one, other):
            self.selector.register(each, selectors.EVENT_READ)

    def _run(self):
        while not self.ended:
            if self.swallow:
                time.sleep(0.02)
                continue
            for key, _ in self.selector.select(0.02):
                with self.lock:
                    if key.fileobj is self.listener:
                        self._accept()
                    elif key.fileobj in self.pairs:
                        self._forward(key.fileobj)

    def _forward(self, one):
        try:
            piece = one.recv(65536)
            if piece:
                self.pairs[one].sendall(piece)
                return
        except OSError:
            pass
        self._drop(one)


def test_a_server_that_prints_bytes_in_another_way_is_understood(quiet):
    quiet.postgres.psql("ALTER DATABASE grievd SET bytea_output = 'escape'")
    quiet.start_daemon().await_ready()
    assert put(quiet, complaint())[0].status == 201


def test_an_id_that_a_rival_stores_meanwhile_is_looked_at_again(site):
    put(site, complaint())
    body = complaint()
    stored = json.dumps({"id": body["id"], "position": -1, "ref": "another's"})
    with site.postgres.session("BEGIN; SELECT FROM register.head FOR UPDATE") as rival, ThreadPoolExecutor(1) as pool:
        submitted = pool.submit(put, site, body)
        wait_until(lambda: site.postgres.psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "1",
                   "the submission waits for the head")
        rival.stdin.write("INSERT INTO register.complaint SELECT (jsonb_populate_record(c, "
                          f"$${stored}$$)).* FROM register.complaint AS c LIMIT 1; COMMIT;\n")
        rival.stdin.flush()
        assert submitted.result()[0].status == 409


@contextlib.contextmanager
def through(proxy):
    """A site that reaches its PostgreSQL by TCP through a proxy."""
    made = Site(settings={"server": FREE})
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made.postgres.stop()
    made.postgres.start(listen="127.0.0.1", port=port)
    made.proxy = proxy(port)
    made.settings["database"]["conninfo"] = f"host=127.0.0.1 port={made.proxy.port} dbname=grievd user=grievd"
    try:
        yield made.start_daemon().await_ready()
    finally:
        made.stop_daemon(signal.SIGKILL)
        made.proxy.close()
        made.close()


@pytest.fixture
def proxied():
    with through(Proxy) as made:
        yield made


@pytest.mark.parametrize("then", ["goes on", "is reset"])
def test_a_network_that_swallows_everything_and(proxied, then):
    body = complaint()
    proxied.proxy.swallow = True
    with ThreadPoolExecutor(2) as pool:
        submitted = pool.submit(put, proxied, body)
        began = time.monotonic()
        assert proxied.request("TH-50", "GET", "/v1/me").status == 503
        assert 9.5 < time.monotonic() - began < 12.5
        answer, took = submitted.result()
    assert (answer.status, answer.json["type"]) == (503, UNKNOWN)
    assert 9.5 < took < 12.5
    refused_at_once(proxied)
    reason_unready(proxied)
    if then == "is reset":
        proxied.proxy.cut()
    proxied.proxy.swallow = False
    proxied.await_ready(within_s=5)
    assert put(proxied, body)[0].status in (200, 201)
    assert count(proxied, body) == 1
    check_register(proxied.postgres)


def test_a_network_that_loses_every_packet_is_given_up_and_found_again(proxied):
    body = complaint()
    proxied.proxy.lose_packets(True)
    with ThreadPoolExecutor(2) as pool:
        submitted = pool.submit(put, proxied, body)
        assert proxied.request("TH-50", "GET", "/v1/me").status == 503
        answer, took = submitted.result()
    assert (answer.status, answer.json["type"]) == (503, UNKNOWN)
    assert took < 12.5
    refused_at_once(proxied)
    wait_until(lambda: "cannot be reached" in reason_unready(proxied), "the sessions are given up", 15)
    proxied.proxy.lose_packets(False)
    proxied.await_ready(within_s=5)
    assert put(proxied, body)[0].status in (200, 201)
    assert count(proxied, body) == 1


def test_a_network_reset_under_load_loses_nothing(proxied):
    with Load(proxied, connections=16) as load:
        for _ in range(5):
            load.await_more(60)
            proxied.proxy.cut()
        load.await_more(60)
    load.check()
    load.settle()
    load.check()


# -- unwilling


def test_out_of_connections_is_told_apart_and_passes(site):
    """Others hold every place while the daemon wants its own back."""
    body = complaint()
    site.daemon.send_signal(signal.SIGSTOP)
    with contextlib.ExitStack() as others:
        try:
            sessions_ended(site)
            wait_until(lambda: not backends(site.postgres), "the daemon's sessions are gone")
            with contextlib.suppress(AssertionError):
                for _ in range(100):
                    others.enter_context(site.postgres.session("SELECT 1", user="grievd_owner"))
        finally:
            site.daemon.send_signal(signal.SIGCONT)
        await_unready(site, "refuses the connection")
        assert put(site, body)[0].status == 503
        refused_at_once(site)
        assert "too many clients" in site.log() or "remaining connection slots" in site.log()
    site.await_ready(within_s=5)
    assert put(site, body)[0].status in (200, 201)
    assert count(site, body) == 1


def test_read_only_refuses_writes_and_serves_reads(site):
    known = site.submit().json["id"]
    body = complaint()
    site.postgres.psql("ALTER SYSTEM SET default_transaction_read_only = on")
    site.postgres.psql("SELECT pg_reload_conf()")
    wait_until(lambda: put(site, complaint())[0].status == 503, "the setting is in force")
    await_unready(site, "read-only")
    answer, _ = put(site, body)
    assert (answer.status, answer.json["type"]) == (503, UNAVAILABLE)
    refused_at_once(site)
    assert site.request("TH-50", "GET", f"/v1/complaints/{known}").status == 200
    site.postgres.psql("SET default_transaction_read_only = off;"
                       "ALTER SYSTEM RESET default_transaction_read_only")
    site.postgres.psql("SELECT pg_reload_conf()")
    site.await_ready(within_s=2)
    assert count(site, body) == 0
    assert put(site, body)[0].status == 201


@contextlib.contextmanager
def small_disk(folder, mib):
    """A file system of its own with little room."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "grievd-test", folder],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"mount: {mounted.stderr}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder):
    """Leave no block free."""
    path, block = folder / "filler", b"x" * 65536
    with open(path, "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(block) == len(block):
            pass
    return path


def test_a_full_disk_refuses_and_loses_nothing():
    site = Site(settings={"server": FREE})
    try:
        site.postgres.stop()
        with small_disk(site.folder / "disk", 400) as disk:
            shutil.copytree(site.postgres.data, disk / "pg", copy_function=shutil.copy2)
            subprocess.run(["chown", "-R", f"{site.postgres.account}:", disk / "pg"], check=True)
            (disk / "pg").chmod(0o700)
            site.postgres.data = disk / "pg"
            site.postgres.settings.update(max_wal_size="64MB", min_wal_size="32MB", wal_recycle="off",
                                          wal_init_zero="on")
            site.postgres.start()
            site.start_daemon().await_ready()
            try:
                full_disk(site, disk)
            finally:
                site.stop_daemon()
                site.postgres.stop(signal.SIGQUIT)
    finally:
        site.close()


def full_disk(site, disk):
    with Load(site, connections=16) as load:
        load.await_more(200)
        filler = fill(disk)
        # WAL of 16 MiB is there already: more than that has to be written.
        wait_until(lambda: len(load.refused) + len(load.unknown) > 50, "it is full", 120)
        filler.unlink()
        if not site.postgres.accepts():  # it gave up for lack of room to recover
            with contextlib.suppress(Exception):
                wait_until(site.postgres.accepts, "it has recovered", 5)
        if site.postgres.process.poll() is not None:
            site.postgres.start()
        site.await_ready(within_s=20)
        load.await_more(100)
    load.check()
    load.settle()
    load.check()


# -- replicated


def replica(postgres, folder, name):
    """A streaming standby of that server, started."""
    folder.mkdir()
    folder.chmod(0o755)
    made = Postgres(folder, initialize=False)
    made.run("pg_basebackup", "-h", postgres.socket_dir, "-p", postgres.port, "-U", "postgres", "-D", made.data,
             "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
    made.settings["primary_conninfo"] = (f"host={postgres.socket_dir} port={postgres.port} user=postgres"
                                         f" application_name={name}")
    return made.start()


def test_a_synchronous_standby_that_is_gone_acknowledges_nothing(quiet):
    """A commit then waits for it; when the wait is cut short, the commit may be on one disk only."""
    quiet.postgres.psql("ALTER SYSTEM SET synchronous_standby_names = 'second'")
    quiet.postgres.psql("SELECT pg_reload_conf()")
    quiet.settings["database"]["standbys"] = "second"
    site = quiet.start_daemon().await_ready()
    body, later = complaint(), complaint()
    answer, took = put(site, body)
    assert (answer.status, answer.json["type"]) == (503, UNKNOWN)
    assert 9.5 < took < 12.5
    refused_at_once(site)
    assert "does not finish a commit" in reason_unready(site)

    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    cancel = f"SELECT bool_and(pg_cancel_backend(pid)) FROM ({waiting}) AS w"  # and who asks what lasts
    assert site.postgres.psql(cancel) == "t"
    with ThreadPoolExecutor(1) as pool:
        # Locally committed, with a WARNING: the next one waits as well, is cut short as well,
        # and must not be acknowledged for that.
        wait_until(lambda: site.request(None, "GET", "/readyz").status == 200, "the commit has ended")
        flying = pool.submit(put, site, later)
        for _ in range(3):
            wait_until(lambda: site.postgres.psql(waiting), "it waits")
            assert not flying.done()
            site.postgres.psql(cancel)
        answer, _ = flying.result()
        assert (answer.status, answer.json["type"]) == (503, UNKNOWN)
    standby = replica(site.postgres, site.folder / "second", "second")
    try:
        site.await_ready(within_s=10)
        for each in (body, later):
            answer, _ = put(site, each)
            assert answer.status == 200
            assert stored_refs(standby)[each["id"]] == answer.json["ref"]
        check_register(standby)
    finally:
        standby.stop(signal.SIGQUIT)


def test_a_failover_to_the_synchronous_standby_loses_nothing(quiet):
    first = quiet.postgres
    first.psql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    second = replica(first, quiet.folder / "second", "second")
    first.psql("SELECT pg_reload_conf()")
    quiet.settings["database"].update(
        standbys="*", conninfo=f"host={first.socket_dir},{second.socket_dir} dbname=grievd user=grievd")
    third = None
    try:
        quiet.start_daemon().await_ready()
        with Load(quiet, connections=16) as load:
            load.await_more(200)
            first.kill()
            second.run("pg_ctl", "promote", "-D", second.data, "-w")
            quiet.postgres = second
            third = replica(second, quiet.folder / "third", "third")
            quiet.await_ready(within_s=10)
            load.await_more(200)
        load.check()
        load.settle()
        load.check()
        wait_until(lambda: stored_refs(third) == stored_refs(second), "the new standby has them too")
    finally:
        quiet.stop_daemon(signal.SIGKILL)
        for each in (second, third):
            if each:
                each.stop(signal.SIGQUIT)
        quiet.postgres = first


def test_a_standby_is_not_written_to_and_its_promotion_is_noticed(quiet):
    standby = replica(quiet.postgres, quiet.folder / "second", "second")
    try:
        quiet.settings["database"]["conninfo"] = f"host={standby.socket_dir} dbname=grievd user=grievd"
        quiet.start_daemon()
        await_unready(quiet, "standby")
        refused_at_once(quiet)
        standby.run("pg_ctl", "promote", "-D", standby.data, "-w")
        quiet.await_ready(within_s=3)
        assert quiet.submit().status == 201
    finally:
        quiet.stop_daemon()
        standby.stop(signal.SIGQUIT)


# -- untrustworthy


def test_a_server_with_fsync_off_is_not_written_to(quiet):
    quiet.start_daemon().await_ready()
    known = quiet.submit().json["id"]
    quiet.postgres.stop()
    quiet.postgres.settings["fsync"] = "off"
    quiet.postgres.start()
    await_unready(quiet, "fsync")
    refused_at_once(quiet)
    assert quiet.request("TH-50", "GET", f"/v1/complaints/{known}").status == 200
    quiet.postgres.stop()
    quiet.postgres.settings["fsync"] = "on"
    quiet.postgres.start()
    quiet.await_ready(within_s=2)
    assert quiet.submit().status == 201


def test_fsync_turned_off_while_it_runs_is_noticed_before_the_next_answer(quiet):
    """fsync can be changed by a reload: the sessions that are open see it at once."""
    del quiet.postgres.settings["fsync"]
    quiet.postgres.stop()
    quiet.postgres.start()
    quiet.start_daemon().await_ready()
    assert quiet.submit().status == 201
    quiet.postgres.psql("ALTER SYSTEM SET fsync = off")
    quiet.postgres.psql("SELECT pg_reload_conf()")
    time.sleep(0.5)
    assert quiet.submit().status == 503
    await_unready(quiet, "fsync")
    quiet.postgres.psql("ALTER SYSTEM RESET fsync")
    quiet.postgres.psql("SELECT pg_reload_conf()")
    quiet.await_ready(within_s=2)
    assert quiet.submit().status == 201
    check_register(quiet.postgres)


def test_synchronous_commit_off_is_overruled(quiet):
    quiet.postgres.psql("ALTER SYSTEM SET synchronous_commit = off")
    quiet.postgres.psql("ALTER ROLE grievd SET synchronous_commit = off")
    quiet.postgres.psql("SELECT pg_reload_conf()")
    quiet.start_daemon().await_ready()
    assert quiet.submit().status == 201
    quiet.postgres.kill()
    quiet.postgres.start()
    assert len(stored_refs(quiet.postgres)) == 1


def test_standbys_other_than_configured_are_not_trusted(site):
    site.postgres.psql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (nobody)'")
    site.postgres.psql("ALTER ROLE grievd SET synchronous_commit = local")
    site.postgres.psql("SELECT pg_reload_conf()")
    sessions_ended(site)
    await_unready(site, "synchronous_standby_names")
    refused_at_once(site)
    site.postgres.psql("ALTER SYSTEM RESET synchronous_standby_names")
    site.postgres.psql("SELECT pg_reload_conf()")
    site.await_ready(within_s=2)
    assert site.submit().status == 201


@pytest.mark.parametrize("setting, value", [
    ("log_min_error_statement", "error"),
    ("log_min_messages", "warning"),
    ("log_error_verbosity", "default"),
    ("log_statement", "all"),
])
def test_a_server_that_might_log_texts_is_told_none(site, setting, value):
    site.postgres.psql(f"ALTER ROLE grievd SET {setting} = '{value}'")
    sessions_ended(site)
    await_unready(site, setting)
    refused_at_once(site)
    assert site.request("TH-50", "GET", "/v1/me").status == 503
    kept = {"log_min_error_statement": "panic", "log_min_messages": "panic", "log_error_verbosity": "terse",
            "log_statement": "none"}[setting]
    site.postgres.psql(f"ALTER ROLE grievd SET {setting} = '{kept}'")
    site.await_ready(within_s=2)
    assert site.submit().status == 201


def test_no_text_of_a_complaint_is_in_any_log(site):
    """Not even of one whose statement fails while it runs."""
    secret = "ข้อความลับที่ไม่ควรอยู่ในบันทึกใด"
    assert site.submit(narrative=secret).status == 201
    with site.postgres.session("BEGIN; LOCK TABLE register.head IN ACCESS EXCLUSIVE MODE"):
        with ThreadPoolExecutor(1) as pool:
            flying = pool.submit(put, site, complaint(narrative=secret))
            wait_until(lambda: site.postgres.psql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") != "0", "it waits")
            os.kill(int(site.postgres.psql(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")), signal.SIGKILL)
            flying.result()
    for path in (site.log_path, Path(site.folder / "postgres.log")):
        assert secret not in path.read_text(errors="replace"), path
