"""griev verify and griev audit: what somebody with a key, a receipt and a folder of files is told.

No server and no database: logs are made by ledger_tool, some of them by a register that lies.
"""

import functools
import hashlib
import http.server
import json
import os
import ssl
import struct
import subprocess
import threading

import pytest

TOOL, GRIEV = os.environ["GRIEVD_LEDGER_TOOL"], os.environ["GRIEVD_GRIEV"]
ORIGIN, NONE = "register.example/log", 2**64 - 1
OK, REFUSED, USAGE, NOT_FOUND, CONFLICT, UNAVAILABLE, LOCAL = 0, 1, 2, 4, 5, 6, 8
C1, C2, CX, C0, CT, CI, CV = range(1, 8)


def leaf(kind, reason=0, period=0, about=NONE, salt=0):
    return struct.pack(">BBHIQ", 1, kind, reason, period, about) + hashlib.sha256(b"%d" % salt).digest()


def accepted(class_, period, salt=0):
    return leaf(1, class_, period, NONE, salt)


def changed(about, old, new, period):
    return leaf(2, old << 8 | new, period, about)


def tool(*args, stdin=b""):
    return subprocess.run([TOOL, *map(str, args)], input=stdin, capture_output=True, check=True).stdout


def griev(*args, code=OK, lang="en", **kwargs):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": lang}
    done = subprocess.run([GRIEV, *map(str, args)], capture_output=True, text=True, env=environment, **kwargs)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


class Log:
    def __init__(self, folder, seed="01" * 32):
        self.folder, self.secret, self.key = folder, folder / "secret", folder / "log.pub"
        secret, public = tool("key", ORIGIN, seed).decode().split()
        self.secret.write_text(secret + "\n")
        self.key.write_text(public + "\n")

    def publish(self, leaves, name="published"):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        tool("publish", folder, self.secret, stdin=b"".join(leaves))
        return folder

    def receipt(self, leaves, index):
        path = self.folder / f"{index}.tlog-proof"
        path.write_bytes(tool("receipt", self.secret, index, stdin=b"".join(leaves)))
        return path


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


def some(count):
    return [accepted(i % 3 + 1, 202610 + i % 3, i) for i in range(count)]


# -- verify


def test_a_receipt_verifies_without_settings_server_or_network(log):
    receipt = log.receipt(some(300), 123)
    told = griev("verify", receipt, "--key", log.key).stdout
    for words in ("verified", ORIGIN, "123", "accepted", "C1", "300", "operator-signed only"):
        assert words in told
    answer = json.loads(griev("verify", receipt, "--key", log.key, "--json").stdout)
    assert (answer["verified"], answer["index"], answer["size"], answer["type"], answer["class"], answer["period"]) == (
        True, 123, 300, "accepted", "C1", "2026-10")
    assert answer["commit"] == hashlib.sha256(b"123").hexdigest()
    assert answer["operator_signed_only"] is True


def test_it_is_told_in_thai_to_who_reads_thai(log):
    told = griev("verify", log.receipt(some(5), 2), "--key", log.key, lang="th_TH.UTF-8").stdout
    assert "ใบรับถูกต้อง" in told and "ยังไม่มีพยานภายนอก" in told and "ธันวาคม 2569" in told


@pytest.mark.parametrize("old,new,says", [
    (b"index 4", b"index 5", "does not lead"), (b"tlog-proof@v1", b"tlog-proof@v2", "no receipt"),
    (b"\n11\n", b"\n12\n", "does not verify"), (ORIGIN.encode() + b"\n", b"other.example/log\n", "another log"),
])
def test_a_changed_receipt_is_refused_and_told_why(log, old, new, says):
    receipt = log.receipt(some(11), 4)
    receipt.write_bytes(receipt.read_bytes().replace(old, new, 1))
    assert says in griev("verify", receipt, "--key", log.key, code=REFUSED).stderr


def test_a_receipt_of_another_key_is_refused(log, tmp_path):
    (tmp_path / "other").mkdir()
    other = Log(tmp_path / "other", "02" * 32)
    assert "has not signed" in griev("verify", other.receipt(some(5), 2), "--key", log.key, code=REFUSED).stderr


