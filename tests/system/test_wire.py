"""What peers may do on the wire, byte by byte, and what each of them gets for it."""

import contextlib
import json
import re
import resource
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import GRIEVD, WAIT_S, complaint, running_site, wait_until

# AddressSanitizer surrounds what is allocated, and keeps what is freed for a while.
OVERHEAD = 8 if b"__asan_init" in GRIEVD.read_bytes() else 1
GOOD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def site():
    """Limits that tests do not run into by accident; each sets those it is about."""
    with running_site() as made:
        yield made


class Wire:
    """One connection: bytes out, answers in."""

    def __init__(self, site, actor=None, receive_buffer=None):
        plain = socket.socket()
        plain.settimeout(WAIT_S)
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.connect(("127.0.0.1", site.port))
        self.tls = site.tls_context(actor).wrap_socket(plain, server_hostname="localhost")
        self.unread = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tls.close()

    def send(self, data):
        self.tls.sendall(data)
        return self

    def _more(self):
        piece = self.tls.recv(65536)
        assert piece, f"closed after {self.unread!r}"
        self.unread += piece

    def answer(self, to_head=False):
        """The next answer: status, header fields by lower-case name, body."""
        while b"\r\n\r\n" not in self.unread:
            self._more()
        head, self.unread = self.unread.split(b"\r\n\r\n", 1)
        line, *fields = head.decode().split("\r\n")
        status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", line)[1])
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in fields)}
        length = 0 if to_head or status < 200 else int(headers["content-length"])
        while len(self.unread) < length:
            self._more()
        body, self.unread = self.unread[:length], self.unread[length:]
        return status, headers, body

    def is_closed(self):
        """Waits for the end that the server must make; True if nothing came before it."""
        rest = self.unread
        try:
            while piece := self.tls.recv(65536):
                rest += piece
        except (ConnectionError, ssl.SSLError):
            pass
        self.tls.close()
        return rest == b""


def get(path, extra=""):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{extra}\r\n".encode()


def put(body, extra="", length=None):
    data = json.dumps(body, ensure_ascii=False).encode()
    head = (f"PUT /v1/complaints/{body['id']} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\n{extra}")
    if "Transfer-Encoding" not in extra:
        head += f"Content-Length: {length if length is not None else len(data)}\r\n"
    return head.encode() + b"\r\n", data


def chunked(data, sizes, trailers=b""):
    """data in chunks of those sizes, over and over."""
    out, at, turn = b"", 0, 0
    while at < len(data):
        piece = data[at:at + sizes[turn % len(sizes)]]
        out += b"%x;n=%d\r\n%s\r\n" % (len(piece), turn, piece)
        at, turn = at + len(piece), turn + 1
    return out + b"0\r\n" + trailers + b"\r\n"


def others_are_served(site):
    """A neighbour's whole visit, with a submission, while something goes on."""
    began = time.monotonic()
    assert site.submit("TH-90").status == 201
    took = time.monotonic() - began
    assert took < 5, f"a neighbour waited {took:.1f} s"


# -- slow and silent peers


@pytest.mark.parametrize("begun", ["GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: local"])
def test_half_a_head_is_ended_at_its_deadline(site, begun):
    with site.limits(head_timeout="500ms"), Wire(site, "TH-50") as wire:
        wire.send(begun.encode())
        others_are_served(site)
        status, headers, _ = wire.answer()
        assert (status, headers["connection"]) == (408, "close")
        assert wire.is_closed()


@pytest.mark.parametrize("coding", ["", "Transfer-Encoding: chunked\r\n"])
def test_half_a_body_is_ended_at_its_deadline_and_stored_nowhere(site, coding):
    body = complaint()
    head, data = put(body, coding)
    with site.limits(body_timeout="500ms"), Wire(site, "TH-50") as wire:
        wire.send(head + (chunked(data, [50])[:100] if coding else data[:100]))
        others_are_served(site)
        status, headers, _ = wire.answer()
        assert (status, headers["connection"]) == (408, "close")
        assert wire.is_closed()
    assert site.request("TH-50", "GET", f"/v1/complaints/{body['id']}").status == 404


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_trickle_of_bytes_buys_no_time(site, part):
    head, data = put(complaint())
    with site.limits(head_timeout="1s", body_timeout="1s"), Wire(site, "TH-50") as wire:
        trickle = head if part == "head" else data
        if part == "body":
            wire.send(head)
        began = time.monotonic()
        wire.tls.settimeout(0.05)
        for byte in trickle:
            try:
                wire.send(bytes([byte]))
                wire.unread += wire.tls.recv(65536)
                break
            except TimeoutError:
                assert time.monotonic() - began < 5, "still being served"
        wire.tls.settimeout(WAIT_S)
        assert wire.answer()[0] == 408
        assert 0.9 < time.monotonic() - began < 4


