"""Two made years of 2,000 cases: every table of their reports against a count that reads only the list of events.

The list is made from a seed. The register gets it through its own functions, with the times of the list
handed in; `Recount` never sees the register. Both years are looked at from one moment: one is closed, with
late arrivals and cases entered after its end, the other runs.
"""

import json
import random
import re
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from harness import BANGKOK, ROOT, Site

CASES = 2000
NOW = datetime(2026, 3, 15, 12, 0, tzinfo=BANGKOK)
UNITS = ["TH-50", "TH-90", "TH-14", "C-HR", "C-ICT"]
CODES = {
    "channel": ["box", "walk_in", "phone", "post", "web", "email"],
    "process": ["production", "service", "procurement", "personnel", "other"],
    "subject": ["bribery", "procurement", "embezzlement", "budget", "leak", "hiring"],
    "identity": ["named", "confidential", "anonymous", "letter"],
    "class": ["C1", "C2", "CX", "C0"],
}
OUTCOMES = ["founded", "unfounded", "insufficient", "rejected", "agency_result"]


# -- the list of events


def made_list(seed):
    """[{at, kind, case, …}] in order of time: accepted, moved, class_changed, linked, erased, withdraw."""
    rng = random.Random(seed)
    events = []
    for case in range(1, CASES + 1):
        received = date(2024, 6, 1) + timedelta(days=rng.randrange(650))
        # Most are entered at once, some weeks later, a few only after the closing day of their year.
        wait = rng.choices([0, rng.randrange(1, 20), rng.randrange(20, 200)], [80, 17, 3])[0]
        at = datetime.combine(received, datetime.min.time(), BANGKOK) + timedelta(days=wait, hours=8, minutes=rng.randrange(500))
        if at >= NOW:
            continue
        accepted = {"at": at, "kind": "accepted", "case": case, "unit": rng.choice(UNITS), "received_on": received,
                    "accused_role": rng.choices([None, "legal_head", "unit_officer"], [90, 3, 7])[0]}
        accepted |= {name: rng.choice(codes) for name, codes in CODES.items()}
        events.append(accepted)
        events += work_on(rng, case, at)
    return sorted(events, key=lambda event: (event["at"], event["case"]))


def work_on(rng, case, at):
    """What becomes of a case until now."""
    state, events = "RECEIVED", []
    paths = {"RECEIVED": ["TRIAGE"], "TRIAGE": ["INVESTIGATING", "CLOSURE_PROPOSED", "WAITING_COMPLAINANT", "WAITING_AGENCY"],
             "WAITING_COMPLAINANT": ["TRIAGE"], "INVESTIGATING": ["FINDING_REVIEW"], "FINDING_REVIEW": ["CLOSURE_PROPOSED"],
             "WAITING_AGENCY": ["CLOSURE_PROPOSED"], "CLOSURE_PROPOSED": ["CLOSED", "CLOSED", "TRIAGE"],
             "CLOSED": ["REOPENED"], "REOPENED": ["TRIAGE"]}
    while True:
        at = at + timedelta(days=rng.expovariate(1 / 25), minutes=1)
        if at >= NOW or rng.random() < (0.93 if state == "CLOSED" else 0.04):
            return events
        aside = rng.random()
        if state != "CLOSED" and aside < 0.08:
            events.append({"at": at, "kind": "class_changed", "case": case, "to": rng.choice(["C1", "C2", "C0", "CT", "CI", "CV"])})
        elif state != "CLOSED" and aside < 0.10 and case > 1:
            events.append({"at": at, "kind": "link", "case": case, "original": rng.randrange(1, case)})
        elif aside < 0.12:
            events.append({"at": at, "kind": "withdraw" if state != "CLOSED" else "erased", "case": case})
        else:
            after = rng.choice(paths[state])
            events.append({"at": at, "kind": "moved", "case": case, "from": state, "to": after,
                           **({"outcome": rng.choice(OUTCOMES)} if after == "CLOSED" else {})})
            state = after


# -- the count that reads only the list


def year_of(day):
    return day.year + 543 + (day.month >= 10)


def start_of(year):
    return datetime(year - 544, 10, 1, tzinfo=BANGKOK)