def test_the_key_comes_from_a_file_here_and_from_nowhere_else(log):
    receipt = log.receipt(some(5), 2)
    griev("verify", receipt, code=LOCAL)  # no settings
    config = log.folder / "griev.conf"
    settings = "[server]\nurl = https://localhost:1\nca = none.pem\n"
    config.write_text(settings)
    assert "public key is needed" in griev("verify", receipt, "--config", config, code=USAGE).stderr
    config.write_text(settings + "[log]\nkey = log.pub\n")
    griev("verify", receipt, "--config", config)
    griev("verify", receipt, "--key", receipt, code=LOCAL)
    griev("verify", receipt, "--key", log.folder / "none", code=LOCAL)
    griev("verify", log.folder / "none", "--key", log.key, code=LOCAL)


# -- verify --consistent


@pytest.mark.parametrize("old,new", [(1, 2), (5, 5), (7, 300), (256, 300), (255, 256), (300, 70000), (65536, 70000)])
def test_a_later_log_that_holds_the_earlier_one_is_consistent(log, old, new):
    leaves = some(new)
    before = log.publish(leaves[:old], "before") / "checkpoint"
    folder = log.publish(leaves, "after")
    told = griev("verify", "--consistent", before, folder / "checkpoint", "--from", folder, "--key", log.key)
    assert "consistent" in told.stdout and "operator-signed only" in told.stdout


def test_receipts_may_stand_for_their_checkpoints(log):
    leaves = some(20)
    early, late = log.receipt(leaves[:9], 3), log.receipt(leaves, 12)
    folder = log.publish(leaves)
    griev("verify", "--consistent", early, late, "--from", folder, "--key", log.key)
    assert "exchanged" in griev("verify", "--consistent", late, early, "--from", folder, "--key", log.key, code=REFUSED).stderr
    assert "--from" in griev("verify", "--consistent", early, late, "--key", log.key, code=USAGE).stderr


def test_a_log_that_was_rewritten_is_told_and_the_files_are_evidence(log):
    leaves = some(300)
    before = log.publish(leaves[:200], "before") / "checkpoint"
    leaves[150] = accepted(C1, 202610, 999)
    folder = log.publish(leaves, "after")
    told = griev("verify", "--consistent", before, folder / "checkpoint", "--from", folder, "--key", log.key, code=CONFLICT)
    assert "not shown to hold" in told.stderr and "evidence" in told.stderr
    fork = log.publish(leaves[:200], "fork") / "checkpoint"
    told = griev("verify", "--consistent", before, fork, "--key", log.key, code=CONFLICT)
    assert "two different trees" in told.stderr


def test_nothing_is_consistent_with_an_empty_log(log):
    empty = log.publish([], "empty") / "checkpoint"
    folder = log.publish(some(3), "after")
    griev("verify", "--consistent", empty, folder / "checkpoint", "--from", folder, "--key", log.key, code=REFUSED)


# -- audit


def audit(log, folder, *args, fy=2570, code=OK):
    return json.loads(griev("audit", fy, "--from", folder, "--key", log.key, "--json", *args, code=code).stdout)


YEAR = [
    accepted(C1, 202610, 1), accepted(CX, 202610, 2), accepted(CX, 202612, 3), accepted(C2, 202609, 4),
    leaf(4, 0, 202610), leaf(9), changed(1, CX, C0, 202610), changed(2, CX, CT, 202612), changed(2, CT, C2, 202612),
    leaf(3, 0, 202610, 0), leaf(4, 0, 202610), leaf(8), leaf(5, 0, 202709), leaf(6, 0, 202709), leaf(7),
]


