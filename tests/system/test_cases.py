"""The legal group's work with griev and over HTTPS: whole cases, and their clocks."""

import json
import re
import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from harness import fiscal_year, running_site, today, wait_until

YEAR = fiscal_year(today())
DAY = today().isoformat()
SCREEN = ["--in-remit", "yes", "--conflict", "no", "--particulars", "yes"]
ORDER = ["--order-no", f"12/{YEAR}", "--order-date", DAY, "--signatory", "director"]
PEOPLE = [("legal-2", "LEGAL", "intake"), ("triager-2", "LEGAL", "triager"), ("head-2", "LEGAL", "head"),
          ("investigator-2", "LEGAL", "investigator"), ("alt-triager", "ALT", "triager"),
          ("alt-investigator", "ALT", "investigator"), ("alt-head-2", "ALT", "head")]


@pytest.fixture(scope="module")
def site():
    with running_site(*PEOPLE) as made:
        yield made


def does(site, actor, *args, says=None, code=0):
    """One command of griev, its text from standard input; what it printed."""
    result = site.griev(actor, *args, "--lang", "th", input=says and says + "\n")
    assert result.returncode == code, (args, result.stdout, result.stderr)
    return result.stdout if code == 0 else result.stderr


def submit(site, actor="TH-50", **fields):
    answer = site.submit(actor, **fields)
    assert answer.status == 201, answer
    return answer.json


def case_of(site, actor, case):
    answer = site.request(actor, "GET", f"/v1/complaints/{case['id']}")
    assert answer.status == 200, answer
    return answer.json


def kpi(site):
    return site.request("auditor", "GET", f"/v1/scores/{YEAR}").json["kpi1"]


def timeline(site, actor, ref):
    """The Thai names of the events that griev prints, without the reads."""
    printed = does(site, actor, "show", ref)
    lines = printed[printed.index("ลำดับเหตุการณ์"):].split("\n\n")[0].splitlines()[2:]
    kinds = [re.split(r" {2,}", line)[1] for line in lines]
    return [kind for kind in kinds if kind != "อ่านเนื้อหา"]


# -- whole cases


def test_a_case_goes_through_the_hands_of_eight(site):
    ref = submit(site, narrative="เรียกรับเงินจากผู้รับจ้าง", **{"class": "C1"})["ref"]  # 1: the office
    assert ref in does(site, "legal", "queue")
    does(site, "legal", "take", ref)  # 2: intake
    does(site, "triager", "screen", ref, *SCREEN, "--class", "C1", "--next", "accept")  # 3: a triager
    does(site, "triager", "ask", ref, says="ขอสำเนาสัญญาจ้าง")
    does(site, "triager-2", "answer", ref, says="ได้รับสำเนาสัญญาแล้ว")  # 4: another
    does(site, "head", "assign", ref, "investigator")  # 5: the head
    assert ref in does(site, "investigator", "queue")
    does(site, "investigator", "finding", ref, says="มีมูลว่าเรียกรับเงินจริง")  # 6: an investigator
    does(site, "head", "return", ref, says="ให้สอบพยานเพิ่ม")
    does(site, "investigator", "finding", ref, says="พยานยืนยันตรงกัน")
    does(site, "investigator", "propose", ref, "founded", says="เห็นควรดำเนินการทางวินัย")
    does(site, "legal-2", "note", ref, "--to", "complainant", says="แจ้งผลให้ผู้ร้องทราบ")  # 7: who writes letters
    assert ref in does(site, "director", "queue") and ref in does(site, "director", "list")
    does(site, "director", "close", ref, *ORDER)  # 8: the director
    assert timeline(site, "head", ref) == [
        "รับเรื่อง", "ลงรับเรื่อง", "กลั่นกรองเรื่อง", "ขอข้อมูลเพิ่มเติม", "ได้รับข้อมูลเพิ่มเติม", "มอบหมายผู้ตรวจสอบ",
        "เสนอผลการตรวจสอบ", "ส่งกลับให้ดำเนินการต่อ", "เสนอผลการตรวจสอบ", "เสนอยุติเรื่อง", "บันทึก", "ยุติเรื่อง"]
    shown = does(site, "head", "show", ref)
    for text in ("พยานยืนยันตรงกัน", "ให้สอบพยานเพิ่ม", f"12/{YEAR}", "มีมูล", "แจ้งผู้ร้องครั้งแรก"):
        assert text in shown, text
    assert len({event["by"] for event in case_of(site, "head", {"id": quote(ref, safe="")})["timeline"]}) == 8
    assert ref not in does(site, "head", "queue", "--all")
    assert "พยาน" not in does(site, "TH-50", "show", ref)


