"""What the program `grievd signer` promises: one history, whatever is sent to it or happens to it.

The client here was written from docs/ledger.md, apart from daemon/signer_wire.c; roots are
computed with hashlib, and signatures checked with the cryptography package.
"""

import base64
import hashlib
import os
import random
import re
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from harness import GRIEVD, wait_until

ORIGIN = "register.example/log"
STATE, EXTEND, READ, INIT, ADOPT, ADOPT_LEAVES = range(1, 7)
SIGNED, HAVE, BEHIND, FORK, LEAVES, STATE_IS, MORE, REFUSED = range(65, 73)
NO_STATE, HAS_STATE, NOT_READY, NOT_ALLOWED, BAD_CHECKPOINT, OLD_CHECKPOINT, NOT_ADOPTING = range(1, 8)
EX_CONFIG, EX_OSERR = 78, 71


def leaf(i, salt=b""):
    return hashlib.sha256(b"%d" % i + salt).digest() + b"%016d" % i


def leaves(first, count, salt=b""):
    return b"".join(leaf(i, salt) for i in range(first, first + count))


class Tree:
    """Roots of growing trees by RFC 6962, remembered."""

    def __init__(self, salt=b""):
        self.salt, self.nodes, self.size, self.roots = salt, [], 0, {}

    def root(self, size):
        while self.size < size:
            node = hashlib.sha256(b"\0" + leaf(self.size, self.salt)).digest()
            self.nodes.append((0, node))
            while len(self.nodes) > 1 and self.nodes[-1][0] == self.nodes[-2][0]:
                level, right = self.nodes.pop()
                left = self.nodes.pop()[1]
                self.nodes.append((level + 1, hashlib.sha256(b"\1" + left + right).digest()))
            self.size += 1
            folded = self.nodes[-1][1]
            for _, left in reversed(self.nodes[:-1]):
                folded = hashlib.sha256(b"\1" + left + folded).digest()
            self.roots[self.size] = folded
        return self.roots[size] if size else hashlib.sha256(b"").digest()


class Signer:
    """A folder with a key, a configuration and a state, and the program over it."""

    def __init__(self, folder):
        self.folder, self.process, self.errors = folder, None, folder / "errors"
        self.path = str(folder / "socket")
        (folder / "state").mkdir()
        self.config = folder / "signer.conf"
        self.config.write_text(f"[signer]\norigin = {ORIGIN}\nkey = {folder}/key\n"
                               f"state_dir = {folder}/state\nlisten = {self.path}\n")
        made = subprocess.run([GRIEVD, "signer", "--config", self.config, "--new-key", folder / "key"],
                              capture_output=True, text=True, check=True)
        self.key = made.stdout.strip()
        self.public = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.key.split("+", 2)[2])[1:])

    def start(self):
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen([GRIEVD, "signer", "--config", self.config], stderr=errors)
        wait_until(self.answers, "the signer answers")

    def answers(self):
        assert self.process.poll() is None, self.errors.read_text()
        try:
            self.connect().close()
            return True
        except OSError:
            return False

    def connect(self):
        return Connection(self.path)

    def call(self, kind, body=b""):
        with self.connect() as connection:
            return connection.call(kind, body)

    def extend(self, first, data):
        return self.call(EXTEND, struct.pack(">Q", first) + data)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def checkpoint(self, note):
        """Size and root of a checkpoint whose signature verifies."""
        text, signatures = note.split(b"\n\n")
        dash, name, signature = signatures.decode().split()
        assert (dash, name) == ("—", ORIGIN)
        signature = base64.b64decode(signature)
        assert signature[:4].hex() == self.key.split("+")[1]
        self.public.verify(signature[4:], text + b"\n")
        origin, size, root = text.decode().split("\n")
        assert origin == ORIGIN
        return int(size), base64.b64decode(root)


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, kind, body=b""):
        self.socket.sendall(struct.pack(">IB", 1 + len(body), kind) + body)

    def receive_exactly(self, count):
        data = b""
        while len(data) < count:
            got = self.socket.recv(count - len(data))
            if not got:
                raise ConnectionError("the signer closed the connection")
            data += got
        return data

    def receive(self):
        length, = struct.unpack(">I", self.receive_exactly(4))
        frame = self.receive_exactly(length)
        return frame[0], frame[1:]

    def call(self, kind, body=b""):
        self.send(kind, body)
        return self.receive()


def number(body):
    return struct.unpack(">Q", body[:8])[0]