def test_a_year_is_counted_from_leaves_alone(log):
    report = audit(log, log.publish(YEAR))
    assert (report["received"], report["kpi1"]) == (3, {"value": 2, "level": 3})
    assert report["by_class"] == {"C1": 1, "C2": 1, "CX": 0, "C0": 1, "CT": 0, "CI": 0, "CV": 0}
    assert (report["class_changes"], report["erased"], report["returns"]) == (3, 1, 2)
    assert (report["reports_issued"], report["reports_submitted"]) == (1, 1)
    assert [m["received"] for m in report["months"]] == [2, 0, 1] + [0] * 9
    assert report["months"][0]["month"] == "2026-10" and report["months"][11]["month"] == "2027-09"
    assert (report["finding_count"], report["counted_size"], report["size"]) == (0, 15, 15)
    assert audit(log, log.publish(YEAR), fy=2569)["received"] == 1


def test_it_can_be_counted_up_to_the_size_that_a_report_printed(log):
    folder = log.publish(YEAR)
    report = audit(log, folder, "--size", 6)
    assert (report["by_class"]["CX"], report["kpi1"]["value"], report["counted_size"], report["size"]) == (2, 3, 6, 15)
    assert audit(log, folder, "--size", 0)["received"] == 0
    griev("audit", 2570, "--from", folder, "--key", log.key, "--size", 16, code=USAGE)


def test_it_is_printed_for_people(log):
    told = griev("audit", 2570, "--from", log.publish(YEAR), "--key", log.key).stdout
    assert "give the signed root" in told and "2026-10" in told and "operator-signed only" in told


def test_a_level_is_never_printed_without_who_confirmed_it(log):
    level = lambda fy: audit(log, log.publish(YEAR), fy=fy)["level_en"]
    assert level(2570) == "3 (the log does not tell whether every unit has confirmed)"
    assert level(2560) == "5 (no unit has confirmed)"
    assert "5 (no unit has confirmed)" in griev("audit", 2560, "--from", log.publish(YEAR), "--key", log.key).stdout
    told = griev("audit", 2570, "--from", log.publish(YEAR), "--key", log.key, "--thai-digits", lang="th").stdout
    assert "ตุลาคม ๒๕๖๙" in told and "รายการทั้งหมดให้รากที่ลงนามไว้" in told


@pytest.mark.parametrize("lie,fault", [
    (changed(0, C2, C0, 202610), "not-current"), (changed(0, C1, C0, 202611), "other-month"),
    (changed(4, C1, C0, 202610), "about-other"), (changed(15, C1, C0, 202610), "about-later"),
    (leaf(3, 0, 202610, 0), "erased-twice"), (leaf(1, C0, 202610), "malformed"), (b"\7" * 48, "malformed"),
])
def test_a_leaf_that_breaks_a_rule_is_named_and_not_counted(log, lie, fault):
    folder = log.publish(YEAR + [lie])
    report = audit(log, folder, code=CONFLICT)
    assert [(each["index"], each["code"]) for each in report["findings"]] == [(15, fault)]
    assert (report["received"], report["kpi1"]["value"]) == (3, 2)
    assert fault in griev("audit", 2570, "--from", folder, "--key", log.key, code=CONFLICT).stdout


def entries(folder, number="000.p/15"):
    return folder / "tile" / "entries" / number


def test_entries_that_do_not_give_the_signed_root_are_told(log):
    folder = log.publish(YEAR)
    path = entries(folder)
    data = path.read_bytes()
    path.write_bytes(data[:30] + bytes([data[30] ^ 1]) + data[31:])
    assert "do not give the signed root" in griev("audit", 2570, "--from", folder, "--key", log.key, code=CONFLICT).stderr
    path.write_bytes(b"\0\x2f" + data[2:])
    assert "not 48 bytes" in griev("audit", 2570, "--from", folder, "--key", log.key, code=CONFLICT).stderr
    path.write_bytes(data[:-1])
    assert "shorter" in griev("audit", 2570, "--from", folder, "--key", log.key, code=REFUSED).stderr
    path.write_bytes(b"x" * 20000)
    griev("audit", 2570, "--from", folder, "--key", log.key, code=LOCAL)
    path.unlink()
    griev("audit", 2570, "--from", folder, "--key", log.key, code=NOT_FOUND)