class Case:
    """One case as the list tells it."""

    def __init__(self, event):
        day = event["at"].date()
        closing_day = date(year_of(event["received_on"]) - 543, 10, 31)
        self.late = day > closing_day
        self.counted_on = day if self.late else event["received_on"]
        self.year = year_of(self.counted_on)
        self.accepted_at = event["at"]
        self.key = {**{name: event[name] for name in CODES}, "unit": event["unit"]}
        if event["class"] == "C0":  # an office's opinion lowers no count
            self.key["class"] = "CX"
        if event["accused_role"]:
            self.key["unit"] = None  # hidden from the legal group, or from the unit's own: the central series
        self.moves, self.told, self.duplicate, self.erased = [], [], False, False
        self.classes = []  # (when it was changed, the class until then)

    def class_before(self, moment):
        return next((was for at, was in self.classes if at >= moment), self.key["class"])

    def state_before(self, moment):
        past = [move for move in self.moves if move["at"] < moment]
        return past[-1]["to"] if past else "RECEIVED"


class Recount:
    """What the report of a year must say."""

    def __init__(self, events, year):
        self.year, self.start = year, start_of(year)
        self.end = min(start_of(year + 1), NOW + timedelta(microseconds=1))
        self.cases = {}
        for event in events:
            if event["kind"] == "accepted":
                self.cases[event["case"]] = Case(event)
                continue
            case = self.cases[event["case"]]
            if event["kind"] == "moved":
                case.moves.append(event)
            else:
                case.told.append(event)
            if event["kind"] == "class_changed":
                case.classes.append((event["at"], case.key["class"]))
                case.key["class"] = event["to"]
            case.duplicate |= event["kind"] == "link"
            case.erased |= event["kind"] == "erased" and event["at"] < self.end

    def within(self, case, to=None, source=None):
        return [move for move in case.moves if self.start <= move["at"] < self.end and move.get("to") == (to or move["to"])
                and move["from"] == (source or move["from"])]

    def flow(self, case):
        """brought, received, reopened, closed, carried of one case; None if the report is not about it."""
        reopened, closed = len(self.within(case, source="CLOSED")), len(self.within(case, to="CLOSED"))
        received = int(case.year == self.year)
        brought = int(case.year < self.year and case.state_before(self.start) != "CLOSED")
        if case.year > self.year or not (received or brought or reopened or closed):
            return None
        return brought, received, reopened, closed, int(case.state_before(self.end) != "CLOSED")

    def table(self, key):
        lines = {}
        for case in self.cases.values():
            flow = self.flow(case)
            if flow:
                name = key(case)
                lines[name] = tuple(map(sum, zip(lines.get(name, (0,) * 5), flow)))
        return lines

    def months(self):
        months, carried = [], self.table(lambda case: "all")["all"][0]
        day = self.start.date()
        while day <= (self.end - timedelta(microseconds=1)).date() and len(months) < 12:
            month = (day.year, day.month)
            of = [case for case in self.cases.values() if case.year == self.year
                  and (case.counted_on.year, case.counted_on.month) == month]
            turns = [move for case in self.cases.values() if case.year <= self.year for move in self.within(case)
                     if (move["at"].year, move["at"].month) == month]
            reopened, closed = (sum(move[end] == "CLOSED" for move in turns) for end in ("from", "to"))
            after = carried + len(of) + reopened - closed
            months.append([f"{day:%Y-%m}", carried, len(of), reopened, closed, after])
            carried = after
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        return months

    def closings(self):
        return [(move["outcome"], (move["at"].date() - case.accepted_at.date()).days)
                for case in self.cases.values() if case.year <= self.year for move in self.within(case, to="CLOSED")]

    def received(self):
        return [case for case in self.cases.values() if case.year == self.year]

    def told(self, kind):
        return sum(any(event["kind"] == kind and self.start <= event["at"] < self.end for event in case.told)
                   for case in self.cases.values())


# -- the register's own way