def test_the_same_with_the_head_of_the_legal_group_accused(site):
    case = submit(site, accused_role="legal_head")
    ref = case["ref"]
    assert ref.startswith("ล/")
    does(site, "alt-intake", "take", ref)
    does(site, "alt-triager", "screen", ref, *SCREEN, "--class", "C2", "--next", "accept")
    does(site, "alt-head", "assign", ref, "alt-investigator")
    does(site, "alt-investigator", "finding", ref, says="ไม่พบพยานหลักฐาน")
    does(site, "alt-investigator", "propose", ref, "unfounded", says="ไม่มีมูล")
    does(site, "head", "close", ref, *ORDER, code=4)
    does(site, "alt-head", "close", ref, *ORDER)
    assert case_of(site, "auditor", case)["state"] == "CLOSED"
    for actor in ("legal", "triager", "head", "investigator", "head-2"):
        assert ref not in does(site, actor, "queue", "--all") + does(site, actor, "list", "--all")


def test_another_agencys_matter_leaves_by_letter_and_two_people(site):
    ref = submit(site, subject="other")["ref"]
    before = kpi(site)
    does(site, "legal", "take", ref)
    does(site, "triager", "screen", ref, "--in-remit", "no", "--class", "CT", "--conflict", "no", "--particulars", "yes",
         "--next", "transfer")
    assert "สองคน" not in does(site, "triager", "class", ref, "CT", says="เป็นอำนาจของกรมที่ดิน")
    assert kpi(site)["value"] == before["value"]
    does(site, "triager", "approve", ref, code=3)  # another decides
    does(site, "head", "approve", ref)
    assert kpi(site) | {"variants": 0, "by_class": 0} == before | {
        "value": before["value"] - 1, "variants": 0, "by_class": 0, **{k: kpi(site)[k] for k in ("level", "text_th", "text_en")}}
    letter = ["--letter-no", "สสช ๑/๒๕๗๐", "--letter-date", DAY]
    does(site, "head", "transfer", ref, "--agency", "กรมที่ดิน", *letter)
    assert "ผลไม่สอดคล้องกับข้อมูลที่บันทึกของเรื่อง" in does(site, "triager", "propose", ref, "transferred", says="ก", code=5)
    does(site, "triager", "note", ref, "--to", "complainant", says="ส่งเรื่องให้กรมที่ดินแล้ว")
    does(site, "triager", "propose", ref, "transferred", says="ส่งเรื่องแล้ว")
    does(site, "head", "close", ref)
    assert "กรมที่ดิน" in does(site, "head", "show", ref)
    letters = does(site, "triager", "letters")
    assert "กรมที่ดิน" in letters and "สสช ๑/๒๕๗๐" in letters and ref in letters
    assert ref not in does(site, "triager", "letters", "--pending", "yes")
    does(site, "TH-50", "letters", code=3)


def test_a_duplicate_is_linked_and_unlinked_by_two_and_stays_counted(site):
    first, second = submit(site)["ref"], submit(site)["ref"]
    before = kpi(site)
    for ref in (first, second):
        does(site, "legal", "take", ref)
    does(site, "triager", "link", second, first, says="ผู้ร้องคนเดียวกัน ข้อเท็จจริงเดียวกัน")
    does(site, "head", "approve", second)
    linked = kpi(site)
    assert (linked["received"], linked["distinct"]) == (before["received"], before["distinct"] - 1)
    does(site, "triager", "unlink", second, says="คนละโครงการ")
    does(site, "head", "reject", second)
    assert kpi(site)["distinct"] == before["distinct"] - 1
    does(site, "triager", "unlink", second, says="คนละโครงการ แน่ชัดแล้ว")
    does(site, "head", "approve", second)
    assert kpi(site) == before


