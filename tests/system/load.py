"""Submissions from many connections while something goes wrong, and what must be true afterwards.

Every submission ends as one of four: acknowledged (200 or 201), refused (the answer said that
nothing was stored), unknown (the answer said so, or none came), or never sent. settle() sends the
unknown ones again, as a client would, and check() compares with the register.
"""

import http.client
import itertools
import random
import threading
import time

from harness import complaint, told

UNAVAILABLE = "urn:grievd:problem:unavailable"
UNKNOWN = "urn:grievd:problem:outcome-unknown"


class Load:
    ACTORS = ("TH-50", "TH-90", "legal")

    def __init__(self, site, connections=16):
        self.site = site
        self.ended = threading.Event()
        self.mutex = threading.Lock()
        self.bodies, self.actors = {}, {}
        self.acknowledged, self.refused, self.unknown = {}, set(), set()
        self.receipts = []  # each that was ever given, replays too
        self.problems = []
        self.contexts = {actor: site.tls_context(actor) for actor in self.ACTORS}
        self.threads = [threading.Thread(target=self._work, args=(actor,), daemon=True)
                        for actor in itertools.islice(itertools.cycle(self.ACTORS), connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        if self.problems:
            raise self.problems[0]

    def count(self):
        with self.mutex:
            return len(self.acknowledged)

    def await_more(self, count, within_s=60):
        """Until so many more are acknowledged."""
        wanted, deadline = self.count() + count, time.monotonic() + within_s
        while self.count() < wanted:
            assert time.monotonic() < deadline, f"{wanted - self.count()} of {count} are missing"
            assert not self.problems, self.problems
            time.sleep(0.01)

    def _connect(self, actor):
        return http.client.HTTPSConnection("localhost", self.site.port, timeout=30,
                                           context=self.contexts[actor])

    def _work(self, actor):
        connection, dice = None, random.Random()
        try:
            while not self.ended.is_set():
                if connection is None:
                    connection = self._connect(actor)
                    try:
                        connection.connect()
                    except OSError:  # nobody there: nothing was sent
                        connection = None
                        time.sleep(0.05)
                        continue
                body = complaint(narrative="เรื่องร้องเรียน " * dice.randint(1, 60))
                if not self._send(connection, actor, body):
                    connection = None
        except Exception as problem:
            self.problems.append(problem)

    def _send(self, connection, actor, body):
        """Submit once and note what became of it. False if the connection is gone."""
        with self.mutex:
            self.bodies[body["id"]], self.actors[body["id"]] = body, actor
            self.unknown.add(body["id"])
        try:
            answer = self.site.request(actor, "PUT", f"/v1/complaints/{body['id']}", body, None, connection)
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        self._note(body["id"], answer)
        if answer.status == 503:
            time.sleep(0.02)
        return answer.headers.get("Connection") != "close"

    def _note(self, id, answer):
        with self.mutex:
            if answer.status in (200, 201):
                assert answer.json["id"] == id
                before = self.acknowledged.setdefault(id, told(answer))
                assert before == told(answer), f"{before}, then {answer.json}"
                if "receipt" in answer.json:
                    self.receipts.append(answer.json)
                self.unknown.discard(id)
                return
            assert answer.status == 503, answer
            assert int(answer.headers["Retry-After"]) >= 1
            if answer.json["type"] == UNAVAILABLE:
                self.unknown.discard(id)
                self.refused.add(id)
            else:
                assert answer.json["type"] == UNKNOWN, answer

    def settle(self):
        """Send what is unknown again until it is known."""
        for id in sorted(self.unknown):
            actor = self.actors[id]
            answer = self.site.request(actor, "PUT", f"/v1/complaints/{id}", self.bodies[id])
            assert answer.status in (200, 201), answer
            self._note(id, answer)

    def check(self):
        """The register holds what was acknowledged, once each, and nothing that was refused."""
        stored = stored_refs(self.site.postgres)
        assert not self.refused & stored.keys(), "what was refused as not stored was stored"
        claimed = {id: answer["ref"] for id, answer in self.acknowledged.items()}
        lost = claimed.keys() - stored.keys()
        assert not lost, f"{len(lost)} of {len(claimed)} acknowledged are lost"
        assert claimed == {id: ref for id, ref in stored.items() if id not in self.unknown}
        check_register(self.site.postgres)


def stored_refs(postgres):
    """id -> ref of all complaints."""
    lines = postgres.psql("SELECT id, ref FROM register.complaint").splitlines()
    return dict(line.split("|") for line in lines)


def check_register(postgres):
    """What holds of every register at every moment."""
    assert postgres.psql("""
        SELECT (SELECT count(*) FROM register.complaint),
               (SELECT count(DISTINCT id) FROM register.complaint),
               (SELECT count(*) FROM register.content JOIN register.complaint USING (position)),
               (SELECT count(DISTINCT ref) FROM register.complaint)
        """).split("|")[1:] == [postgres.psql("SELECT count(*) FROM register.complaint")] * 3, "in parts"
    gaps = postgres.psql("""
        WITH numbered AS (
            SELECT substring(ref FROM '^(.*)/[0-9]+$') AS series, substring(ref FROM '[0-9]+$')::int AS n
            FROM register.complaint)
        SELECT series, count(*), min(n), max(n) FROM numbered
        GROUP BY series HAVING count(*) <> max(n) OR min(n) <> 1 OR count(*) <> count(DISTINCT n)""")
    assert gaps == "", f"numbers with gaps: {gaps}"
    counters = postgres.psql("""
        SELECT c.series, c.fy, c.last,
               (SELECT count(*) FROM register.complaint AS f WHERE f.ref LIKE c.series || '/' || c.fy || '/%')
        FROM register.counter AS c""").splitlines()
    for line in counters:
        series, fy, last, count = line.split("|")
        assert last == count, f"the counter of {series}/{fy} is at {last}, cases: {count}"
    head, count, newest = postgres.psql("""
        SELECT (SELECT position FROM register.head), count(DISTINCT position), coalesce(max(position), 0)
        FROM (SELECT position FROM register.complaint UNION ALL SELECT position FROM register.event) AS p""").split("|")
    assert head == count == newest, f"head {head}, positions {count}, newest {newest}"