def load(postgres, events):
    """Everything through the register's functions, in order, with the times of the list."""
    postgres.psql((ROOT / "tests" / "sql" / "helpers.sql").read_text())
    postgres.psql("""
        INSERT INTO register.principal (name, name_th, name_en, unit, roles)
        SELECT 'by-' || u.code, u.name_th, u.name_en, u.code, 'officer' FROM register.unit AS u
        WHERE u.kind IN ('provincial', 'central');
        INSERT INTO register.event_leaf (kind, leaf_type)
        SELECT k, 9 FROM unnest('{moved,close,link,withdraw}'::text[]) AS k ON CONFLICT DO NOTHING;
        CREATE FUNCTION tests.play(e jsonb) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
            at    timestamptz := e ->> 'at';
            asked uuid := tests.id((e ->> 'case')::integer);
            actor register.principal;
        BEGIN
            SELECT * INTO actor FROM register.principal AS p WHERE p.name = 'head';
            CASE e ->> 'kind'
            WHEN 'accepted' THEN
                PERFORM tests.submit(at, jsonb_build_object(
                    'id', e -> 'case', 'actor', 'by-' || (e ->> 'unit'), 'received', e -> 'received_on')
                    || jsonb_strip_nulls(e - '{at,kind,case,unit,received_on}'::text[]));
            WHEN 'moved' THEN
                UPDATE register.complaint SET state = e ->> 'to', state_since = at WHERE id = asked;
                PERFORM rules.append(at, actor, CASE WHEN e ->> 'to' = 'CLOSED' THEN 'close' ELSE 'moved' END,
                                     complaint => asked, from_state => e ->> 'from', to_state => e ->> 'to',
                                     fields => jsonb_strip_nulls(jsonb_build_object('outcome', e -> 'outcome')));
            WHEN 'class_changed' THEN
                PERFORM rules.append(at, actor, 'class_changed', complaint => asked, fields => jsonb_build_object(
                    'from', (SELECT c.class FROM register.complaint AS c WHERE c.id = asked), 'class', e -> 'to'));
                UPDATE register.complaint SET class = e ->> 'to' WHERE id = asked;
            WHEN 'link' THEN
                UPDATE register.complaint SET duplicate_of = tests.id((e ->> 'original')::integer) WHERE id = asked;
                PERFORM rules.append(at, actor, 'link', complaint => asked);
            WHEN 'erased' THEN
                UPDATE register.complaint SET erased_at = at WHERE id = asked;
            ELSE
                PERFORM rules.append(at, actor, e ->> 'kind', complaint => asked);
            END CASE;
        END;
        $$;""")
    lines = "\n".join(json.dumps(event, default=str) for event in events)
    assert "\\" not in lines
    postgres.psql(f"""
        SET timezone = 'Asia/Bangkok';
        CREATE TEMPORARY TABLE list (n serial, e jsonb);
        COPY list (e) FROM STDIN;
{lines}
\\.
        DO $$ DECLARE e jsonb; BEGIN
            FOR e IN SELECT l.e FROM list AS l ORDER BY l.n LOOP PERFORM tests.play(e); END LOOP;
        END; $$;
        ANALYZE;""")


@pytest.fixture(scope="module")
def register():
    made = Site()
    try:
        load(made.postgres, EVENTS)
        yield made.postgres
    finally:
        made.close()


EVENTS = made_list(2569)


@pytest.fixture(scope="module", params=[2568, 2569])
def both(register, request):
    """(the report's figures, its tables by key, the recount) of a year."""
    year = request.param
    figures = json.loads(register.psql(f"SELECT rules.report_figures('{NOW.isoformat()}', {year})"))
    document = json.loads(register.psql(f"SELECT rules.report_document(rules.report_figures('{NOW.isoformat()}', {year}), 'complaints')"))
    tables = {block["key"]: block for section in document["sections"] for block in section["blocks"]
              if block["kind"] == "table"}
    return figures, tables, Recount(EVENTS, year)


def test_the_list_has_of_everything():
    kinds = Counter(event["kind"] for event in EVENTS)
    assert len(EVENTS) > 8000 and set(kinds) == {"accepted", "moved", "class_changed", "link", "withdraw", "erased"}
    for year in (2568, 2569):
        recount = Recount(EVENTS, year)
        total = recount.table(lambda case: "all")["all"]
        assert all(total) and total[0] + total[1] + total[2] - total[3] == total[4]
        assert any(case.late for case in recount.received())
    after = start_of(2569)
    assert any(case.year == 2568 and case.accepted_at >= after for case in Recount(EVENTS, 2568).cases.values())


