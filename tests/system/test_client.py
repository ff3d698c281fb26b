"""The officer's work with griev: what is printed, what is kept, and what its exit code says."""

import hashlib
import json
import os
import pty
import re
import shutil
import signal
import stat
import subprocess
import unicodedata
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import vault
from harness import GRIEV, complaint, fiscal_year, running_site, today, wait_until
from load import check_register

OK, REFUSED, USAGE, FORBIDDEN, NOT_FOUND, CONFLICT, UNAVAILABLE, UNKNOWN, LOCAL = range(9)
JSON_OF = {"score": ["--json"], "report": ["--format", "json"]}
AT_ONCE = {"timeout": "2s", "connect_timeout": "1s", "retries": 0}


@pytest.fixture(scope="module")
def site():
    with running_site() as made:
        yield made


def done(result, code=OK):
    assert result.returncode == code, (result.stdout, result.stderr)
    return result


def letter(site, name=None, **fields):
    """A file with a complaint, as an officer writes it: without an id."""
    path = site.folder / f"{name or uuid.uuid4()}.json"
    path.write_text(json.dumps(complaint(**{"id": None, **fields}), ensure_ascii=False, indent=1))
    return path


def spool_of(path):
    return path.with_name(path.name + ".griev")


def fields_of(text):
    """Label -> value of what is printed a line each."""
    return dict(re.split(r" {2,}", line, maxsplit=1) for line in text.splitlines() if "  " in line)


def submitted(site, actor="TH-50", *args, **fields):
    return json.loads(done(site.griev(actor, "submit", letter(site, **fields), "--json", *args)).stdout)


def count(site, id):
    return site.postgres.psql(f"SELECT count(*) FROM register.complaint WHERE id = '{id}'")


# -- submitting


def test_submit_prints_number_and_code_and_a_second_run_the_same(site):
    path = letter(site)
    first = done(site.griev("TH-50", "submit", path))
    printed = fields_of(first.stdout)
    assert re.fullmatch(rf"TH-50/{fiscal_year(today())}/\d{{4}}", printed["Number"])
    assert re.fullmatch("[0-7][0-9A-Z]{25}", printed["Tracking code"])
    assert (printed["State"], printed["Route"]) == ("RECEIVED", "legal")
    assert done(site.griev("TH-50", "submit", path)).stdout == first.stdout
    assert count(site, printed["Id"]) == "1"