def test_a_silent_handshake_is_ended(site):
    with site.limits(handshake_timeout="500ms"):
        with socket.create_connection(("127.0.0.1", site.port), WAIT_S) as plain:
            others_are_served(site)
            with contextlib.suppress(ConnectionError):
                assert plain.recv(1) == b""


def test_an_idle_connection_is_ended_without_an_answer(site):
    with site.limits(idle_timeout="500ms"), Wire(site, "TH-50") as wire:
        assert wire.send(GOOD).answer()[0] == 200
        assert wire.is_closed()


def test_shorter_limits_reach_connections_already_open(site):
    with Wire(site, "TH-50") as wire:
        assert wire.send(GOOD).answer()[0] == 200
        with site.limits(idle_timeout="200ms"):
            assert wire.is_closed()


def test_plain_http_on_the_tls_port_is_cut(site):
    with socket.create_connection(("127.0.0.1", site.port), WAIT_S) as plain:
        plain.sendall(GOOD)
        got = b""
        with contextlib.suppress(ConnectionError):
            while piece := plain.recv(4096):
                got += piece
        assert b"HTTP" not in got
    others_are_served(site)


def test_a_thousand_idle_connections_cost_little_and_nobody_else(site):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    context = site.tls_context("TH-50")
    before = site.memory_kib()
    idle = []
    try:
        for _ in range(1000):
            plain = socket.create_connection(("127.0.0.1", site.port), WAIT_S)
            idle.append(context.wrap_socket(plain, server_hostname="localhost"))
        wait_until(lambda: site.metric("grievd_connections") >= 1000, "1000 connections are open")
        for _ in range(20):
            others_are_served(site)
        growth = (site.memory_kib() - before) / 1000
        assert growth < 64 * OVERHEAD, f"{growth} KiB for each"
        for tls in idle:  # and each of them still works
            tls.sendall(GOOD)
        for tls in idle:
            assert tls.recv(65536).startswith(b"HTTP/1.1 200 ")
    finally:
        for tls in idle:
            tls.close()
    wait_until(lambda: site.metric("grievd_connections") < 50, "they are gone")


@pytest.fixture(scope="module")
def large(site):
    """The path of an answer of more than 100 kB."""
    path = "/v1/openapi.json"
    assert len(site.request("triager", "GET", path).body) > 90000
    return path


def flood(wire, data):
    """Write until the server takes no more for half a second."""
    wire.tls.settimeout(0.5)
    with contextlib.suppress(TimeoutError):
        for _ in range(10000):
            wire.tls.send(data)
        raise AssertionError("whatever was sent was taken")


@pytest.mark.parametrize("path", ["/healthz", "large", "/v1/me"])
def test_pipelining_without_reading_fills_no_memory(site, large, path):
    requests = get(large if path == "large" else path) * 200
    before = site.memory_kib()
    wires = [Wire(site, "triager", receive_buffer=4096) for _ in range(8)]
    try:
        with ThreadPoolExecutor(len(wires)) as pool:
            floods = [pool.submit(flood, wire, requests) for wire in wires]
            for _ in range(5):
                others_are_served(site)
            for each in floods:
                each.result()
        growth = site.memory_kib() - before
        assert growth < 32 * 1024 * OVERHEAD, f"{growth} KiB"
        others_are_served(site)
    finally:
        for wire in wires:
            wire.tls.close()


def test_a_peer_that_does_not_read_is_cut(site, large):
    before = site.metric("grievd_connections_cut_total")
    with site.limits(write_timeout="500ms"), Wire(site, "triager", receive_buffer=4096) as wire:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            flood(wire, get(large) * 200)
        wait_until(lambda: site.metric("grievd_connections_cut_total") > before, "it is cut")


def test_reading_a_little_at_a_time_buys_no_time(site, large):
    before = site.metric("grievd_connections_cut_total")
    with site.limits(write_timeout="1s"), Wire(site, "triager", receive_buffer=4096) as wire:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            flood(wire, get(large) * 200)
        deadline = time.monotonic() + 10
        while site.metric("grievd_connections_cut_total") == before:
            assert time.monotonic() < deadline, "still being served"
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                wire.tls.recv(512)
            time.sleep(0.1)


