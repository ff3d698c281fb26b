"""The machine over HTTPS: every (state, target, role) of move.csv is done, and all the others are refused.

A refusal changes nothing, so all of a state are tried on one case; what is allowed gets a case of
its own. Each refusal is looked at to the letter: its reason, and what can be done instead, which is what
the case itself says, and all that is done of what the table allows.
"""

import csv
import uuid
from collections import namedtuple

import pytest
from harness import ROOT, complaint, running_site, today

DAY = today().isoformat()

Move = namedtuple("Move", "kind from_states to_state roles routes two_person")
Group = namedtuple("Group", "fields intake triager investigator head")


def table():
    listed = lambda text: frozenset(text.strip("{}").split(",")) - {""}
    with open(ROOT / "sql" / "reference" / "move.csv", encoding="utf-8", newline="") as file:
        return [Move(row["kind"], listed(row["from_states"]), row["to_state"], listed(row["roles"]) - {"system"},
                     listed(row["routes"]), row["two_person"] == "true") for row in csv.DictReader(file)]


def sentences():
    with open(ROOT / "sql" / "reference" / "condition.csv", encoding="utf-8", newline="") as file:
        return {row["en"] for row in csv.DictReader(file)}


MOVES, CONDITIONS = table(), sentences()
KINDS = sorted({move.kind for move in MOVES})
ROLES = ("intake", "triager", "investigator", "head", "director")
ROUTES = {
    "legal": Group({}, "legal", "triager", "investigator", "head"),
    "alternate": Group({"accused_role": "legal_head"}, "alt-intake", "alt-triager", "alt-investigator", "alt-head"),
    "external": Group({"accused_role": "director"}, "alt-intake", "alt-triager", "alt-investigator", "alt-head"),
}
PEOPLE = [("investigator-2", "LEGAL", "investigator"), ("head-2", "LEGAL", "head"), ("alt-triager", "ALT", "triager"),
          ("alt-investigator", "ALT", "investigator"), ("alt-investigator-2", "ALT", "investigator"),
          ("alt-head-2", "ALT", "head")]

# How a case comes to stand where it is tried: who does what, one after the other. What is said after
# the dash tells the ways into one state apart.
REGISTERED = [("intake", "register"), ("triager", "screen")]
ASSIGNED = [*REGISTERED, ("head", "assign")]
FOUND = [*ASSIGNED, ("investigator", "find")]
REFERRED = [("head", "refer"), ("intake", "reply")]
PROPOSED = [*FOUND, ("investigator", "propose")]
REOPENED = [("head", "close"), ("head", "reopen")]
STANDS = {
    "RECEIVED": [], "TRIAGE": REGISTERED, "TRIAGE - investigated": [*PROPOSED, *REOPENED, ("intake", "resume")],
    "WAITING_COMPLAINANT": [*REGISTERED, ("triager", "ask")],
    "WAITING_COMPLAINANT - investigated": [*ASSIGNED, ("investigator", "ask")], "INVESTIGATING": ASSIGNED,
    "FINDING_REVIEW": FOUND, "WAITING_AGENCY": [*REGISTERED, *REFERRED],
    "WAITING_AGENCY - investigated": [*FOUND, *REFERRED], "CLOSURE_PROPOSED": PROPOSED,
    "CLOSURE_PROPOSED - not investigated": [*REGISTERED, ("triager", "propose")],
    "CLOSED": [*PROPOSED, ("head", "close")], "REOPENED": [*PROPOSED, *REOPENED],
}
ANSWERED = [*REGISTERED, *REFERRED, ("triager", "propose")]
STANDS_OUTSIDE = {
    "RECEIVED": [], "TRIAGE": REGISTERED, "WAITING_AGENCY": [*REGISTERED, *REFERRED], "CLOSURE_PROPOSED": ANSWERED,
    "CLOSED": [*ANSWERED, ("head", "close")], "REOPENED": [*ANSWERED, *REOPENED],
}
DIRECTED = {"CLOSURE_PROPOSED", "CLOSED", "REOPENED"}  # what the director sees, but of the external route