def test_an_anonymous_letter_is_accepted_by_its_three_ticks(site):
    ref = submit(site, identity="letter")["ref"]
    does(site, "legal", "take", ref)
    ticks = ["--states-evidence", "yes", "--plain-circumstances", "yes", "--names-witness"]
    assert "ให้ครบสามข้อ" in does(site, "triager", "screen", ref, *SCREEN, "--class", "CX", "--next", "accept", code=5)
    does(site, "triager", "screen", ref, *SCREEN, "--class", "CX", "--next", "accept", *ticks, "no")
    assert "ครบทั้งสามข้อ" in does(site, "head", "assign", ref, "investigator", code=5)
    does(site, "triager", "screen", ref, *SCREEN, "--class", "CX", "--next", "accept", *ticks, "yes")
    does(site, "head", "assign", ref, "investigator")


def test_a_letter_with_three_matters_is_one_received_and_three_cases(site):
    case = submit(site)
    ref, before = case["ref"], kpi(site)
    does(site, "legal", "take", ref)
    does(site, "triager", "screen", ref, *SCREEN, "--class", "CX", "--next", "accept")
    does(site, "triager", "split", ref, "--subject", "bribery", "--subject", "leak", "--subject", "hiring")
    assert kpi(site) == before
    parts = [f"{ref}/{number}" for number in (1, 2, 3)]
    for part in parts:
        assert "พบจดหมาย" in does(site, "triager", "show", part)  # its parent's content
        does(site, "triager", "propose", part, "insufficient", says="รายละเอียดไม่พอ")
    assert "ส่วนหนึ่งของเรื่องยังไม่ยุติ" in does(site, "triager", "propose", ref, "insufficient", says="ก", code=5)
    for part in parts:
        does(site, "head", "close", part, *ORDER)
    does(site, "triager", "propose", ref, "insufficient", says="ทุกส่วนยุติแล้ว")
    does(site, "head", "close", ref, *ORDER)


def test_what_is_due_is_shown_and_found(site):
    old = submit(site, received_on=str(today().replace(day=1)) if today().day > 20 else DAY)["ref"]
    assert old in does(site, "legal", "due", f"{today().year + 1}-12-31")
    assert does(site, "legal", "queue", "--json", "--limit", "1").count('"ref"') == 1


# -- whom a case is hidden from


def test_an_interest_hides_the_case_at_once_and_somebody_else_gets_it(site):
    case = submit(site)
    ref = case["ref"]
    does(site, "legal", "take", ref)
    does(site, "triager", "screen", ref, *SCREEN, "--class", "C1", "--next", "accept")
    does(site, "head", "assign", ref, "investigator")
    does(site, "investigator", "interest", ref, says="ผู้ถูกร้องเป็นญาติ")
    does(site, "investigator", "show", ref, code=4)
    assert case_of(site, "head", case)["investigator"] == "investigator-2"


def test_an_amended_accusation_takes_the_case_from_the_accused(site):
    case = submit(site)
    ref = case["ref"]
    does(site, "legal", "take", ref)
    does(site, "head", "show", ref)
    does(site, "triager", "accuse", ref, "--accused", "head", says="ผู้ร้องระบุตัวเพิ่ม")
    for actor in ("legal", "triager", "head", "head-2"):
        does(site, actor, "show", ref, code=4)
    told = [event for event in case_of(site, "alt-head", case)["timeline"] if event["kind"] == "accuse"][0]["fields"]
    assert (told["route"], told["read_by"]) == ("alternate", ["head"])
    assert set(told["could_read"]) >= {"legal", "triager", "head"}