@pytest.fixture
def signer(tmp_path):
    made = Signer(tmp_path)
    made.start()
    yield made
    if made.process.poll() is None:
        made.kill()


def expect_signed(signer, answer, size, kind=SIGNED, tree=None):
    assert answer[0] == kind, answer
    assert number(answer[1]) == size
    assert signer.checkpoint(answer[1][8:]) == (size, (tree or Tree()).root(size))


# -- one history


def test_it_signs_nothing_before_it_was_told_to_begin(signer):
    assert signer.call(STATE) == (STATE_IS, struct.pack(">BQQ", 0, 0, 0))
    assert signer.extend(0, leaves(0, 1)) == (REFUSED, bytes([NO_STATE]))
    expect_signed(signer, signer.call(INIT), 0)
    assert signer.call(INIT) == (REFUSED, bytes([HAS_STATE]))


def test_it_signs_what_extends_and_repeats_what_it_has(signer):
    signer.call(INIT)
    expect_signed(signer, signer.extend(0, leaves(0, 100)), 100)
    expect_signed(signer, signer.extend(100, leaves(100, 1)), 101)
    expect_signed(signer, signer.extend(40, leaves(40, 10)), 101, HAVE)
    expect_signed(signer, signer.extend(90, leaves(90, 20)), 110)
    assert signer.extend(111, leaves(111, 1)) == (BEHIND, struct.pack(">Q", 110))
    kind, body = signer.call(STATE)
    assert (kind, body[:17]) == (STATE_IS, struct.pack(">BQQ", 1, 110, 110))
    assert signer.checkpoint(body[17:]) == (110, Tree().root(110))


def test_it_names_the_leaf_where_a_history_forks_and_signs_nothing(signer):
    signer.call(INIT)
    signer.extend(0, leaves(0, 100))
    other = leaves(0, 60) + leaves(60, 60, b"another")
    assert signer.extend(0, other) == (FORK, struct.pack(">Q", 60))
    assert signer.extend(50, other[50 * 48:]) == (FORK, struct.pack(">Q", 60))
    expect_signed(signer, signer.extend(100, leaves(100, 1)), 101)
    assert "signer_fork index=60" in signer.errors.read_text()


def test_it_gives_back_every_leaf(signer):
    signer.call(INIT)
    for first in range(0, 3000, 1000):
        signer.extend(first, leaves(first, 1000))
    kind, body = signer.call(READ, struct.pack(">QI", 995, 1024))
    assert (kind, number(body), body[8:]) == (LEAVES, 995, leaves(995, 1024))
    assert signer.call(READ, struct.pack(">QI", 2999, 1024))[1][8:] == leaves(2999, 1)
    assert signer.call(READ, struct.pack(">QI", 3000, 1))[1][8:] == b""


def test_it_is_the_same_after_a_stop_and_after_a_kill(signer):
    signer.call(INIT)
    signer.extend(0, leaves(0, 300))
    assert signer.stop() == 0
    signer.start()
    expect_signed(signer, signer.extend(300, leaves(300, 5)), 305)
    signer.kill()
    signer.start()
    expect_signed(signer, signer.extend(0, leaves(0, 305)), 305, HAVE)


def test_a_database_that_lost_its_tail_gets_no_other_one_signed(signer):
    signer.call(INIT)
    signer.extend(0, leaves(0, 100))
    assert signer.extend(90, leaves(90, 5, b"after the restore")) == (FORK, struct.pack(">Q", 90))
    assert signer.call(READ, struct.pack(">QI", 90, 10))[1][8:] == leaves(90, 10), "what to insert again"


# -- adoption


def adopt(signer, note, data):
    with signer.connect() as connection:
        answer = connection.call(ADOPT, note)
        while answer[0] == MORE:
            at = number(answer[1])
            part = data[at * 48:(at + 1000) * 48]
            answer = connection.call(ADOPT_LEAVES, struct.pack(">Q", at) + part)
        return answer


def test_a_signer_without_state_adopts_the_tree_of_a_checkpoint(signer, tmp_path):
    signer.call(INIT)
    for first in range(0, 2500, 500):
        note = signer.extend(first, leaves(first, 500))[1][8:]
    signer.stop()
    (tmp_path / "state" / "log").rename(tmp_path / "lost")
    signer.start()
    assert signer.extend(2500, leaves(2500, 1)) == (REFUSED, bytes([NO_STATE]))
    other = leaves(0, 2000) + leaves(2000, 500, b"another")
    assert adopt(signer, note, other)[0] == FORK
    expect_signed(signer, adopt(signer, note, leaves(0, 2500)), 2500)
    assert adopt(signer, note, leaves(0, 2500)) == (REFUSED, bytes([HAS_STATE]))
    expect_signed(signer, signer.extend(2500, leaves(2500, 1)), 2501)