# What is told with each kind; of class_changed there are two, for it takes two people out of the count.
TOLD = {
    "screen": {"in_remit": True, "class": "C1", "conflict": False, "particulars": True, "next_step": "accept"},
    "find": {"finding": "ก"}, "refer": {"agency": "nacc", "letter_no": "1", "letter_date": DAY},
    "reply": {"letter_no": "1", "letter_date": DAY, "result": True},
    "propose": {"outcome": "insufficient", "reason": "ก"}, "note": {"text": "ก", "audience": "internal"},
    "transfer": {"to_agency": "กรมที่ดิน", "letter_no": "1", "letter_date": DAY}, "ask": {"text": "ก"},
    "answer": {"text": "ก"}, "close": {"order_no": "1", "order_date": DAY, "signatory": "director"},
    "split": {"subjects": ["leak", "bribery"]}, "accuse": {"accused_unit": "TH-90", "reason": "ก"},
    "register": {}, "resume": {}, "time_out": {}, "class_changed": {"class": "C2", "reason": "ก"},
    "class_changed out": {"class": "C0", "reason": "ก"},
}
TRIED = sorted({*KINDS, "class_changed out"})
# What must have come about before, and is not the machine's matter.
BEFORE = {
    "transfer": "UPDATE register.complaint SET class = 'CT' WHERE id = '{case}'",
    "unlink": "UPDATE register.complaint SET duplicate_of = '{original}' WHERE id = '{case}'",
    "time_out": "UPDATE register.clock SET due_on = '2020-01-01' WHERE complaint = '{case}' AND kind = 'particulars'",
}


@pytest.fixture(scope="module")
def site():
    with running_site(*PEOPLE) as made:
        made.postgres.psql("INSERT INTO register.principal (name, name_th, name_en, unit, roles)"
                           " VALUES ('director-2', 'ก', 'a', 'DIRECTOR', 'director')")  # signs if the other may not
        yield made


class Bench:
    """Cases of one route, and those who do something about them."""

    def __init__(self, site, route):
        self.site, self.route, self.group = site, route, ROUTES[route]
        self.connections, self.original = {}, None
        self.original = self.stand([] if route == "external" else ASSIGNED)[0]  # seen by all who may link to it

    def connection(self, actor):
        if actor not in self.connections:
            self.connections[actor] = self.site.connect(actor)
        return self.connections[actor]

    def told(self, kind):
        more = {"assign": {"investigator": self.group.investigator}, "link": {"original": self.original, "reason": "ก"}}
        return more.get(kind) or TOLD.get(kind) or ({} if kind in TOLD else {"reason": "ก"})

    def post(self, actor, case, version, kind):
        body = {"event_id": str(uuid.uuid4()), "kind": kind.split()[0], **self.told(kind)}
        return self.site.request(actor, "POST", f"/v1/complaints/{case}/events", body, {"If-Match": f'"{version}"'},
                                 self.connection(actor))

    def stand(self, steps):
        """A new case after these steps: its id and version."""
        body = complaint(**self.group.fields)
        answer = self.site.request("TH-50", "PUT", f"/v1/complaints/{body['id']}", body, None, self.connection("TH-50"))
        assert (answer.status, answer.json["route"]) == (201, self.route), answer
        version = 1
        for role, kind in steps:
            answer = self.post(getattr(self.group, role), body["id"], version, kind)
            assert answer.status == 200, (role, kind, answer)
            version = answer.json["version"]
        return body["id"], version

    def moves(self, actor, case):
        """What somebody is told that he can do."""
        answer = self.site.request(actor, "GET", f"/v1/complaints/{case}", connection=self.connection(actor))
        return answer.json["moves"] if answer.status == 200 else None

    def close(self):
        for each in self.connections.values():
            each.close()