def test_what_a_slow_reader_reads_in_time_is_whole(site, large):
    with Wire(site, "triager", receive_buffer=4096) as wire:
        wire.send(get(large) * 30)
        time.sleep(1)
        bodies = {wire.answer()[2] for _ in range(30)}
    assert bodies == {site.request("triager", "GET", large).body}


# -- framing

MALFORMED = {
    "two lengths": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "one length twice": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
    "a list of lengths": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
    "a length with a sign": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n",
    "a negative length": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "a length in hexadecimal": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n",
    "a length past 64 bits": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551619\r\n\r\n",
    "length and chunked": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": "POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "xchunked": "POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked twice": "POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked, then identity": "POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "chunked behind a vertical tab": "POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a blank before the colon": "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n",
    "a folded line": "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "a blank before the first field": "GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n",
    "bare line feeds": "GET /healthz HTTP/1.1\nHost: a\n\n",
    "one bare line feed": "GET /healthz HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "a bare carriage return": "GET /healthz HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
    "a NUL in a value": "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
    "two hosts": "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": "GET /healthz HTTP/1.1\r\nX: y\r\n\r\n",
    "an empty field name": "GET /healthz HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",
    "a line without a colon": "GET /healthz HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n",
    "two blanks in the request line": "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tab in the request line": "GET\t/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "no version": "GET /healthz\r\nHost: a\r\n\r\n",
    "a version in small letters": "GET /healthz http/1.1\r\nHost: a\r\n\r\n",
    "an absolute target of http": "GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "an absolute target elsewhere": "GET https://b/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    "a fragment": "GET /healthz#x HTTP/1.1\r\nHost: a\r\n\r\n",
    "a chunk with a sign": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
    "a chunk with 0x": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
    "a chunk longer than said": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
    "a chunk line with a bare line feed": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\n{}\r\n0\r\n\r\n",
    "a length past 64 bits in a chunk": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n",
    "a length in a trailer": "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n",
}


@pytest.mark.parametrize("form", MALFORMED)
def test_a_malformed_request_is_400_and_nothing_behind_it_is_read(site, form):
    with Wire(site, "TH-50") as wire:
        wire.send(MALFORMED[form].encode() + GOOD)
        status, headers, body = wire.answer()
        assert (status, headers["connection"]) == (400, "close"), body
        assert headers["content-type"] == "application/problem+json"
        assert json.loads(body)["type"] == "urn:grievd:problem:bad-request"
        assert wire.is_closed()