def test_an_adoption_needs_a_checkpoint_of_its_own_key(signer):
    signer.call(INIT)
    note = signer.extend(0, leaves(0, 10))[1][8:]
    signer.stop()
    os.remove(signer.folder / "state" / "log")
    signer.start()
    assert signer.call(ADOPT, note.replace(b"\n10\n", b"\n11\n")) == (REFUSED, bytes([BAD_CHECKPOINT]))
    assert signer.call(ADOPT, b"") == (REFUSED, bytes([BAD_CHECKPOINT]))
    assert signer.call(ADOPT_LEAVES, bytes(8) + leaves(0, 1)) == (REFUSED, bytes([NOT_ADOPTING]))


def test_another_s_adoption_is_not_taken_up(signer):
    signer.call(INIT)
    note = signer.extend(0, leaves(0, 10))[1][8:]
    signer.stop()
    os.remove(signer.folder / "state" / "log")
    signer.start()
    with signer.connect() as one, signer.connect() as other:
        assert one.call(ADOPT, note)[0] == MORE
        assert other.call(ADOPT_LEAVES, bytes(8) + leaves(0, 10)) == (REFUSED, bytes([NOT_ADOPTING]))
    wait_until(lambda: not (signer.folder / "state" / "log.new").exists(), "it is forgotten")


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to be somebody else")
def test_only_root_and_its_own_user_may_begin(signer):
    for part in (signer.folder, *list(signer.folder.parents)[:2]):
        part.chmod(0o755)
    os.chmod(signer.path, 0o666)
    code = ("import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); "
            "s.sendall(bytes([0, 0, 0, 1, int(sys.argv[2])])); sys.stdout.buffer.write(s.recv(100))")
    for kind in (INIT, ADOPT):
        done = subprocess.run(["python3", "-c", code, signer.path, str(kind)], user="nobody",
                              capture_output=True, check=True)
        assert done.stdout == bytes([0, 0, 0, 2, REFUSED, NOT_ALLOWED])


# -- peers that misbehave


@pytest.mark.parametrize("data", [
    b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\1\x63", b"\0\0\0\x09\x02" + bytes(8),
    b"\0\0\0\x0a\x02" + bytes(9), b"GET / HTTP/1.1\r\n\r\n"])
def test_a_frame_that_breaks_the_rules_ends_its_connection_only(signer, data):
    signer.call(INIT)
    with signer.connect() as connection:
        connection.socket.sendall(data)
        with pytest.raises(ConnectionError):
            connection.receive()
    assert signer.call(STATE)[0] == STATE_IS


def test_frames_may_come_in_pieces_and_many_at_once(signer):
    signer.call(INIT)
    with signer.connect() as connection:
        frame = struct.pack(">IB", 1 + 8 + 48, EXTEND) + bytes(8) + leaves(0, 1)
        for byte in frame:
            connection.socket.sendall(bytes([byte]))
        expect_signed(signer, connection.receive(), 1)
        connection.socket.sendall(b"\0\0\0\1\1" * 500)
        for _ in range(500):
            assert connection.receive()[0] == STATE_IS


def test_one_who_does_not_read_holds_up_nobody(signer):
    signer.call(INIT)
    signer.extend(0, leaves(0, 1000))
    with signer.connect() as deaf:
        deaf.socket.settimeout(1)
        try:
            while True:
                deaf.send(READ, struct.pack(">QI", 0, 1000))
        except TimeoutError:
            pass
        expect_signed(signer, signer.extend(1000, leaves(1000, 1)), 1001)


def test_connections_are_bounded(signer):
    signer.call(INIT)
    held = [signer.connect() for _ in range(32)]
    for each in held:
        assert each.call(STATE)[0] == STATE_IS
    with signer.connect() as extra:
        with pytest.raises(ConnectionError):
            extra.call(STATE)
    for each in held:
        each.close()
    wait_until(lambda: signer.answers() and signer.call(STATE)[0] == STATE_IS, "there is room again")


# -- the program


def test_status_prints_what_it_has_signed(signer):
    def status():
        return subprocess.run([GRIEVD, "signer", "--config", signer.config, "--status"], capture_output=True, text=True)

    assert (status().returncode, status().stdout.split()[:2]) == (1, ["condition", "none"])
    signer.call(INIT)
    note = signer.extend(0, leaves(0, 5))[1][8:].decode()
    assert status().returncode == 0
    assert status().stdout == f"condition  ready\nsize       5\nheld       5\n\n{note}"
    signer.stop()
    assert status().returncode == 69


