"""What docs/ says in numbers and names is what the program does: limits, settings, events, metrics,
the worked example of ledger.md, the checks of a backup, the links."""

import csv
import hashlib
import hmac
import json
import re
import subprocess

import pytest
import vault
from harness import BUILD, GRIEVD, ROOT

DOCS = ROOT / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
LEDGER = (DOCS / "ledger.md").read_text(encoding="utf-8")
UNITS = {"": 1, "bytes": 1, "KiB": 1024, "MiB": 1024 ** 2, "ms": 1, "s": 1000}
DURATIONS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def source(name):
    """A C file without its comments."""
    return re.sub(r"/\*.*?\*/", "", (ROOT / "daemon" / name).read_text(encoding="utf-8"), flags=re.S)


def product(text):
    """What an expression like 4 * 1024 comes to."""
    result = 1
    for factor in text.split("*"):
        result *= int(factor)
    return result


# -- operations.md and the manual pages


def test_the_limits_are_those_of_the_code():
    coded = {name: product(value) for name, value in re.findall(r"(LIMIT_\w+) = ([\d* ]+)", source("core/limits.h"))}
    told = {name: int(number.replace(",", "")) * UNITS[unit or ""] for name, number, unit in
            re.findall(r"^\| `(LIMIT_\w+)` \| ([\d,]+)(?: (\w+))? \|", OPERATIONS, re.M)}
    assert told == coded


def settings():
    """(section, key) -> (default or None, lowest, highest, help), as settings.c has them."""
    table = source("settings.c").replace("MINUTE_MS", "60000")
    table = table[table.index("settings_keys[] = {"):table.index("KEY_COUNT")]
    rows = re.findall(r'\{"(\w+)", "(\w+)", CONFIG_\w+, AT\(\w+\), (NULL|"[^"]*"), ([^,]+), ([^,]+), "([^"]*)"\}',
                      re.sub(r'"\s+"', "", re.sub(r",\s+", ", ", table)))
    assert len(rows) == table.count("AT(")
    return {(section, key): (None if default == "NULL" else default.strip('"'), product(low), product(high), what)
            for section, key, default, low, high, what in rows}


def number(text):
    """1,000 or 10m as settings.c counts them."""
    digits, unit = re.fullmatch(r"([\d,]+)(\w*)", text).groups()
    return int(digits.replace(",", "")) * DURATIONS.get(unit, 1)


def test_the_settings_are_those_of_the_code():
    told = {}
    for section, key, default, low, high, what in re.findall(
            r"^\| `\[(\w+)\] (\w+)` \| (required|none|`[^`]+`)(?: \((\S+) to (\S+)\))? \| (.+) \|$", OPERATIONS, re.M):
        default = {"required": None, "none": ""}.get(default, default.strip("`"))
        told[section, key] = (default, number(low or "0"), number(high or "0"), what)
    assert told == settings()


def test_each_manual_page_is_installed(tmp_path):
    subprocess.run(["cmake", "--install", BUILD, "--prefix", tmp_path], check=True, capture_output=True)
    for page in (DOCS / "man").iterdir():
        assert (tmp_path / "share" / "man" / f"man{page.suffix[1:]}" / page.name).read_bytes() == page.read_bytes()


def test_the_manual_page_has_the_settings_of_the_code():
    page = (DOCS / "man" / "grievd.conf.5").read_text(encoding="utf-8")
    told, section = {}, None
    for line in page[:page.index(".Sh FILES")].split("\n"):
        if line.startswith(".Ss "):
            section = re.match(r"\.Ss \[(\w+)\]", line).group(1)
        elif line.startswith(".It Cm "):
            key = (section, line.removeprefix(".It Cm "))
            told[key] = ""
        elif told:
            told[key] += line.replace("\\-", "-") + "\n"
    coded = settings()
    assert set(told) == set(coded)
    for key, (default, low, high, what) in coded.items():
        assert what[1:] in told[key], key
        if default is None:
            assert "It must be given.\n" in told[key], key
        elif default == "":
            assert "Default: none.\n" in told[key], key
        else:
            assert f"Default:\n.Li {default} " in told[key], key
        if (low, high) != (0, 0):
            assert tuple(map(number, re.search(r"from (\w+) to (\w+)\.", told[key]).groups())) == (low, high), key