def test_a_checkpoint_of_somebody_else_is_refused(log, tmp_path):
    (tmp_path / "other").mkdir()
    other = Log(tmp_path / "other", "02" * 32)
    assert "has not signed" in griev("audit", 2570, "--from", other.publish(YEAR), "--key", log.key, code=REFUSED).stderr
    griev("audit", 2570, "--from", tmp_path / "nothing", "--key", log.key, code=NOT_FOUND)


def test_a_full_tile_stands_for_the_partial_one_that_it_replaced(log):
    leaves = some(300)
    folder = log.publish(leaves[:200])
    early = folder / "checkpoint"
    kept = early.read_bytes()
    log.publish(leaves)
    (folder / "tile/entries/000.p/200").unlink()
    early.write_bytes(kept)
    assert audit(log, folder, fy=2570)["received"] == 200


@pytest.mark.parametrize("args", [["12x"], ["2026"], ["9999"], ["2570", "--from", "here", "--size", "many"]])
def test_a_wrong_audit_is_told_apart(log, args):
    griev("audit", *args, "--key", log.key, code=USAGE)


def test_a_hundred_thousand_leaves_are_counted(log):
    report = audit(log, log.publish(some(100_000)))
    assert report["received"] == 100_000 and report["kpi1"]["level"] == 1


# -- over HTTPS, from any server that has a copy


@pytest.fixture
def served(tmp_path):
    key, certificate = tmp_path / "tls.key", tmp_path / "tls.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True)
    folder = tmp_path / "published"
    folder.mkdir()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = tmp_path / "griev.conf"
    url = f"https://localhost:{server.server_port}"
    config.write_text(f"[server]\nurl = https://localhost:1\nca = {certificate}\nretries = 0\n[log]\nkey = log.pub\n")
    yield url, config
    server.shutdown()
    server.server_close()


def test_an_audit_takes_its_files_from_a_web_server(log, served):
    url, config = served
    log.publish(some(600))
    report = json.loads(griev("audit", 2570, "--from", url + "/", "--config", config, "--json").stdout)
    assert report["received"] == 600
    griev("audit", 2570, "--from", url + "/none", "--config", config, code=NOT_FOUND)
    griev("audit", 2570, "--from", "https://localhost:1/log", "--config", config, code=UNAVAILABLE)


def test_an_address_is_asked_without_settings_and_without_a_certificate(log, served, tmp_path):
    url, config = served
    folder = log.publish(some(600))
    early, ca = log.publish(some(300), "early") / "checkpoint", tmp_path / "tls.pem"
    home = {"HOME": str(tmp_path / "nobody"), "LC_ALL": "C.UTF-8"}
    asked = [GRIEV, "audit", "2570", "--from", url, "--key", log.key, "--json"]
    done = subprocess.run([*asked, "--ca", ca], capture_output=True, text=True, env=home)
    assert done.returncode == OK and json.loads(done.stdout)["received"] == 600, done
    assert subprocess.run(asked, capture_output=True, text=True, env=home).returncode == UNAVAILABLE, "not the system's"
    done = subprocess.run([GRIEV, "verify", "--consistent", early, folder / "checkpoint", "--from", url, "--key", log.key,
                           "--ca", ca], capture_output=True, text=True, env=home)
    assert done.returncode == OK, done
    config.write_text("[log]\nkey = log.pub\n")
    done = griev("audit", 2570, "--from", url, "--config", config, "--ca", ca, "--json")
    assert json.loads(done.stdout)["received"] == 600
    assert "[server] url is required" in griev("whoami", "--config", config, code=LOCAL).stderr
    config.write_text("[server]\nurl = https://localhost:1\n[log]\nkey = log.pub\n")
    assert "[server] ca is required" in griev("whoami", "--config", config, code=LOCAL).stderr
    config.write_text(f"[server]\nca = {ca}\nretries = 0\ncertificate = /nowhere.pem\nkey = /nowhere.key\n[log]\nkey = log.pub\n")
    assert json.loads(griev("audit", 2570, "--from", url, "--config", config, "--json").stdout)["received"] == 600