def test_who_registers_a_case_that_no_director_could_end_is_told_where_it_went(site):
    case = submit(site, conflict=["director"])
    ref = case["ref"]
    assert "ส่งหน่วยงานภายนอก" in does(site, "legal", "take", ref)
    does(site, "head", "assign", ref, "investigator", code=4)
    assert case_of(site, "alt-head", case)["moves"]
    assert timeline(site, "alt-head", ref) == ["รับเรื่อง", "ลงรับเรื่อง"]


# -- clocks


def test_whoever_asks_is_told_the_rules_of_the_clocks_and_who_confirmed_them(site):
    confirm = "UPDATE register.clock_rule SET confirmed_by = {} WHERE kind = 'register'"
    printed = does(site, "TH-50", "rules")
    assert printed.count("ยังไม่มีผู้ยืนยัน") == 6 and "วันสิ้นปี" in printed
    site.postgres.psql(confirm.format("'คำสั่ง สสช ที่ ๑๒/๒๕๗๐'"))
    printed = does(site, "TH-50", "rules")
    site.postgres.psql(confirm.format("NULL"))
    assert printed.count("ยังไม่มีผู้ยืนยัน") == 5 and "คำสั่ง สสช ที่ ๑๒/๒๕๗๐" in printed


def test_two_daemons_sweep_and_each_reminder_is_made_once(site):
    refs = [submit(site)["id"] for _ in range(30)]
    site.request("legal", "GET", "/v1/queue?limit=1")
    ids = ",".join(f"'{ref}'" for ref in refs)
    site.postgres.psql(f"UPDATE register.clock SET due_on = '2026-01-01' WHERE kind = 'register' AND complaint IN ({ids})")
    sweep = "SELECT api.sweep('', '{}', NULL)"
    with site.postgres.session("BEGIN") as one, site.postgres.session("BEGIN") as other:
        for each in (one, other):
            each.stdin.write(f"{sweep};\n{sweep};\nCOMMIT;\n{sweep};\n")
            each.stdin.flush()
    site.postgres.psql(sweep)
    count = f"SELECT count(*), count(DISTINCT complaint) FROM register.event WHERE kind = 'escalated' AND complaint IN ({ids})"
    assert site.postgres.psql(count) == "30|30"


def test_the_sweep_and_the_first_move_of_a_case_do_not_wait_for_each_other(site):
    """Overdue as it comes: the sweep begins its clocks while whoever takes it has the case locked."""
    id = submit(site, received_on=str(today() - timedelta(days=40)))["id"]
    event = json.dumps({"event_id": str(uuid.uuid4()), "kind": "register"})
    move = f"SELECT status FROM rules.complaint_event(now(), 'legal', '{{\"id\": \"{id}\", \"if_match\": \"1\"}}', '{event}')"
    begun = f"SELECT count(*) FROM register.clock WHERE complaint = '{id}'"
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with (site.postgres.session(f"BEGIN; SELECT FROM register.complaint WHERE id = '{id}' FOR UPDATE") as taker,
          site.postgres.session("BEGIN") as sweeper):
        sweeper.stdin.write("SELECT rules.sweep(now());\nCOMMIT;\n")
        sweeper.stdin.flush()
        wait_until(lambda: site.postgres.psql(begun) != "0" or site.postgres.psql(waits) != "0", "the sweep is through, or waits")
        taker.stdin.write(f"{move};\nCOMMIT;\n")
        said = []
        for each in (taker, sweeper):
            each.stdin.close()
            said.append(each.stdout.read())
    assert not any("ERROR" in each for each in said), said
    assert case_of(site, "auditor", {"id": id})["state"] == "TRIAGE"
    site.postgres.psql("SELECT rules.sweep(now())")
    assert "escalated" in {event["kind"] for event in case_of(site, "auditor", {"id": id})["timeline"]}