def test_the_manual_page_has_the_verbs_options_and_exit_codes_of_the_program():
    page = (DOCS / "man" / "grievd.8").read_text(encoding="utf-8").replace("\\-", "-")
    told = subprocess.run([GRIEVD, "--help"], capture_output=True, text=True).stdout
    verbs = re.findall(r"^  (\S+) +\S", told[told.index("Verbs:"):told.index("Options:")], re.M)
    options = re.findall(r"^  --(\S+)", told[told.index("Options:"):], re.M)
    codes = re.findall(r"^ +(\d+)  ", told, re.M)
    assert verbs and options and codes
    assert verbs == re.findall(r"^\.It Cm (\S+)$", page, re.M)
    assert options == re.findall(r"^\.It Fl -(\S+)", page, re.M)
    assert codes == re.findall(r"^\.It (\d+)$", page, re.M)


def test_every_log_event_is_explained_and_no_other():
    table = OPERATIONS[OPERATIONS.index("| event |"):OPERATIONS.index("## What 503 means")]
    told = {event for row in re.findall(r"^\| (`.*?`) \|", table, re.M) for event in re.findall(r"`(\w+)`", row)}
    coded = set()
    for path in (ROOT / "daemon").glob("*.c"):
        for call in re.findall(r"\blog_line\((.*?)\);", source(path.name), re.S):
            coded.update(re.findall(r'^[^"]*"([a-z_]+)', call))
    assert told == coded


def test_metrics_that_are_named_exist():
    known = set(re.findall(r'"(grievd_\w+)"', source("metrics.h") + source("gauges.c")))
    told = set(re.findall(r"`(grievd_(?!owner|report|notify)\w+)(?:\{.*?\})?`", OPERATIONS))
    assert told and told <= known


def test_the_checks_of_a_backup_find_nothing_in_a_sound_register_and_a_gap_in_another(site):
    for _ in range(3):
        assert site.submit().status == 201
    checks = re.search(r"```sql\n(.*?)```", OPERATIONS, re.S).group(1)
    assert set(site.postgres.psql(checks).split()) == {"0"}
    broken = "BEGIN; UPDATE register.head SET position = position + 1; UPDATE register.counter SET last = last + 1;"
    assert set(site.postgres.psql(broken + checks + "ROLLBACK;").split()) != {"0"}
    assert re.search(r"^TH-50\|", site.postgres.psql(broken + checks + "ROLLBACK;"), re.M)


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


# -- the client's verbs


def test_each_kind_of_event_that_somebody_posts_has_its_verb():
    posted = re.findall(r'^    \{"(\w+)", NULL, OPTION_FIXED, "kind",', (ROOT / "client/griev/verbs.c").read_text(), re.M)
    with open(ROOT / "sql/reference/move.csv", encoding="utf-8") as table:
        assert sorted(posted) == sorted({row["kind"] for row in csv.DictReader(table)})


# -- ledger.md


def test_the_leaf_of_each_event_is_that_of_the_register():
    types = dict(re.findall(r'X\(\w+, (\d+), "([a-z_]+)"\)', source("core/leaf.h")))
    told = re.findall(r"^\| `(\w+)` \| (?:(\d) (\w+)|none) \|$", LEDGER, re.M)
    assert all(types[number] == name for _, number, name in told if number)
    assert types.items() >= dict(re.findall(r"^\| (\d) \| (\w+) \|", LEDGER, re.M)).items()
    with open(ROOT / "sql/reference/event_leaf.csv", encoding="utf-8") as table:
        assert [(kind, number) for kind, number, _ in told] == [tuple(row) for row in list(csv.reader(table))[1:]]


def test_the_signer_s_frames_are_those_of_the_code():
    wire = source("signer_wire.h")
    requests = re.findall(r"WIRE_([A-Z_]+)(?: = 1)?,", re.search(r"enum wire_request_type \{(.*?)\}", wire, re.S)[1])
    answers = re.findall(r"WIRE_([A-Z_]+)(?: = 65)?,", re.search(r"enum wire_answer_type \{(.*?)\}", wire, re.S)[1])
    told = re.findall(r"^\| (\w+) \| (\d+) \| (?:`.*?`|checkpoint)? ?\|", LEDGER[LEDGER.index("### The signer's protocol"):], re.M)
    coded = [*zip(requests, range(1, 99)), *zip(answers, range(65, 99))]
    assert [(name, int(number)) for name, number in told] == [(name.lower().removesuffix("_is"), number) for name, number in coded]