def test_what_is_sent_is_on_disk_for_its_owner_only(site):
    path = letter(site, narrative="ข้อความในแฟ้ม")
    answer = json.loads(done(site.griev("TH-50", "submit", path, "--json")).stdout)
    kept = spool_of(path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert vault.Stored(site, answer["id"]).open_body("legal")[1] in kept.read_bytes()


def test_a_file_with_an_id_is_sent_under_it(site):
    id = str(uuid.uuid4())
    assert submitted(site, id=id)["id"] == id


def test_a_complaint_comes_from_standard_input_or_from_options(site):
    body = complaint(narrative="จากช่องทางอื่น")
    piped = json.loads(done(site.griev("TH-50", "submit", "-", "--json", input=json.dumps(body))).stdout)
    assert piped["id"] == body["id"]
    narrative, person = site.folder / "narrative.txt", site.folder / "person.json"
    narrative.write_text("บรรทัดหนึ่ง\nบรรทัดสอง \u200b👩‍🔧\n")
    person.write_text('{"name": "นางสาวมะลิ"}')
    answer = json.loads(done(site.griev(
        "TH-50", "submit", "--json", "--narrative", narrative, "--channel", "walk_in", "--process", "service",
        "--subject", "bribery", "--identity", "confidential", "--complainant", person, "--conflict", "TH-90",
        "--conflict", "C-HR")).stdout)
    read = json.loads(done(site.griev("legal", "show", answer["id"], "--json")).stdout)
    assert read["body"]["narrative"] == narrative.read_text()
    assert (read["class"], read["received_on"], read["channel"]) == ("CX", today().isoformat(), "walk_in")
    assert read["body"]["conflict"] == ["TH-90", "C-HR"]


@pytest.mark.parametrize("way", ["file", "standard input"])
def test_the_mark_that_editors_put_before_a_text_is_no_part_of_it(site, way):
    mark = "\ufeff".encode()
    path = letter(site)
    path.write_bytes(mark + path.read_bytes())
    args, input = ([path], None) if way == "file" else (["-"], path.read_text())
    assert json.loads(done(site.griev("TH-50", "submit", *args, "--json", input=input)).stdout)["state"] == "RECEIVED"
    narrative, person = site.folder / "marked.txt", site.folder / "marked.json"
    narrative.write_bytes(mark + "ข้อความ".encode())
    person.write_bytes(mark + '{"name": "นางสาวมะลิ"}'.encode())
    id = json.loads(done(site.griev(
        "TH-50", "submit", "--json", "--narrative", narrative, "--channel", "walk_in", "--process", "service",
        "--subject", "bribery", "--identity", "named", "--complainant", person)).stdout)["id"]
    assert json.loads(done(site.griev("legal", "show", id, "--json")).stdout)["body"]["narrative"] == "ข้อความ"
    done(site.griev("legal", "take", id))
    done(site.griev("legal", "note", id, **({"input": "\ufeffโทรแจ้งแล้ว\n"})))
    told = json.loads(done(site.griev("legal", "show", id, "--json")).stdout)["timeline"][-1]["fields"]["text"]
    assert told == "โทรแจ้งแล้ว"
    settings = site.client_config("TH-50")
    settings.write_bytes(mark + settings.read_bytes())
    done(subprocess.run([GRIEV, "--config", settings, "whoami"], capture_output=True, text=True))


def test_faults_are_named_by_line_before_anything_is_sent(site):
    path = letter(site, narrative="", channel=None)
    result = done(site.griev("TH-50", "submit", path), REFUSED)
    narrative = next(k for k, line in enumerate(path.read_text().splitlines(), 1) if "narrative" in line)
    assert f"{path}:{narrative}: /narrative: " in result.stderr
    assert f"{path}: /channel: is required" in result.stderr
    assert "nothing was sent" in result.stderr and result.stdout == ""


def test_what_the_register_refuses_is_corrected_and_goes_out_under_the_same_id(site):
    path = letter(site, channel="pigeon")
    result = done(site.griev("TH-50", "submit", path), REFUSED)
    line = next(k for k, text in enumerate(path.read_text().splitlines(), 1) if "pigeon" in text)
    assert f"{path}:{line}: /channel: " in result.stderr
    id = re.search(r"^id (\S+)$", spool_of(path).read_text(), re.M)[1]
    path.write_text(path.read_text().replace("pigeon", "phone"))
    assert json.loads(done(site.griev("TH-50", "submit", path, "--json")).stdout)["id"] == id


def test_a_file_that_was_accepted_is_not_sent_again_when_it_changed(site):
    path = letter(site)
    done(site.griev("TH-50", "submit", path))
    before = site.postgres.psql("SELECT count(*) FROM register.complaint")
    path.write_text(path.read_text().replace("bribery", "other"))
    result = done(site.griev("TH-50", "submit", path), LOCAL)
    assert "was changed after it was accepted" in result.stderr
    assert site.postgres.psql("SELECT count(*) FROM register.complaint") == before


def test_a_damaged_spool_is_not_guessed_at(site):
    path = letter(site)
    done(site.griev("TH-50", "submit", path))
    kept = spool_of(path)
    kept.write_bytes(kept.read_bytes().replace(b"bribery", b"briberY"))
    assert "damaged" in done(site.griev("TH-50", "submit", path), LOCAL).stderr


@pytest.mark.parametrize("way", ["file", "standard input"])
def test_what_could_not_be_sent_is_sent_by_the_same_command(site, way):
    """The server does not answer, then it does again."""
    body = json.dumps(complaint(id=None, narrative=way))
    path = letter(site, narrative=way)
    command, input = (["submit", path], None) if way == "file" else (["submit", "-"], body)
    site.daemon.send_signal(signal.SIGSTOP)
    try:
        result = done(site.griev("TH-50", *command, input=input, **AT_ONCE), UNAVAILABLE)
    finally:
        site.daemon.send_signal(signal.SIGCONT)
    assert "run the same command again" in result.stderr
    before = site.postgres.psql("SELECT count(*) FROM register.complaint")
    answer = json.loads(done(site.griev("TH-50", *command, "--json", input=input)).stdout)
    assert site.postgres.psql("SELECT count(*) FROM register.complaint") == str(int(before) + 1)
    assert count(site, answer["id"]) == "1"


def test_a_file_waits_for_a_daemon_that_is_down(site):
    path = letter(site)
    site.stop_daemon()
    result = done(site.griev("TH-50", "submit", path, **AT_ONCE), UNAVAILABLE)
    assert "run the same command again" in result.stderr
    assert done(site.griev("TH-50", "health", **AT_ONCE), UNAVAILABLE).stdout == "Server answers  no\n"
    site.start_daemon().await_ready()
    assert fields_of(done(site.griev("TH-50", "submit", path)).stdout)["Number"].startswith("TH-50/")


@pytest.mark.parametrize("way", ["file", "standard input"])
def test_an_answer_that_never_came_is_asked_for_again_and_nothing_is_counted_twice(site, way):
    """The commit hangs, the client gives up; the complaint is in the register all the same, once."""
    path, id = letter(site, narrative=way), str(uuid.uuid4())
    body = json.dumps(complaint(id=id, narrative=way))
    command, input = (["submit", path], None) if way == "file" else (["submit", "-"], body)
    with site.postgres.session("BEGIN; SELECT FROM register.head FOR UPDATE"):
        result = done(site.griev("TH-50", *command, input=input, **AT_ONCE), UNKNOWN)
        assert "run the same command again" in result.stderr
        if way == "file":
            id = re.search(r"^id (\S+)$", spool_of(path).read_text(), re.M)[1]
            path.write_text(path.read_text().replace("bribery", "other"))
            changed = done(site.griev("TH-50", *command, **AT_ONCE), LOCAL)
            assert "keeps an earlier text that may have arrived" in changed.stderr
            command = ["submit", spool_of(path)]
    wait_until(lambda: count(site, id) == "1", "the commit is done")
    before = site.postgres.psql("SELECT count(*) FROM register.complaint")
    assert json.loads(done(site.griev("TH-50", *command, "--json", input=input)).stdout)["id"] == id
    assert site.postgres.psql("SELECT count(*) FROM register.complaint") == before
    check_register(site.postgres)


def elsewhere(site):
    """The same register by another address, and the same principal's certificate in another file."""
    copies = [shutil.copy(path, site.folder / f"renewed-{path.name}") for path in map(Path, site.certificate("TH-50"))]
    return {"url": f"https://127.0.0.1:{site.port}", "certificate": copies[0], "key": copies[1]}


@pytest.mark.parametrize("kept", ["now", "by an earlier version"])
def test_what_may_have_arrived_is_known_again_by_another_address_and_certificate(site, kept):
    """Neither is a part of who submits what; what an earlier griev kept by them is found as it was."""
    body = json.dumps(complaint(id=None, narrative=f"ย้ายที่ {kept}"))
    folder = site.folder / "state" / "spool"
    with site.postgres.session("BEGIN; SELECT FROM register.head FOR UPDATE"):
        before = set(folder.glob("*")) if folder.exists() else set()
        done(site.griev("TH-50", "submit", "-", input=body, **AT_ONCE), UNKNOWN)
        [spool] = set(folder.glob("*")) - before
    id = re.search(r"^id (\S+)$", spool.read_text(), re.M)[1]
    wait_until(lambda: count(site, id) == "1", "the commit is done")
    settings = elsewhere(site)
    if kept != "now":
        told = "\n".join([settings["url"], str(settings["certificate"]), hashlib.sha256(body.encode()).hexdigest()])
        spool.rename(folder / f"{hashlib.sha256(told.encode()).hexdigest()}.griev")
    assert json.loads(done(site.griev("TH-50", "submit", "-", "--json", input=body, **settings)).stdout)["id"] == id
    assert set(folder.glob("*")) == before


def test_a_change_whose_answer_never_came_is_done_once(site):
    case = submitted(site)
    done(site.griev("legal", "show", case["ref"]))  # that it was opened is an event, which would wait as well
    with site.postgres.session(f"BEGIN; SELECT FROM register.complaint WHERE id = '{case['id']}' FOR UPDATE"):
        done(site.griev("legal", "take", case["ref"], **AT_ONCE), UNKNOWN)
    events = f"SELECT count(*) FROM register.event WHERE complaint = '{case['id']}' AND kind = 'register'"
    wait_until(lambda: site.postgres.psql(events) == "1", "the move is done")
    again = done(site.griev("legal", "take", case["ref"]))
    assert "the same request is sent again" in again.stderr
    assert fields_of(again.stdout) == {"Number": case["ref"], "State": "TRIAGE In triage", "Version": "2"}
    assert site.postgres.psql(events) == "1"


def erase(site, case):
    site.postgres.psql(f"UPDATE register.complaint SET state = 'CLOSED' WHERE id = '{case['id']}'")
    done(site.griev("head", "erase", case["ref"], "--approval-no", "1", input="ครบกำหนด\n"))
    done(site.griev("custodian-1", "approve", case["ref"]))


@pytest.mark.parametrize("way", ["file", "options"])
def test_the_office_is_told_which_copies_of_what_was_erased_it_still_has(site, way):
    path, narrative = letter(site, narrative="ลบได้"), site.folder / "erased.txt"
    narrative.write_text("ลบได้")
    command = ["submit", path.name] if way == "file" else [
        "submit", "--narrative", narrative.name, "--channel", "walk_in", "--process", "service", "--subject", "leak",
        "--identity", "anonymous"]
    copies = [path, spool_of(path)] if way == "file" else [narrative]
    case = json.loads(done(site.griev("TH-50", *command, "--json")).stdout)
    assert json.loads(done(site.griev("TH-50", "receipt", case["ref"], "--json")).stdout)["copies"] == [str(each) for each in copies]
    for args in (["show", case["ref"]], ["list"]):
        assert "erased" not in done(site.griev("TH-50", *args)).stderr.lower()
    erase(site, case)
    assert "Erased at" in done(site.griev("TH-50", "show", case["ref"])).stdout
    for args in (["show", case["ref"]], ["list"]):
        told = done(site.griev("TH-50", *args)).stderr
        assert [line for line in told.splitlines() if case["ref"] in line] == [
            line for each in copies for line in told.splitlines()
            if line.startswith(f"griev: {each}: {case['ref']} was erased at ") and line.endswith(": delete this copy")]
        assert told.count("delete this copy") >= len(copies)
        assert "ให้ลบแฟ้มนี้" in done(site.griev("TH-50", *args, "--lang", "th")).stderr
        assert done(site.griev("TH-50", *args, "--json")).stderr == ""
        assert case["ref"] not in done(site.griev("TH-50-head", *args), *([NOT_FOUND] if args[0] == "show" else [])).stderr
    if way == "file":
        assert "delete the copies that you keep" in done(site.griev("TH-50", *command), CONFLICT).stderr
    for each in copies:
        each.unlink()
    assert case["ref"] not in done(site.griev("TH-50", "list")).stderr
    done(site.griev("TH-50", "receipt", case["ref"]))


# -- looking


def display_width(text):
    """Columns in a terminal: marks above and below take none of their own."""
    return sum(0 if unicodedata.category(each) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def cell_starts(line):
    """In which columns cells begin: after two blanks or more."""
    return [display_width(line[:each.start()]) for each in re.finditer(r"(?<!\S)(?<!\S )\S", line)]


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("actor, verb", [("TH-50", "units"), ("legal", "list"), ("admin", "principals")])
def test_columns_line_up_whatever_stands_above_and_below_the_letters(site, lang, actor, verb):
    submitted(site)
    head, *rows = done(site.griev(actor, verb, "--lang", lang)).stdout.splitlines()
    assert len(rows) >= 1
    for row in rows:
        assert cell_starts(row) == cell_starts(head), row


def test_a_thai_reader_is_told_in_thai_what_is_refused_and_what_codes_mean(site):
    case = submitted(site)
    done(site.griev("legal", "take", case["ref"]))
    for verb in (["show", case["ref"]], ["list"], ["queue"]):
        text = done(site.griev("legal", *verb, "--lang", "th")).stdout
        assert "CX ยังไม่จำแนกประเภท" in text, text
    timeline = done(site.griev("legal", "show", case["ref"], "--lang", "th")).stdout
    assert re.search(r"RECEIVED \S*[ก-๙]", timeline) and "legal กลุ่มนิติการ" in timeline
    for lang, said in (("th", ("บทบาทของท่านไม่มีสิทธิทำสิ่งนี้ ผู้ทำได้คือ admin, auditor", "ดูสิทธิของท่านด้วย")),
                       ("en", ("Your roles do not allow this: none of your roles allows this; it takes one of: admin",))):
        refused = site.griev("TH-50", "principals", "--lang", lang).stderr
        assert all(each in refused for each in said), refused


@pytest.mark.parametrize("accepts, thai", [("th", True), ("th-TH,th;q=0.9,en;q=0.8", True), ("en;q=0.4, th;q=0.5", True), ("en;q=0.45, th;q=0.5", True),
                                           ("en,th;q=0.9", False), ("en", False), ("thx", False), ("de, *", False), ("", False)])
def test_problems_are_in_the_language_that_is_accepted_more(site, accepts, thai):
    refused = site.request("TH-50-head", "POST", "/v1/returns", {"event_id": str(uuid.uuid4())}, {"Accept-Language": accepts})
    assert refused.status == 422
    assert refused.json["title"] == ("เนื้อหามีข้อผิดพลาด" if thai else "The content has faults")
    assert refused.json["detail"] == ("/unit ต้องระบุ" if thai else "/unit is missing")
    assert (refused.headers["Content-Language"], refused.headers["Vary"]) == ("th" if thai else "en", "Accept-Language")
    faults = site.request("TH-50", "PUT", f"/v1/complaints/{uuid.uuid4()}", {}, {"Accept-Language": accepts}).json["errors"]
    assert {each["detail"] for each in faults} == {"ต้องระบุ" if thai else "is required"}


def test_codes_in_lists_have_their_names_in_the_readers_language(site):
    def listed(actor, *args, lang="th"):
        return done(site.griev(actor, *args, "--lang", lang)).stdout

    added = json.loads(done(site.griev("head", "evidence", "add", "--kind", "publication", "--criterion", "4.2", "--url", "https://example.org/named",
                                       "--audience", "internal", "--valid-from", "2024-10-01", "--json")).stdout)["id"]
    done(site.griev("admin", "principal", "set", "named", "--name-th", "เสมียน", "--name-en", "Clerk", "--unit", "TH-50", "--role", "officer",
                    "--active", "yes"))
    done(site.griev("admin", "principal", "set", "named", "--role", "officer", "--role", "admin"))
    ref = submitted(site)["ref"]
    for status, at in (("waiting", "09:00"), ("dead", "10:00")):
        site.postgres.psql(f"INSERT INTO register.outbox (id, at, recipient, email, ref, matter, status, next_try_at) SELECT gen_random_uuid(), "
                           f"'2026-11-28 {at}+07', 'legal', 'l@example.org', '{ref}', 'routed', '{status}', now() + interval '1 year'")
    evidence, proposals, mail = listed("head", "evidence", "list"), listed("admin", "proposals"), listed("admin", "mail")
    assert re.search(rf"publication การเผยแพร่ประชาสัมพันธ์ .* internal ภายใน .*{added}", evidence), evidence
    assert re.search(r"principal_set บันทึกผู้ใช้ .* open รอพิจารณา", proposals), proposals
    assert "waiting รอส่ง" in mail and "dead ส่งไม่ได้" in mail, mail
    assert re.search(r"^TH-50 .* provincial สำนักงานสถิติจังหวัด ", listed("admin", "units"), re.M)
    assert "custodian ผู้รักษากุญแจตัวตน" in listed("admin", "principals")
    assert re.search(r"^บทบาท +head ผู้อำนวยการกลุ่มนิติการ$", listed("head", "whoami"), re.M)
    assert re.search(r"^Roles +head Head of the legal group$", listed("head", "whoami", lang="en"), re.M)
    for told in json.loads(done(site.griev("admin", "proposals", "--json")).stdout)["items"]:
        assert told["status"] in ("open", "approved", "rejected", "expired"), "for programs, codes"


@pytest.mark.parametrize("lang, why", [("th", "มีช่องข้อมูลซ้ำกัน"), ("en", "a member is given twice")])
def test_why_a_content_is_no_json_is_said_in_the_readers_language(site, lang, why):
    path = site.folder / f"twice-{lang}.json"
    path.write_text('{"channel": "box",\n "channel": "box"}')
    assert re.search(rf"{path.name}:2:\d+: {why}\n", site.griev("TH-50", "submit", path, "--lang", lang).stderr)


def test_only_what_a_language_was_chosen_for_says_so(site):
    answer, problem = site.request("TH-50", "GET", "/v1/me", None, {"Accept-Language": "th"}), site.request("TH-50", "GET", "/v1/nothing")
    assert answer.status == 200 and not {"Content-Language", "Vary"} & set(answer.headers)
    assert problem.status == 404 and (problem.headers["Content-Language"], problem.headers["Vary"]) == ("en", "Accept-Language")


@pytest.mark.parametrize("said, method, path, headers, status", [
    ("บรรทัด 1 ตำแหน่ง 12: มีช่องข้อมูลซ้ำกัน", "POST", "/v1/returns", {}, 400),
    ("คำขอมีพารามิเตอร์ที่ใช้ที่นี่ไม่ได้", "GET", "/v1/complaints?if_match=1", {}, 400),
    ("If-Match ต้องเป็นรุ่นข้อมูลหนึ่ง เช่น \"3\"", "GET", "/v1/complaints", {"If-Match": "x"}, 400),
    ("Griev-Checkpoint ต้องเป็นจุดตรวจสอบที่ลงนามแล้วใน base64", "POST", "/v1/returns", {"Griev-Checkpoint": "?"}, 400),
    ("lang ต้องเป็น th หรือ en", "GET", "/v1/statistics/2570.html?lang=de", {}, 400)])
def test_what_the_daemon_says_by_itself_is_said_in_thai(site, said, method, path, headers, status):
    body = b'{"a": 1, "a": 2}' if method == "POST" else None
    refused = site.request("TH-50-head", method, path, body, {"Accept-Language": "th", "Content-Type": "application/json"} | headers)
    assert (refused.status, refused.json.get("detail")) == (status, said), refused


def test_a_day_is_read_as_people_write_it_and_sent_as_one_of_our_time(site):
    ref = submitted(site)["ref"]
    thai = f"{today().day}/{today().month}/{today().year + 543}"
    for day in (today().isoformat(), f"{today().year + 543}{today().isoformat()[4:]}", thai):
        assert ref in done(site.griev("TH-50", "list", "--received-from", day, "--all")).stdout
        assert ref not in done(site.griev("TH-50", "list", "--received-to", (today() - timedelta(1)).isoformat())).stdout
        assert ref in done(site.griev("legal", "due", f"{today().year + 544}-01-31")).stdout
    for args in (["list", "--received-from", "31/2/2569"], ["list", "--due-by", "tomorrow"], ["due", "2569-02-30"]):
        assert "is no day, such as" in done(site.griev("legal", *args), USAGE).stderr
    refused = site.request("legal", "GET", "/v1/queue?due_by=2569-11-28")
    assert (refused.status, refused.json["detail"]) == (422, "/due_by must be a day, YYYY-MM-DD, of a Christian year")


@pytest.mark.parametrize("option, says", [
    ("--state", "state must be one of: RECEIVED, TRIAGE, "), ("--class", "class must be one of: "),
    ("--subject", "subject must be one of: "), ("--unit", "unit is none of the list of units")])
def test_cases_of_what_there_is_none_of_are_not_said_to_be_none(site, option, says):
    assert says in done(site.griev("legal", "list", option, "nothing"), USAGE).stderr


@pytest.mark.parametrize("year, says", [("1999", "is no Buddhist fiscal year"), ("2700", "has no such fiscal year")])
def test_cases_of_a_year_that_there_is_not_are_not_said_to_be_none(site, year, says):
    assert says in done(site.griev("legal", "list", "--fy", year), USAGE).stderr
    refused = site.request("legal", "GET", f"/v1/complaints?fy={year}")
    assert (refused.status, refused.json["detail"]) == (422, "the register has no such fiscal year")


def test_a_name_that_nothing_is_assigned_to_is_doubted(site):
    says = "nobody: no case that you may read is assigned to this name"
    told = done(site.griev("legal", "list", "--assignee", "nobody"))
    assert says in told.stderr and told.stdout == "There is none.\n"
    told = done(site.griev("legal", "list", "--assignee", "nobody", "--json"))
    assert (json.loads(told.stdout)["items"], told.stderr) == ([], "")
    assert done(site.griev("legal", "list", "--state", "CLOSED")).stderr == ""


def test_list_goes_page_by_page_or_all(site):
    refs = [submitted(site, "TH-90")["ref"] for _ in range(5)]
    short = done(site.griev("TH-90", "list", "--limit", "2"))
    assert len(short.stdout.splitlines()) == 3 and "--all" in short.stderr
    whole = json.loads(done(site.griev("TH-90", "list", "--limit", "2", "--all", "--json")).stdout)
    assert [each["ref"] for each in whole["items"]][:5] == refs[::-1]
    none = json.loads(done(site.griev("TH-90", "list", "--state", "CLOSED", "--json")).stdout)
    assert none["items"] == []


def test_show_tells_who_may_read_all_and_the_officer_what_is_his(site):
    case = submitted(site, narrative="เนื้อความเต็ม", accused=[{"name": "นายดำ"}])
    for name in (case["ref"], case["id"]):
        text = done(site.griev("legal", "show", name)).stdout
        assert "เนื้อความเต็ม" in text and "นายดำ" in text
        printed = fields_of(text)
        assert (printed["Number"], printed["Next"]) == (case["ref"], "accuse, interest, note, take, withdraw")
        assert printed["Class"].startswith("CX ")
    text = done(site.griev("TH-50", "show", case["ref"])).stdout
    assert "เนื้อความเต็ม" not in text and "นายดำ" not in text and "Timeline" in text


def test_what_a_complaint_holds_cannot_command_the_terminal(site):
    case = submitted(site, narrative="ก\u001b[31mข\u0007\u202eค\u009b1m\u2066ง")
    text = done(site.griev("legal", "show", case["ref"])).stdout
    assert not [each for each in text if each != "\n" and unicodedata.category(each) in ("Cc", "Cf")]
    assert "ก\ufffd[31mข\ufffd\ufffdค\ufffd1m\ufffdง" in text


def test_thai_digits_are_printed_where_no_code_is(site):
    case = submitted(site)
    text = done(site.griev("legal", "show", case["ref"], "--lang", "th", "--thai-digits")).stdout
    printed = fields_of(text)
    assert printed["เลขที่รับ"] == case["ref"]
    day = today()
    months = ("มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน "
              "ธันวาคม").split()
    digits = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    assert printed["วันรับเรื่อง"] == f"{day.day} {months[day.month - 1]} {day.year + 543}".translate(digits)
    assert printed["ปีงบประมาณ"] == str(fiscal_year(day)).translate(digits)
    plain = done(site.griev("legal", "show", case["ref"], "--lang", "th")).stdout
    assert fields_of(plain)["ปีงบประมาณ"] == str(fiscal_year(day))


def test_json_is_what_the_server_sent(site):
    for actor, args, path in (("TH-50", ["units"], "/v1/units"), ("TH-50", ["whoami"], "/v1/me"),
                              ("legal", ["taxonomy"], "/v1/taxonomy")):
        sent = site.request(actor, "GET", path)
        assert done(site.griev(actor, *args, "--json")).stdout.encode() == sent.body + b"\n"
        pretty = done(site.griev(actor, *args, "--json=pretty")).stdout
        assert json.loads(pretty) == sent.json and "\n  " in pretty
    problem = json.loads(done(site.griev("TH-50", "show", "TH-50/2570/9999", "--json"), NOT_FOUND).stdout)
    assert (problem["status"], problem["type"]) == (404, "urn:grievd:problem:not-found")


def test_colour_is_for_terminals_or_when_it_is_asked_for(site):
    year = str(fiscal_year(today()))
    assert "\u001b[" not in done(site.griev("director", "score", year)).stdout
    assert "\u001b[" in done(site.griev("director", "score", year, "--colour", "always")).stdout


def test_whoami_says_name_unit_and_roles(site):
    printed = fields_of(done(site.griev("alt-intake", "whoami")).stdout)
    assert (printed["Name"], printed["Unit"], printed["Roles"]) == ("alt-intake", "ALT", "intake Intake officer")


def test_health_says_whether_server_and_register_are_ready(site):
    healthy = done(site.griev(None, "health"))
    assert fields_of(healthy.stdout) == {"Server answers": "yes", "Register ready": "yes"}


def test_track_takes_a_code_from_standard_input_and_needs_no_certificate(site):
    track = submitted(site)["track"]
    for typed in (track, track.lower(), f"{track[:13]}-{track[13:]}"):
        printed = fields_of(done(site.griev(None, "track", input=typed + "\n")).stdout)
        assert (printed["Since"], printed["Identity opened"]) == (today().isoformat(), "no")
    assert "others can see" in done(site.griev(None, "track", track), USAGE).stderr


# -- the office and the legal group


def test_take_registers_a_case(site):
    case = submitted(site)
    assert fields_of(done(site.griev("triager", "take", case["ref"])).stdout)["State"] == "TRIAGE In triage"
    assert "in state TRIAGE" in done(site.griev("legal", "take", case["ref"]), CONFLICT).stderr
    events = json.loads(done(site.griev("TH-50", "show", case["id"], "--json")).stdout)["timeline"]
    assert [each["kind"] for each in events] == ["accepted", "register"]


def test_confirm_takes_a_month_of_either_calendar(site):
    printed = fields_of(done(site.griev("TH-50-head", "confirm", "2568-01", "--count", "0")).stdout)
    assert (printed["Unit"], printed["Month"], printed["Count"], printed["Late"]) == ("TH-50", "2025-01", "0", "yes")
    assert "already confirmed" in done(site.griev("TH-50-head", "confirm", "2025-01", "--count", "0"), CONFLICT).stderr
    done(site.griev("TH-50-head", "confirm", "2025-02", "--unit", "TH-90", "--count", "0"), FORBIDDEN)
    assert "--count" in done(site.griev("TH-50-head", "confirm", "2025-02", input=""), USAGE).stderr
    for wrong in ("2025", "2025-13", "last", "2025-1"):
        done(site.griev("TH-50-head", "confirm", wrong, "--count", "0"), USAGE)
    rows = json.loads(done(site.griev("TH-50-head", "returns", "--fy", "2568", "--json")).stdout)["items"]
    assert [each["month"] for each in rows if each["count"] is not None] == ["2025-01"]


def test_months_years_and_numbers_are_read_in_thai_digits(site):
    printed = fields_of(done(site.griev("TH-50-head", "confirm", "๒๕๖๘-๐๓", "--count", "๐")).stdout)
    assert (printed["Month"], printed["Count"]) == ("2025-03", "0")
    rows = json.loads(done(site.griev("TH-50-head", "returns", "--fy", "๒๕๖๘", "--json")).stdout)["items"]
    assert {"2024-10", "2025-03"} <= {each["month"] for each in rows}
    for verb in ("score", "report"):
        assert json.loads(done(site.griev("director", verb, "๒๕๗๐", *JSON_OF[verb])).stdout)["fy"] == 2570
    done(site.griev(None, "statistics", "2570", "--months", "๑-๖"), NOT_FOUND)  # understood, and not published
    done(site.griev(None, "statistics", "2570", "--months", "๑-๑๓"), USAGE)
    for args in (["confirm", "๒๕๖๘-๑๓", "--count", "0"], ["confirm", "๒๕๖๘-๑", "--count", "0"], ["returns", "--fy", "๒๐๒๖"]):
        done(site.griev("TH-50-head", *args), USAGE)


@pytest.mark.parametrize("lang, asked", [("en", "Number of complaints of 2025-04"), ("th", "จำนวนเรื่องของเดือน เมษายน 2568")])
def test_who_is_asked_for_a_months_number_reads_which_month_was_understood(site, lang, asked):
    ours, theirs = pty.openpty()
    running = subprocess.Popen([GRIEV, "--config", site.client_config("TH-50-head"), "confirm", "๒๕๖๘-๐๔", "--lang", lang],
                               stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(ours, b"none\n")
    told = running.communicate(timeout=30)[1].decode()
    os.close(theirs)
    os.close(ours)
    assert asked in told and running.returncode == USAGE, told


def test_a_box_and_its_letters(site):
    added = json.loads(done(site.griev(
        "TH-50", "box", "add", "--opened-on", today(), "--opener", "นาย ก", "--opener", "นาง ข", "--seal-before", "1",
        "--seal-after", "2", "--items", "2", "--not-complaint", "2:กระดาษเปล่า", "--json")).stdout)
    assert (added["expected"], added["not_complaints"]) == (1, 1)
    submitted(site, box_opening=added["id"])
    row = next(each for each in json.loads(done(site.griev("TH-50", "box", "list", "--json")).stdout)["items"]
               if each["id"] == added["id"])
    assert (row["complaints"], row["missing"]) == (1, 0)


def test_evidence_is_added_listed_scored_and_ended(site):
    document = site.folder / "order.pdf"
    document.write_bytes(b"%PDF-1.7 order")
    year = str(fiscal_year(today()))
    printed = fields_of(done(site.griev(
        "head", "evidence", "add", "--kind", "working_group", "--criterion", "4.2", "--order-no", "๑๒/๒๕๖๙",
        "--order-date", "2024-10-01", "--valid-from", "2024-10-01", "--document", document)).stdout)
    assert (printed["Kind"], printed["Order"]) == ("working_group Order appointing the working group", "๑๒/๒๕๖๙")
    kept = json.loads(done(site.griev("head", "evidence", "list", "--criterion", "4.2", "--json")).stdout)["items"]
    assert kept[0]["document_sha256"] == hashlib.sha256(document.read_bytes()).hexdigest()
    text = done(site.griev("director", "score", year, "--lang", "th")).stdout
    assert re.search(r"^4\.2 .*ระดับตามหลักฐานในระบบ 1$", text, re.M)
    assert "ที่ ๑๒/๒๕๖๙" in text and "ค่า (เรื่อง)" in text
    ended = fields_of(done(site.griev("head", "evidence", "end", kept[0]["id"], "--on", "2024-12-31", "--reason", "มีคำสั่งใหม่")).stdout)
    assert ended["Ended"] == "2024-12-31"
    text = done(site.griev("director", "score", year, "--lang", "th")).stdout
    assert re.search(r"^4\.2 .*ระดับตามหลักฐานในระบบ 0$", text, re.M) and "ยกเลิกแล้วเมื่อวันที่ 31 ธันวาคม 2567" in text


def test_administration_takes_two_where_it_must(site):
    added = done(site.griev("admin", "principal", "set", "clerk", "--name-th", "เสมียน", "--name-en", "Clerk",
                            "--unit", "TH-50", "--role", "officer", "--active", "yes"))
    assert fields_of(added.stdout)["Roles"] == "officer Receiving officer"
    proposal = json.loads(done(site.griev("admin", "principal", "set", "clerk", "--role", "officer", "--role", "admin",
                                          "--json")).stdout)["proposal"]
    assert proposal in done(site.griev("admin-2", "proposals")).stdout
    done(site.griev("admin", "approve", proposal), FORBIDDEN)
    done(site.griev("admin-2", "approve", proposal))
    assert fields_of(done(site.griev("clerk", "whoami")).stdout)["Roles"] == "officer Receiving officer, admin Administrator"
    done(site.griev("admin-2", "reject", proposal), CONFLICT)
    changed = done(site.griev("admin", "unit", "set", "TH-50", "--deputy", "clerk"))
    assert fields_of(changed.stdout)["Deputy"] == "clerk"
    assert fields_of(changed.stdout)["Head"] == "TH-50-head"


def test_a_terminal_gets_no_orders_and_a_program_every_byte(site):
    armed = "\u009b31m\u202e"
    id = submitted(site, narrative=f"ก{armed}ข")["id"]
    assert armed in done(site.griev("legal", "show", id, "--json")).stdout
    ours, theirs = pty.openpty()
    for args in (["--json"], ["--json=pretty"], []):
        running = subprocess.Popen([GRIEV, "--config", site.client_config("legal"), "show", id, *args, "--colour",
                                    "never"], stdout=theirs, stdin=subprocess.DEVNULL)
        seen = b""
        while "ข".encode() not in seen:
            seen += os.read(ours, 65536)
        running.terminate()
        running.wait()
        text = seen.decode(errors="ignore")
        assert "ก\ufffd31m\ufffdข" in text and not set(armed[0] + armed[-1] + "\033") & set(text)
    os.close(theirs)
    os.close(ours)


# -- exit codes


@pytest.mark.parametrize("actor, args, code", [
    ("TH-50", ["frob"], USAGE), ("TH-50", [], USAGE), ("TH-50", ["list", "--frob"], USAGE),
    ("TH-50", ["list", "--limit", "many"], USAGE), ("TH-50", ["show"], USAGE), ("TH-50", ["submit"], USAGE),
    ("TH-50", ["list", "--limit", "500"], USAGE), ("TH-50", ["list", "--lang", "xx"], USAGE),
    ("director", ["score", "abc"], USAGE), ("director", ["report", "2026"], USAGE), ("director", ["score", "2700"], NOT_FOUND),
    ("director", ["report", "2570", "--format", "doc"], USAGE), ("TH-50", ["list", "--colour", "red"], USAGE),
    ("head", ["evidence", "list", "--kind", "regulations"], USAGE), ("committee", ["assess", "list", "--code", "9"], USAGE),
    ("TH-50", ["score"], FORBIDDEN), ("TH-50", ["take", str(uuid.uuid4())], NOT_FOUND),
    (None, ["list"], FORBIDDEN), ("stranger", ["whoami"], FORBIDDEN),
    ("TH-50", ["show", "TH-50/2570/9999"], NOT_FOUND), ("TH-50", ["submit", "/nowhere/letter.json"], LOCAL),
    ("TH-50", ["help"], OK), ("TH-50", ["submit", "--help"], OK), ("TH-50", ["--version"], OK),
    ("TH-50", ["box"], USAGE), ("TH-50", ["box", "--help"], OK),
])
def test_the_exit_code_says_what_kind_of_end_it_was(site, actor, args, code):
    result = done(site.griev(actor, *args), code)
    assert (result.stderr == "") == (code == OK)


def griev(*args):
    """Without settings, as help and completion are asked for."""
    return done(subprocess.run([GRIEV, *args], capture_output=True, text=True, env={"LANG": "C.UTF-8"})).stdout


def verbs():
    """(words, usage) of each verb in the overview."""
    lines = [line[2:] for line in griev("help").split("\n\n")[0].splitlines()[1:]]
    names = [re.match(r"[a-z-]+( [a-z-]+(?= ))?", line).group() for line in lines]
    return list(zip(names, lines))


def test_help_of_a_group_names_its_verbs_and_help_of_a_verb_is_its_own():
    groups = {}
    for name, line in verbs():
        groups.setdefault(name.split()[0], []).append(line.split("  ")[0].strip())
        assert griev(*name.split(), "--help").startswith(f"griev {name}"), name
    assert {"assess", "box", "custodian", "evidence", "identity", "keygen", "principal", "unit"} < set(groups)
    for group in ("assess", "box", "custodian", "evidence", "identity", "import", "keygen", "principal", "unit"):
        told = griev(group, "--help")
        assert told == griev("help", group)
        head, *rows = told.splitlines()
        assert head.startswith(f"griev {group} VERB") and [row.split("  ")[1].strip() for row in rows] == groups[group], told


@pytest.mark.parametrize("words, may_follow", [
    (["box"], ["add", "list"]), (["--", "--lang"], ["th", "en"]), (["--", "list", "--unit"], []),
    (["--", "report", "--format"], ["text", "json", "html", "csv", "xlsx", "pdf", "memo"]),
    (["--", "evidence", "pack", "--format"], ["text", "json", "html", "pdf"])])
def test_completion_knows_what_an_option_may_be(words, may_follow):
    assert griev("complete", *words).split() == may_follow


@pytest.mark.parametrize("settings, code", [
    ({"ca": "/nowhere/ca.pem"}, LOCAL), ({"certificate": "/nowhere/TH-50.pem"}, LOCAL),
    ({"url": "http://localhost:1"}, LOCAL), ({"frob": "1"}, LOCAL),
    ({"url": "https://localhost:1", "retries": 0}, UNAVAILABLE), ({"url": "https://nowhere.invalid", "retries": 0}, UNAVAILABLE),
])
def test_settings_that_do_not_work_are_told_apart_from_a_server_that_is_away(site, settings, code):
    assert done(site.griev("TH-50", "whoami", **settings), code).stderr != ""


def test_a_server_of_another_authority_gets_nothing(site):
    other = site.folder / "other-ca"
    site.ca("init", other)
    path = letter(site)
    result = done(site.griev("TH-50", "submit", path, ca=other / "ca.pem"), LOCAL)
    assert "not who it should be" in result.stderr
    done(site.griev("TH-50", "submit", path))


def test_a_revoked_certificate_is_told_as_such(site):
    done(site.griev("admin", "principal", "set", "gone", "--name-th", "ก", "--name-en", "G", "--unit", "TH-50",
                    "--role", "officer", "--active", "yes"))
    done(site.griev("gone", "whoami"))
    site.ca("revoke", site.ca_folder, "gone")
    site.reload()
    assert "certificate" in done(site.griev("gone", "whoami", retries=0), FORBIDDEN).stderr


@pytest.mark.parametrize("args, code, says", [
    (["list", "--sort", "--json"], USAGE, "--sort: there is no such option"), (["show", "--json"], USAGE, "show: something is missing"),
    (["due", "tomorrow", "--json"], USAGE, "tomorrow: is no day"), (["submit", "/nowhere.json", "--json"], LOCAL, "/nowhere.json")])
def test_what_fails_here_is_a_problem_document_too(site, args, code, says):
    failed = done(site.griev("TH-50", *args), code)
    problem = json.loads(failed.stdout)
    assert (problem["type"], problem["exit"]) == ("urn:grievd:problem:client", code) and says in problem["detail"], problem
    assert not done(site.griev("TH-50", *(each for each in args if each != "--json")), code).stdout


def test_the_faults_of_a_file_are_in_it(site):
    failed = done(site.griev("TH-50", "submit", letter(site, channel="pigeon", narrative=""), "--json"), REFUSED)
    assert {fault["pointer"] for fault in json.loads(failed.stdout)["errors"]} >= {"/narrative"}


def test_the_same_at_the_same_time_is_told(site):
    path = letter(site)
    path.with_name(path.name + ".griev").symlink_to("/nowhere/else")  # what comes into being while it is looked for
    assert "another griev is at work on the same" in done(site.griev("TH-50", "submit", path), LOCAL).stderr
    case = submitted(site)
    command = "\n".join(["legal", f"/v1/complaints/{case['id']}/events", '{"kind":"register"}'])
    pending = site.folder / "state" / "pending" / hashlib.sha256(command.encode()).hexdigest()
    pending.parent.mkdir(exist_ok=True)
    pending.symlink_to("/nowhere/else")
    assert "another griev is at work on the same" in done(site.griev("legal", "take", case["ref"]), LOCAL).stderr
    pending.unlink()
    done(site.griev("legal", "take", case["ref"]))


def test_a_text_that_is_too_long_is_refused_with_how_long_it_may_be(site):
    ref = submitted(site)["ref"]
    text = site.folder / "long.txt"
    text.write_text("a" * 100_001)
    assert "100,000 bytes" in done(site.griev("legal", "note", ref, "--text", text), REFUSED).stderr
    refused = site.request("legal", "POST", f"/v1/complaints/{ref.replace('/', '%2F')}/events", {
        "event_id": str(uuid.uuid4()), "kind": "note", "audience": "internal", "text": "a" * 100_001})
    assert (refused.status, refused.json["detail"]) == (422, "a text has 1 to 100000 bytes")


@pytest.mark.parametrize("kib", [241, 1100])
def test_a_content_past_the_limit_is_told_the_limit_and_the_other_way_before_it_is_sent(site, kib):
    path = letter(site)
    path.write_text(path.read_text().replace("{", "{" + " " * (kib * 1024), 1))
    for args, input in (([path], None), (["-"], path.read_text())):
        told = done(site.griev("TH-50", "submit", *args, input=input, url="https://localhost:1"), REFUSED).stderr
        assert "240 KiB" in told and "griev attach" in told and "HTTP" not in told
    ref = submitted(site)["ref"]
    accused = [arg for n in range(kib) for arg in ("--accused", f"{n}{'a' * 1020}")]
    told = done(site.griev("legal", "accuse", ref, *accused, input="เหตุผล\n"), REFUSED).stderr
    assert "240 KiB" in told and "griev attach" in told and "HTTP" not in told


@pytest.mark.parametrize("actor, lang, says", [
    ("TH-50", "en", "a content has at most 240 KiB; what is longer is attached as a file, which has at most 25 MiB"),
    ("TH-50", "th", "เนื้อหายาวได้ไม่เกิน 240 KiB ส่วนที่ยาวกว่านั้นให้แนบเป็นแฟ้ม ซึ่งมีขนาดได้ไม่เกิน 25 MiB"),
    (None, "en", "without a certificate a content has at most 4 KiB")])
def test_the_register_says_how_long_a_content_may_be(site, actor, lang, says):
    path = f"/v1/complaints/{uuid.uuid4()}" if actor else "/v1/track"
    refused = site.request(actor, "PUT" if actor else "POST", path, {"a": "b" * 250_000}, {"Accept-Language": lang})
    assert (refused.status, refused.json["detail"]) == (413, says)