@pytest.mark.parametrize("request_bytes, expected", [
    (b"GET /healthz HTTP/1.0\r\nHost: a\r\n\r\n", 505),
    (b"GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    (b"POST /v1/track HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    (get("/" + "a" * 9000), 414),
    (get("/healthz", "X: " + "a" * 17000 + "\r\n"), 431),
    (get("/healthz", "X: a\r\n" * 65), 431),
    (b"POST /v1/track HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", 417),
], ids=["1.0", "2.0", "gzip", "target", "field", "fields", "expect"])
def test_what_is_not_spoken_here_is_said_and_closed(site, request_bytes, expected):
    with Wire(site) as wire:
        wire.send(request_bytes + GOOD)
        status, headers, _ = wire.answer()
        assert (status, headers["connection"]) == (expected, "close")
        assert wire.is_closed()


def test_pipelined_requests_are_answered_in_their_order(site):
    """Quick and slow ones, with and without bodies, refused and stored."""
    bodies = [complaint(narrative=f"เรื่องที่ {k}") for k in range(5)]
    sent, expected = b"", []
    for body in bodies:
        head, data = put(body)
        path = f"/v1/complaints/{body['id']}"
        sent += head + data + GOOD + get(path) + get("/v1/nowhere") + get("/v1/me") + b"\r\n" + head + data
        expected += [201, 200, 200, 404, 200, 200]
    with Wire(site, "TH-50") as wire:
        wire.send(sent + get("/healthz", "Connection: close\r\n") + GOOD)
        answers = [wire.answer() for _ in range(len(expected) + 1)]
        assert wire.is_closed()
    assert [status for status, _, _ in answers] == expected + [200]
    for k, body in enumerate(bodies):
        new, _, read, _, me, again = (json.loads(each[2]) for each in answers[6 * k:6 * k + 6])
        assert new["id"] == read["id"] == body["id"]
        assert (again["ref"], again["track"]) == (new["ref"], new["track"])
        assert me["name"] == "TH-50"
    assert len({headers["x-request-id"] for _, headers, _ in answers}) == len(answers)


def test_a_request_may_come_in_any_pieces(site):
    head, data = put(complaint())
    whole = head + data
    with Wire(site, "TH-50") as wire:
        for at in range(0, len(whole), 7):
            wire.send(whole[at:at + 7])
        assert wire.answer()[0] == 201
        assert wire.send(GOOD).answer()[0] == 200


@pytest.mark.parametrize("sizes", [[1], [7, 300, 2], [100000]])
def test_a_chunked_body_with_trailers_is_stored_as_sent(site, sizes):
    body = complaint(narrative="ก\u200bข 👩‍🔧 " * 40)
    head, data = put(body, "Transfer-Encoding: chunked\r\n")
    with Wire(site, "TH-50") as wire:
        wire.send(head + chunked(data, sizes, b"X-Checksum: 1\r\nX-Other: 2\r\n") + GOOD)
        assert wire.answer()[0] == 201
        assert wire.answer()[0] == 200
    read = site.open("triager", body["id"])
    assert read.json["body"]["narrative"] == body["narrative"]


def test_100_continue_is_said_before_the_body_and_once(site):
    head, data = put(complaint(), "Expect: 100-continue\r\n")
    with Wire(site, "TH-50") as wire:
        wire.send(head)
        assert wire.answer()[0] == 100
        assert wire.send(data).answer()[0] == 201
        assert wire.send(GOOD).answer()[0] == 200


def test_who_expects_100_and_is_refused_need_not_send_the_body(site):
    for actor, length, expected in [(None, 100000, 401), ("TH-50", 250000, 413)]:
        head, _ = put(complaint(), "Expect: 100-continue\r\n", length)
        with Wire(site, actor) as wire:
            status, headers, _ = wire.send(head).answer()
            assert (status, headers["connection"]) == (expected, "close")
            assert wire.is_closed()


def test_head_is_get_without_the_body(site):
    with Wire(site, "TH-50") as wire:
        for path in ("/healthz", "/v1/me", "/v1/nowhere"):
            with_body = wire.send(get(path)).answer()
            without = wire.send(get(path).replace(b"GET", b"HEAD", 1)).answer(to_head=True)
            assert without[0] == with_body[0]
            for name in ("content-type", "content-length", "cache-control"):
                assert without[1].get(name) == with_body[1].get(name), name
            assert int(without[1]["content-length"]) > 0


@pytest.mark.parametrize("method, path, allow", [
    ("DELETE", "/healthz", {"GET", "HEAD"}),
    ("PATCH", "/v1/complaints", {"GET", "HEAD"}),
    ("POST", "/v1/complaints/9b2e1d0c-0000-4000-8000-000000000000", {"GET", "HEAD", "PUT"}),
    ("GET", "/v1/track", {"POST"}),
    ("OPTIONS", "/v1/units", {"GET", "HEAD", "POST"}),
    ("NONSENSE", "/v1/me", {"GET", "HEAD"}),
])
def test_405_names_the_methods_there_are(site, method, path, allow):
    with Wire(site, "TH-50") as wire:
        status, headers, _ = wire.send(get(path).replace(b"GET", method.encode(), 1)).answer()
        assert status == 405
        assert set(headers["allow"].split(", ")) == allow
        assert wire.send(GOOD).answer()[0] == 200


def test_413_comes_before_the_body(site):
    head, _ = put(complaint(), length=1024 * 1024)
    with Wire(site, "TH-50") as wire:
        status, headers, _ = wire.send(head).answer()
        assert (status, headers["connection"]) == (413, "close")
        assert wire.is_closed()


def test_413_reaches_a_peer_that_has_begun_to_send(site):
    """The answer must not be lost to the reset for what nobody reads."""
    head, _ = put(complaint(), length=1024 * 1024)
    with Wire(site, "TH-50") as wire:
        wire.send(head + b" " * 300000)
        assert wire.answer()[0] == 413


def test_a_chunked_body_past_the_limit_is_413(site):
    head, _ = put(complaint(), "Transfer-Encoding: chunked\r\n")
    with Wire(site, "TH-50") as wire:
        wire.send(head + chunked(b" " * 400000, [8000]))
        assert wire.answer()[0] == 413
        assert wire.is_closed()


@pytest.mark.parametrize("actor, bytes, status", [(None, 4096, 404), (None, 4097, 413), ("TH-50", 4097, 404)])
def test_who_has_no_certificate_has_little_room(site, actor, bytes, status):
    data = b'{"track": "nought"}'.ljust(bytes)
    head = b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    for message in (head + b"Content-Length: %d\r\n\r\n" % bytes + data,
                    head + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(data, [1000])):
        with Wire(site, actor) as wire:
            assert wire.send(message).answer()[0] == status


def test_a_body_that_is_not_json_by_its_type_is_415(site):
    head, data = put(complaint())
    with Wire(site, "TH-50") as wire:
        wire.send(head.replace(b"application/json", b"text/plain") + data + GOOD)
        assert wire.answer()[0] == 415
        assert wire.answer()[0] == 200


# -- how much one may have


def refused_at_once(site):
    """True if a new connection is closed before its handshake."""
    try:
        Wire(site).tls.close()
    except (ConnectionError, ssl.SSLError):
        return True
    return False


def test_one_address_has_so_many_connections_and_no_more(site):
    wait_until(lambda: site.metric("grievd_connections") <= 1, "earlier ones are gone")
    before = site.metric("grievd_connections_refused_total")
    with site.limits(connections_per_address_max=5):
        wires = [Wire(site, "TH-50") for _ in range(5)]
        try:
            assert refused_at_once(site)
            assert site.metric("grievd_connections_refused_total") == before + 1
            for wire in wires:
                assert wire.send(GOOD).answer()[0] == 200
            wires.pop().tls.close()
            wait_until(lambda: not refused_at_once(site), "the place is free again")
        finally:
            for wire in wires:
                wire.tls.close()
        assert site.metric("grievd_connections") >= 0


def test_one_principal_has_so_many_requests_a_second_and_no_more(site):
    with site.limits(requests_per_second_max=5, requests_burst=20):
        with Wire(site, "TH-50") as wire, Wire(site, "TH-50") as second:
            statuses = []
            for k in range(40):
                status, headers, body = (wire if k % 2 else second).send(GOOD).answer()
                statuses.append(status)
                if status == 429:
                    assert int(headers["retry-after"]) >= 1
                    assert json.loads(body)["type"] == "urn:grievd:problem:too-many-requests"
            assert statuses[:20] == [200] * 20
            assert statuses.count(429) >= 10
            assert site.request("TH-90", "GET", "/healthz").status == 200
            time.sleep(1.2)
            assert wire.send(GOOD).answer()[0] == 200


def test_a_submission_refused_for_its_rate_is_stored_when_sent_again(site):
    body = complaint()
    head, data = put(body)
    with site.limits(requests_per_second_max=2, requests_burst=1), Wire(site, "legal") as wire:
        wire.send(GOOD).answer()
        status, headers, _ = wire.send(head + data).answer()
        assert status == 429
        time.sleep(int(headers["retry-after"]))
        assert wire.send(head + data).answer()[0] == 201


# -- the local listener and the probes


def local(site, request_bytes):
    with socket.create_connection(("127.0.0.1", site.metrics_port), WAIT_S) as plain:
        plain.sendall(request_bytes.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        got = b""
        while piece := plain.recv(65536):
            got += piece
    return int(got.split(b" ", 2)[1]), got.split(b"\r\n\r\n", 1)[1].decode()


def test_metrics_are_for_the_local_listener_alone(site):
    for actor in (None, "admin", "auditor"):
        assert site.request(actor, "GET", "/metrics").status == 404
    status, text = local(site, get("/metrics"))
    assert status == 200
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) grievd_\w+ .+|grievd_\w+(\{\w+=\"[\w.]+\"\})? -?\d+(\.\d+)?", line), line
    assert "grievd_requests_total " in text


@pytest.mark.parametrize("path", ["/v1/me", "/v1/complaints", "/v1/units", "/v1/track"])
def test_the_local_listener_serves_nothing_of_the_register(site, path):
    assert local(site, get(path))[0] in (404, 405)


def test_probes_need_no_certificate(site):
    for path in ("/healthz", "/readyz"):
        answer = site.request(None, "GET", path)
        assert (answer.status, answer.json) == (200, {"status": "ok"})
        assert local(site, get(path))[0] == 200


def test_answers_are_marked_not_to_be_kept_or_guessed_at(site):
    headers = site.request("TH-50", "GET", "/v1/me").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])
    site.await_log(f"id={headers['X-Request-Id']} actor=TH-50 ")