def sha256(data):
    return hashlib.sha256(data).digest()


def blocks():
    """The worked example's three texts as bytes: request, M and I."""
    example = LEDGER[LEDGER.index("## A worked example"):]
    found = re.findall(r"```(?:json)?\n(.*?)```", example, re.S)
    assert len(found) == 3
    return found[0].rstrip("\n").encode(), found[1].encode(), found[2].rstrip("\n").encode()


def example():
    """Its inputs and numbers as the page prints them, and its texts."""
    request, clear, identity = blocks()
    told = dict(re.findall(r"^\| (\S+) \| `(\w+)` \|$", LEDGER, re.M))
    nonce = bytes.fromhex(re.search(r"`Griev-Nonce: (\w{64})`", LEDGER).group(1))
    return request, clear, identity, nonce, told


def test_the_worked_example_is_worked_rightly():
    request, clear, identity, nonce, told = example()
    assert request.count(identity) == 1
    body = request.replace(identity, b"null")
    parts = b""
    for name, data in (("M", clear), ("B", body), ("I", identity)):
        label = f"grievd/{name}/v1\0".encode()
        salt = hmac.new(nonce, label + b"\x01", "sha256").digest()
        part = sha256(label + salt + sha256(data))
        assert told[f"SHA-256({name})"] == sha256(data).hex()
        assert (told[f"salt_{name}"], told[f"part_{name}"]) == (salt.hex(), part.hex())
        parts += part
    assert told["commit"] == sha256(b"grievd/commit/v1\0" + parts).hex()
    code = sha256(b"grievd/track/v1\0" + nonce)[:16]
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    assert told["track"] == "".join(digits[int.from_bytes(code, "big") >> 5 * i & 31] for i in reversed(range(26)))
    assert told["track_hash"] == sha256(b"grievd/track-hash/v1\0" + code).hex()
    for size, data in zip(re.findall(r"(\d+) bytes[.,:]", LEDGER[LEDGER.index("## A worked example"):LEDGER.index("## The log")]),
                          (request, clear, body, identity), strict=True):
        assert int(size) == len(data)
    key, derived = re.search(r"`K` = `(\w{64})`, the nonce would be\s+`(\w{64})`", LEDGER).groups()
    uuid = bytes.fromhex(json.loads(request)["id"].replace("-", ""))
    assert hmac.new(bytes.fromhex(key), uuid + sha256(request), "sha256").hexdigest() == derived


def test_the_daemon_binds_the_worked_example_to_these_numbers(site):
    request, _, identity, nonce, told = example()
    uuid = json.loads(request)["id"]
    answer = site.request("TH-90", "PUT", f"/v1/complaints/{uuid}", request, {"Griev-Nonce": nonce.hex()})
    assert answer.status == 201, answer
    assert answer.json["track"] == told["track"]
    row = site.postgres.psql("SELECT encode(commit, 'hex'), encode(opening, 'hex'), encode(track_hash, 'hex')"
                             f" FROM register.complaint WHERE id = '{uuid}'")
    assert row.split("|") == [told["commit"], told["salt_M"] + told["part_B"] + told["part_I"], told["track_hash"]]
    kept = vault.Stored(site, uuid)
    assert kept.open_body(site.GROUPS[answer.json["route"]]) == (bytes.fromhex(told["salt_B"]), request.replace(identity, b"null"))
    assert kept.open_identity(1, 2) == (bytes.fromhex(told["salt_I"]), identity)


def test_without_a_nonce_the_daemon_derives_it_from_its_key(site):
    request, _, _, _, _ = example()
    request = request.replace(b"6f1d2c3b", b"7f1d2c3b")
    uuid = json.loads(request)["id"]
    answer = site.request("TH-90", "PUT", f"/v1/complaints/{uuid}", request)
    assert answer.status == 201, answer
    key = bytes.fromhex((site.folder / "nonce.key").read_text().strip())
    nonce = hmac.new(key, bytes.fromhex(uuid.replace("-", "")) + sha256(request), "sha256").digest()
    code = sha256(b"grievd/track/v1\0" + nonce)[:16]
    assert site.postgres.psql(f"SELECT encode(track_hash, 'hex'), nonce_key_id FROM register.complaint"
                              f" WHERE id = '{uuid}'") == sha256(b"grievd/track-hash/v1\0" + code).hex() + "|1"