def test_every_case_is_in_the_register(register):
    assert int(register.psql("SELECT count(*) FROM register.complaint")) == sum(e["kind"] == "accepted" for e in EVENTS)


FLOW = ("brought", "received", "reopened", "closed", "carried")


def test_the_year_carries_forward(both):
    figures, _, recount = both
    assert tuple(figures["all"][name] for name in FLOW) == recount.table(lambda case: "all")["all"]


@pytest.mark.parametrize("dimension", ["unit", "class", "channel", "process", "subject", "identity"])
def test_every_line_of_every_table_is_as_counted(both, dimension):
    figures, _, recount = both
    lines = {line["key"]: tuple(line[name] for name in FLOW) for line in figures[dimension]}
    assert {key: flow for key, flow in lines.items() if any(flow)} == recount.table(lambda case: case.key[dimension])


def test_the_months_are_as_counted(both):
    _, tables, recount = both
    assert tables["by_month"]["rows"] == recount.months()


def test_outcomes_and_days_are_as_counted(both):
    figures, _, recount = both
    told = Counter()
    for row in figures["closings"]:
        told[row["outcome"]] += row["cases"]
    closings = recount.closings()
    assert told == Counter(outcome for outcome, _ in closings)
    assert sum(row["days_sum"] for row in figures["closings"]) == sum(days for _, days in closings)
    bounds = [0, 16, 31, 61, 91]
    by_days = Counter(max(bound for bound in bounds if bound <= days) for _, days in closings)
    assert Counter({row["days"]: 0 for row in figures["closings"]}) + by_days == Counter(
        row["days"] for row in figures["closings"] for _ in range(row["cases"]))


def test_where_the_open_cases_stand_is_as_counted(both):
    figures, _, recount = both
    stand = Counter(case.state_before(recount.end) for case in recount.cases.values()
                    if recount.flow(case) and recount.flow(case)[4])
    assert {line["key"]: line["carried"] for line in figures["state"] if line["carried"]} == stand
    as_of = (recount.end - timedelta(microseconds=1)).date()
    ages = Counter(max(bound for bound in (-10 ** 6, 31, 61, 91, 181) if bound <= (as_of - case.counted_on).days)
                   for case in recount.cases.values() if recount.flow(case) and recount.flow(case)[4])
    ages["0"] = ages.pop(-10 ** 6, 0)
    assert {line["key"]: line["carried"] for line in figures["age"]} == {str(key): count for key, count in ages.items()}


def test_kpi_1_and_what_stands_beside_it_are_as_counted(both):
    figures, _, recount = both
    kpi, received = figures["kpi1"], recount.received()
    classes = Counter(case.key["class"] for case in received)
    assert kpi["received"] == len(received) and kpi["value"] == classes["C1"] + classes["C2"] + classes["CX"]
    assert {name: kpi[name.lower()] for name in ("C1", "C2", "CX", "C0", "CT", "CI", "CV")} == {
        name: classes[name] for name in ("C1", "C2", "CX", "C0", "CT", "CI", "CV")}
    assert kpi["late"] == sum(case.late for case in received)
    assert kpi["distinct_received"] == sum(not case.duplicate for case in received)
    assert kpi["anonymous"] == sum(case.key["identity"] in ("anonymous", "letter") for case in received)
    assert figures["erased"] == sum(case.erased for case in received)
    for kind in ("class_changed", "link", "withdraw"):
        assert figures["events"][kind] == recount.told(kind), kind