def test_the_daemon_sweeps_by_itself():
    with running_site() as site:
        site.stop_daemon()
        site.settings["register"]["sweep_interval"] = "100ms"
        site.start_daemon().await_ready()
        id = submit(site)["id"]
        begun = f"SELECT count(*) FROM register.clock WHERE complaint = '{id}'"
        wait_until(lambda: site.postgres.psql(begun) == "3", "its clocks have begun")
        site.postgres.psql(f"UPDATE register.clock SET due_on = '2026-01-01' WHERE kind = 'register' AND complaint = '{id}'")
        wait_until(lambda: site.metric("grievd_swept_total") == 1, "the head is told")
        assert [event["kind"] for event in case_of(site, "auditor", {"id": id})["timeline"]] == ["accepted", "escalated"]


def test_the_daemon_tells_the_auditors_of_a_case_that_nobody_may_see_and_counts_it():
    with running_site() as site:
        site.stop_daemon()
        site.settings["register"]["sweep_interval"] = "100ms"
        site.start_daemon().await_ready()
        site.postgres.psql("UPDATE register.principal SET email = name || '@nso.example'")
        case = submit(site, conflict=["LEGAL", "ALT"])
        wait_until(lambda: "grievd_cases_unhandled 1" in site.metrics().splitlines(), "it is counted")
        mailed = f"SELECT string_agg(recipient || ' ' || matter, ', ') FROM register.outbox WHERE ref = '{case['ref']}'"
        wait_until(lambda: site.postgres.psql(mailed) == "auditor unhandled", "and told")
        assert timeline(site, "auditor", case["ref"]) == ["รับเรื่อง", "แจ้งว่าไม่มีผู้รับผิดชอบเรื่อง"]


# -- what can be done next


def test_what_can_be_done_is_told_in_verbs_that_griev_has(site):
    ref = submit(site)["ref"]
    does(site, "legal", "take", ref)
    told = does(site, "head", "assign", ref, "investigator", code=5)
    named = ("accuse แก้ไขผู้ถูกร้อง, class จำแนกประเภทเรื่อง, interest แจ้งว่าตนมีส่วนได้เสีย, note บันทึกข้อความ, refer ส่งเรื่องให้ ป.ป.ช./ป.ป.ท., "
             "reply บันทึกหนังสือตอบของหน่วยงาน, screen บันทึกแบบกลั่นกรองเรื่อง, split แยกเรื่อง")
    assert f"สิ่งที่ท่านทำได้กับเรื่องนี้: {named}\n" in told
    assert re.search(rf"^ทำต่อได้ +{re.escape(named)}$", does(site, "head", "show", ref), re.M)
    english = site.griev("head", "show", ref, "--lang", "en").stdout
    assert re.search(r"^Next +accuse, class, interest, note, refer, reply, screen, split$", english, re.M)
    row = next(line for line in does(site, "head", "queue", "--all").splitlines() if line.startswith(ref))
    assert row.endswith("  accuse, class, interest, note, refer, reply, screen, split")
    problem = site.griev("head", "assign", ref, "investigator", "--json")
    assert "class_changed" in json.loads(problem.stdout)["moves"]  # for programs, as the API has it


def test_other_cases_are_named_by_their_numbers(site):
    case, original = submit(site)["ref"], submit(site)["ref"]
    does(site, "legal", "take", case)
    does(site, "triager", "screen", case, *SCREEN, "--class", "C1", "--next", "accept", "--duplicate", original)
    does(site, "triager", "link", case, original, says="เรื่องเดียวกัน")
    assert any(case in line and original in line for line in does(site, "head", "proposals").splitlines())
    does(site, "head", "approve", case)
    does(site, "legal", "take", original)
    does(site, "triager", "split", original, "--subject", "leak", "--subject", "bribery")
    shown = does(site, "triager", "show", case)
    for label in ("ซ้ำกับเรื่อง", "อาจซ้ำกับ", "ซ้ำกับ"):
        assert re.search(rf"^{label} +{original}$", shown, re.M), shown
    assert re.search(rf"^แยกเป็นเรื่อง +{original}/1, {original}/2$", does(site, "triager", "show", original), re.M)
    assert re.search(rf"^แยกจากเรื่อง +{original}$", does(site, "triager", "show", f"{original}/1"), re.M)