def test_its_socket_is_for_owner_and_group(signer):
    assert os.stat(signer.path).st_mode & 0o777 == 0o660
    assert os.stat(signer.folder / "state" / "log").st_mode & 0o777 == 0o600
    assert os.stat(signer.folder / "key").st_mode & 0o777 == 0o400


def test_a_second_one_over_the_same_state_does_not_start(signer):
    done = subprocess.run([GRIEVD, "signer", "--config", signer.config], capture_output=True, text=True, timeout=30)
    assert done.returncode == EX_OSERR
    assert "another signer" in done.stderr
    signer.call(INIT)


def test_it_needs_the_key_of_its_origin(signer):
    config = signer.folder / "other.conf"
    config.write_text(signer.config.read_text().replace(ORIGIN, "other.example/log"))
    done = subprocess.run([GRIEVD, "signer", "--config", config], capture_output=True, text=True, timeout=30)
    assert done.returncode == EX_CONFIG
    assert "signer_key_refused" in done.stderr


def test_a_key_is_never_overwritten(signer):
    before = (signer.folder / "key").read_bytes()
    done = subprocess.run([GRIEVD, "signer", "--config", signer.config, "--new-key", signer.folder / "key"],
                          capture_output=True, text=True)
    assert done.returncode == 73
    assert (signer.folder / "key").read_bytes() == before
    assert before.startswith(b"PRIVATE+KEY+" + ORIGIN.encode())
    assert re.fullmatch(re.escape(ORIGIN) + r"\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}", signer.key)


def test_it_takes_its_socket_from_systemd_and_says_when_it_is_ready(tmp_path):
    made = Signer(tmp_path)
    listening, notices = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "handed"))
    listening.listen()
    notices.bind(str(tmp_path / "notices"))
    notices.settimeout(30)
    script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" signer --config "$1"'
    process = subprocess.Popen(["sh", "-c", script, GRIEVD, made.config], pass_fds=[3],
                               preexec_fn=lambda: os.dup2(listening.fileno(), 3), stderr=subprocess.DEVNULL,
                               env=dict(os.environ, NOTIFY_SOCKET=str(tmp_path / "notices")))
    try:
        assert notices.recv(100) == b"READY=1"
        with Connection(str(tmp_path / "handed")) as connection:
            assert connection.call(STATE)[0] == STATE_IS
        assert not os.path.exists(made.path)
    finally:
        process.terminate()
        assert process.wait(timeout=30) == 0


# -- killed at random, 100 times


def feed(signer, stop, seen, failures):
    """A daemon: sends what comes next, in batches of any size, and keeps every checkpoint."""
    tree, at = Tree(), 0
    while not stop.is_set():
        try:
            with signer.connect() as connection:
                while not stop.is_set():
                    count = random.randint(1, 100)
                    kind, body = connection.call(EXTEND, struct.pack(">Q", at) + leaves(at, count))
                    if kind == BEHIND:
                        at = number(body)
                        continue
                    if kind not in (SIGNED, HAVE):
                        failures.append((kind, body))
                        return
                    size, root = signer.checkpoint(body[8:])
                    if seen.setdefault(size, root) != root or root != tree.root(size):
                        failures.append(("two trees of one size", size))
                        return
                    at = size
        except (OSError, ConnectionError):
            time.sleep(0.005)


def test_killed_at_random_under_load_it_never_signs_two_trees_of_one_size(tmp_path):
    signer = Signer(tmp_path)
    signer.start()
    signer.call(INIT)
    stop, seen, failures = threading.Event(), {}, []
    feeders = [threading.Thread(target=feed, args=(signer, stop, seen, failures)) for _ in range(2)]
    for each in feeders:
        each.start()
    highest = 0
    try:
        for _ in range(100):
            time.sleep(random.uniform(0.0, 0.06))
            signer.kill()
            highest = max(seen, default=0)
            signer.start()
            kind, body = signer.call(STATE)
            condition, size, held = struct.unpack(">BQQ", body[:17])
            assert (kind, condition) == (STATE_IS, 1), signer.errors.read_text()
            assert size == held >= highest, "what was acknowledged is there"
            assert not failures
    finally:
        stop.set()
        for each in feeders:
            each.join()
        signer.kill()
    assert not failures
    assert len(seen) > 100, "it was under load"