def test_the_public_table_is_as_counted(both, register):
    _, _, recount = both
    document = json.loads(register.psql(
        f"SELECT rules.statistics_document('{NOW.isoformat()}', {recount.year}, 1, 12)"))
    rows = document["sections"][0]["blocks"][-1]["rows"]
    settled = datetime(NOW.year, NOW.month, 1, tzinfo=BANGKOK)  # nothing of the month that runs
    end = min(start_of(recount.year + 1), settled)
    received = [case for case in recount.received() if case.counted_on < end.date()]
    assert any(case.accepted_at >= settled for case in received) or recount.year != year_of(NOW.date())
    expected = []
    for month in sorted({(case.counted_on.year, case.counted_on.month) for case in received}):
        of = [case for case in received if (case.counted_on.year, case.counted_on.month) == month
              and case.accepted_at < settled and case.class_before(settled) in ("C1", "C2", "CX")]
        done = sum(case.state_before(end) == "CLOSED" for case in of)
        counts = [sum(case.class_before(settled) == name for case in of) for name in ("C1", "C2", "CX")]
        expected.append([f"{month[0]}-{month[1]:02d}", *counts, len(of), done, len(of) - done])
    assert rows == expected


def test_percentages_are_honest(both):
    _, tables, _ = both
    notes = Counter()
    for key in ("by_class", "by_channel", "by_process", "by_subject", "by_identity", "by_unit"):
        table = tables[key]
        received = table["total"][2]
        shares = [Decimal(row[3]) for row in table["rows"]]
        assert shares == [(Decimal(row[2]) * 100 / received).quantize(Decimal("0.01"), ROUND_HALF_UP) for row in table["rows"]]
        assert (table["note"] is not None) == (sum(shares) != 100), key
        notes[table["note"] is not None] += 1
    assert notes[True] and notes[False]  # both kinds of table were met


@pytest.mark.parametrize("year", [2568, 2569])
def test_sentences_and_charts_say_what_the_tables_say(register, year):
    document = json.loads(register.psql(f"SELECT rules.report_document(rules.report_figures('{NOW.isoformat()}', {year}), 'complaints')"))
    blocks = {block["key"]: block for section in document["sections"] for block in section["blocks"] if "key" in block}
    total = Recount(EVENTS, year).table(lambda case: "all")["all"]
    for language in ("th", "en"):
        assert tuple(map(int, re.findall(r"\d+", document["memo"][0][language])[1:])) == total
    for chart, table, column in (("chart_month", "by_month", 2), ("chart_outcome", "by_outcome", 1), ("chart_time", "by_time", 1)):
        rows = blocks[table]["rows"]
        assert (blocks[chart]["labels"], blocks[chart]["values"]) == ([row[0] for row in rows], [row[column] for row in rows])
    units = {row[0]["th"]: row[2] for row in blocks["by_unit"]["rows"]}
    assert blocks["chart_unit"]["values"] == sorted(filter(None, units.values()), reverse=True)
    assert [units[label["th"]] for label in blocks["chart_unit"]["labels"]] == blocks["chart_unit"]["values"]


def test_the_figures_beside_kpi_1_are_as_counted(both):
    _, tables, recount = both
    received = recount.received()
    classes = Counter(case.key["class"] for case in received)
    expected = [len(received), sum(not case.duplicate for case in received), *(classes[name] for name in ("C0", "CT", "CI", "CV")),
                sum(case.late for case in received), sum(case.key["identity"] in ("anonymous", "letter") for case in received)]
    assert [row[1] for row in tables["kpi1_beside"]["rows"]] == expected
    assert tables["kpi1_beside"]["rows"][-1][2] == str((Decimal(expected[-1]) * 100 / len(received)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_a_pair_of_percentages_adds_up(register):
    for year in (2568, 2569):
        document = json.loads(register.psql(f"SELECT rules.report_document(rules.report_figures('{NOW.isoformat()}', {year}), 'complaints')"))
        words = next(section for section in document["sections"] if section["key"] == "result")["blocks"][0]["text"]["en"]
        base, closed, closed_share, open_, open_share = re.fullmatch(
            r"Of (\d+) \(brought forward \+ received \+ reopened\): closed (\d+) \(([\d.]+) percent\), "
            r"in progress (\d+) \(([\d.]+) percent\)\.", words).groups()
        assert int(base) == int(closed) + int(open_)
        assert Decimal(closed_share) + Decimal(open_share) == Decimal("100.00")
        assert abs(int(closed) * 100 / (int(closed) + int(open_)) - float(closed_share)) <= 0.005