def acts(route, stand, role):
    """Whether somebody of the group acts in a case that stands there."""
    if role == "investigator":
        steps = (STANDS_OUTSIDE if route == "external" else STANDS)[stand]
        return ("head", "assign") in steps
    return role != "director" or route != "external" and stand.split()[0] in DIRECTED


def refusal(route, stand, role, kind):
    """What is answered to a move that the table does not have there for that role."""
    if not acts(route, stand, role):
        return 404, None
    state = stand.split()[0]
    here = [move for move in MOVES if state in move.from_states and route in move.routes]
    others = sorted({other for move in here if move.kind == kind for other in move.roles})
    if not any(role in move.roles for move in MOVES if move.kind == kind):
        return 403, "none of your roles allows this move"
    if others:
        return 403, f"here this takes another role ({', '.join(others)})"
    return 409, f"this is not done in state {state} on route {route}"


def allowed(route, stand, role, kind):
    """The rows by which it may be done there."""
    return [move for move in MOVES if move.kind == kind.split()[0] and stand.split()[0] in move.from_states
            and route in move.routes and role in move.roles and acts(route, stand, role)]


def what_can_be(route, stands):
    """All that the table lets be done: (kind, state, target, role, whether it takes two)."""
    return {(move.kind, stand.split()[0], move.to_state, role, move.two_person)
            for stand in stands for role in ROLES for kind in KINDS for move in allowed(route, stand, role, kind)
            # nobody investigates what goes outside, so that it is never sent back there
            if not (route == "external" and move.to_state == "INVESTIGATING")}


@pytest.mark.parametrize("route", ROUTES)
def test_each_move_of_the_table_is_done_by_its_roles_and_every_other_refused_with_what_may_be_done(site, route):
    bench = Bench(site, route)
    stands = STANDS_OUTSIDE if route == "external" else STANDS
    done = set()
    for stand, steps in stands.items():
        case, version = bench.stand(steps)
        for role in ROLES:
            actor = getattr(bench.group, role, role)
            moves = bench.moves(actor, case)
            for kind in TRIED:
                rows = allowed(route, stand, role, kind)
                if rows:
                    done |= try_allowed(bench, stand, steps, role, actor, kind, rows)
                    continue
                answer = bench.post(actor, case, version, kind)
                expected = refusal(route, stand, role, kind.split()[0])
                assert (answer.status, answer.json.get("detail")) == expected, (stand, role, kind, answer)
                assert answer.status == 404 or kind.split()[0] not in moves and answer.json["moves"] == moves, (kind, answer)
        for kind in TRIED:
            stranger = "alt-head" if route == "legal" else "head"
            assert [bench.post(actor, case, version, kind).status for actor in ("TH-50", "auditor", stranger)] == [403, 403, 404]
        state = site.request("auditor", "GET", f"/v1/complaints/{case}", connection=bench.connection("auditor")).json
        assert (state["state"], state["version"]) == (stand.split()[0], version), "refusals changed it"
    bench.close()
    assert done == what_can_be(route, stands)


def try_allowed(bench, stand, steps, role, actor, kind, rows):
    """It is done, and leads where one of its rows says; or a condition's own sentence refuses it."""
    case, version = bench.stand(steps)
    if kind in BEFORE:
        bench.site.postgres.psql(BEFORE[kind].format(case=case, original=bench.original))
    moves = bench.moves(actor, case)
    answer = bench.post(actor, case, version, kind)
    if answer.status == 409:
        why = answer.json["detail"].partition(": ")[0]
        assert any(each.startswith(why) for each in CONDITIONS) and answer.json["moves"] == moves, (stand, role, kind, answer)
        return set()
    assert kind.split()[0] in moves, (stand, role, kind, moves)
    assert answer.status in (200, 202), (stand, role, kind, answer)
    state, two_person = stand.split()[0], answer.status == 202
    return {(move.kind, state, move.to_state, role, two_person) for move in rows
            if (move.to_state or state, move.two_person) == (answer.json["state"], two_person)}
