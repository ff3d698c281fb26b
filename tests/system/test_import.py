"""griev import: a register kept in a spreadsheet becomes complaints like any other, once."""

import hashlib
import json
import subprocess
import uuid

import pytest
from harness import GRIEV, fiscal_year, running_site, today

HEADER = "เลขที่เดิม,วันรับเรื่อง,ช่องทาง,กระบวนงาน,เรื่อง,การระบุตัวผู้ร้อง,ข้อเท็จจริง,ชื่อผู้ร้อง,ข้าม"
DAY = f"{today().day}/{today().month}/{today().year + 543}"
GOOD = [f"1/2569,{DAY},โทรศัพท์,กระบวนการให้บริการ,เรียกรับสินบน,ไม่ระบุชื่อ (มีรหัสติดตาม),มีผู้เรียกรับเงิน,,x",
        f'2/2569,{today().isoformat()},walk_in,service,leak,named,"บรรทัดหนึ่ง\nบรรทัดสอง, ""อ้าง""",นางสาวมะลิ,',
        f"3/2569,{DAY},Telephone,other,other,letter,บัตรสนเท่ห์,,"]


@pytest.fixture(scope="module")
def site():
    with running_site() as made:
        yield made


def spreadsheet(site, *rows, header=HEADER, name="register"):
    path = site.folder / f"{name}.csv"
    path.write_text("\ufeff" + "\r\n".join([header, *rows]) + "\r\n", encoding="utf-8")
    return path


def run(site, path, *options, actor="TH-50", code=0, lang="en"):
    result = site.griev(actor, "import", "cases", path, "--skip", "ข้าม", "--lang", lang, *options)
    assert result.returncode == code, (result.stdout, result.stderr)
    return result


def count(site):
    return int(site.postgres.psql("SELECT count(*) FROM register.complaint"))


def test_good_rows_become_complaints_once_however_often_it_is_run(site):
    before = count(site)
    path = spreadsheet(site, *GOOD)
    dry = json.loads(run(site, path, "--dry-run", "--json").stdout)
    assert (dry["rows"], dry["good"], dry["new"], dry["faults"], dry["items"]) == (3, 3, 0, 0, [])
    assert count(site) == before
    first = json.loads(run(site, path, "--json").stdout)
    assert (first["new"], first["known"], [item["line"] for item in first["items"]]) == (3, 0, [2, 3, 5])
    again = json.loads(run(site, path, "--json").stdout)
    assert (again["new"], again["known"]) == (0, 3)
    assert [item["ref"] for item in again["items"]] == [item["ref"] for item in first["items"]]
    assert count(site) == before + 3
    listed = site.request("TH-50", "GET", "/v1/complaints?limit=3").json["items"]
    assert [(item["channel"], item["subject"], item["identity"], item["class"]) for item in reversed(listed)] == [
        ("phone", "bribery", "anonymous", "CX"), ("walk_in", "leak", "named", "CX"), ("phone", "other", "letter", "CX")]
    assert all(item["received_on"] == today().isoformat() and item["fy"] == fiscal_year(today()) for item in listed)
    assert "พ้น" not in run(site, path, lang="th").stdout and "มีอยู่แล้ว" in run(site, path, lang="th").stdout


def test_every_fault_is_told_with_line_and_column_and_nothing_is_sent(site):
    before = count(site)
    path = spreadsheet(site, GOOD[0].replace("1/2569", "11/2569", 1),
                       "12/2569,30/2/2569,นกพิราบ,service,leak,named,เรื่อง,,",
                       f"13/2569,{DAY},phone,service,leak,letter,,นางสาวมะลิ,", name="faults")
    told = run(site, path, code=1).stderr
    for line, column, text in ((3, "วันรับเรื่อง", "is no day"), (3, "ช่องทาง", "is no known code"), (4, "ข้อเท็จจริง", "is required")):
        assert f"{path}:{line}: {column}: {text}" in told, told
    assert "nothing of it was sent" in told and count(site) == before
    good = json.loads(run(site, path, "--good-rows", "--json", code=1).stdout)
    assert (good["good"], good["new"]) == (1, 1) and count(site) == before + 1


def test_a_row_that_changed_under_its_number_is_told_and_not_counted_twice(site):
    path = spreadsheet(site, GOOD[0].replace("1/2569", "21/2569", 1), name="changed")
    run(site, path)
    before = count(site)
    spreadsheet(site, GOOD[0].replace("1/2569", "21/2569", 1).replace("เงิน", "เงินและของ"), name="changed")
    told = run(site, path, code=1).stderr
    assert f"{path}:2: was imported before" in told and count(site) == before


def test_rows_without_a_number_count_each_and_only_once(site):
    header = ",".join(HEADER.split(",")[1:])
    row = ",".join(GOOD[2].split(",")[1:])
    path = spreadsheet(site, row, row, header=header, name="numberless")
    assert json.loads(run(site, path, "--json").stdout)["new"] == 2  # two that say the same are two
    assert json.loads(run(site, path, "--json").stdout)["known"] == 2


def test_columns_are_mapped_and_unknown_ones_refused(site):
    before = count(site)
    path = spreadsheet(site, *GOOD, header=HEADER.replace("ช่องทาง", "รับทาง").replace("1/2569", "31/2569", 1), name="mapped")
    assert f"{path}:1: รับทาง: is no known column" in run(site, path, code=1).stderr and count(site) == before
    run(site, path, "--map", "รับทาง=channel", "--dry-run")
    both = run(site, path, "--map", "รับทาง=channel", "--map", "กระบวนงาน=channel", "--dry-run", code=1).stderr
    assert f"{path}:1: กระบวนงาน: --skip one of two columns: it means the same as รับทาง" in both
    absent = run(site, path, "--map", "รับทาง=channel", "--map", "ทาง=channel", code=1).stderr
    assert f"{path}:1: ทาง: --map: the file has no such column" in absent and count(site) == before
    assert "is no known column" in run(site, path, "--map", "รับทาง=colour", code=1).stderr
    twice = spreadsheet(site, GOOD[0], GOOD[0], name="twice")
    assert f"{twice}:3: เลขที่เดิม: is the number of another row too" in run(site, twice, code=1).stderr


def test_two_columns_of_one_meaning_are_refused(site):
    path = spreadsheet(site, GOOD[0] + ",complaint", header=HEADER + ",Narrative", name="same")
    told = run(site, path, code=1).stderr
    assert f"{path}:1: Narrative: --skip one of two columns: it means the same as ข้อเท็จจริง" in told
    run(site, path, "--skip", "Narrative", "--dry-run")


def test_the_register_is_asked_about_every_row_before_the_first_is_sent(site):
    before = count(site)
    header = HEADER + ",ประเภท,หน่วยผู้ถูกร้อง"
    row = GOOD[0].replace("1/2569", "{}/2569", 1) + ",{},{}"
    path = spreadsheet(site, row.format(61, "CX", "TH-90"), row.format(62, "CX", "TH-99X"),
                       row.format(63, "CX", "TH-90").replace(DAY, "1/10/1990"), header=header, name="asked")
    for options in (["--dry-run"], []):
        refused = run(site, path, "--json", *options, code=1)
        assert [(each["line"], each["column"]) for each in json.loads(refused.stdout)["errors"]] == [
            (3, "หน่วยผู้ถูกร้อง"), (4, "วันรับเรื่อง")]
        assert f"{path}:3: หน่วยผู้ถูกร้อง: is not a known code" in refused.stderr
        assert f"{path}:4: วันรับเรื่อง: falls in a fiscal year" in refused.stderr
        assert count(site) == before
    path = spreadsheet(site, row.format(61, "CX", "TH-90"), header=header, name="asked")
    assert json.loads(run(site, path, "--json").stdout)["new"] == 1
    changed = spreadsheet(site, row.format(64, "CX", "TH-90"), row.format(61, "CX", "TH-91"), header=header, name="asked")
    assert f"{changed}:3: was imported before" in run(site, changed, code=1).stderr and count(site) == before + 1


def test_what_a_thai_spreadsheet_writes_is_understood(site):
    before = count(site)
    thai = DAY.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    month = "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.".split()[today().month - 1]
    path = spreadsheet(site, GOOD[0].replace("1/2569", "71/2569", 1).replace(DAY, thai), ",,,,,,,,",
                       GOOD[0].replace("1/2569", " 72/2569 ", 1).replace(DAY, f" {today().day} {month} {today().year + 543} ")
                       .replace("โทรศัพท์", " โทรศัพท์ ") + ",,", header=HEADER + ",,", name="thai")
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    sent = json.loads(run(site, path, "--json").stdout)
    assert (sent["rows"], sent["new"]) == (2, 2) and count(site) == before + 2
    path.write_text(path.read_text(encoding="utf-8").replace(";", "\t"), encoding="utf-8")
    assert json.loads(run(site, path, "--json").stdout)["known"] == 2
    old = spreadsheet(site, GOOD[0].replace("1/2569", "73/2569", 1), name="old")
    old.write_bytes(old.read_text(encoding="utf-8-sig").encode("cp874"))
    assert 'save the file as "CSV UTF-8"' in run(site, old, code=1).stderr


def test_faults_are_told_in_thai(site):
    path = spreadsheet(site, GOOD[0].replace(DAY, "31/2/2569"), GOOD[1].replace("นางสาวมะลิ", ""), name="in_thai")
    told = run(site, path, code=1, lang="th").stderr
    assert f"{path}:2: วันรับเรื่อง: ไม่ใช่วันที่" in told and f"{path}:3: ชื่อผู้ร้อง: ต้องระบุ" in told


def test_who_would_seal_complainants_himself_is_told_that_an_import_does_not(site):
    config = site.client_config("TH-50")
    config.write_text(config.read_text() + site.custodian_config())
    path = spreadsheet(site, GOOD[1].replace("2/2569", "51/2569", 1), name="sealed")
    done = subprocess.run([GRIEV, "--config", config, "import", "cases", path, "--skip", "ข้าม", "--lang", "en"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and "is sealed by the server" in done.stderr, done
    again = json.loads(run(site, path, "--json").stdout)
    assert again["known"] == 1, "so that it is known again"


def test_what_is_no_spreadsheet_is_refused(site):
    path = site.folder / "odd.csv"
    for content in (b"", b'a,"b\n', b"\xff,\xfe\n1,2\n"):
        path.write_bytes(content)
        assert str(path) in run(site, path, code=1).stderr
    run(site, site.folder / "absent.csv", code=8)


def test_without_the_right_to_submit_nothing_is_taken(site):
    before = count(site)
    refused = run(site, spreadsheet(site, GOOD[0].replace("1/2569", "41/2569", 1), name="auditor"), actor="auditor", code=3)
    assert "it takes one of: intake, officer" in refused.stderr and "again" not in refused.stderr
    assert count(site) == before


def id_before(site, key):
    """The id that an earlier griev gave a row, of whose hash the register's address was a part."""
    told = f"grievd/import/v1\nhttps://localhost:{site.port}\nTH-50\nkey {key}"
    digest = bytearray(hashlib.sha256(told.encode()).digest()[:16])
    digest[6], digest[8] = digest[6] & 0x0f | 0x80, digest[8] & 0x3f | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))


def test_rows_are_known_again_by_another_address_of_the_register(site):
    path = spreadsheet(site, GOOD[0].replace("1/2569", "81/2569", 1), name="moved")
    assert json.loads(run(site, path, "--json").stdout)["new"] == 1
    before = count(site)
    config = site.client_config("TH-50", url=f"https://127.0.0.1:{site.port}")
    done = subprocess.run([GRIEV, "--config", config, "import", "cases", path, "--skip", "ข้าม", "--json"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["known"] == 1 and count(site) == before, done


def test_rows_that_an_earlier_griev_imported_are_known_again(site):
    id = id_before(site, "91/2569")
    body = {"received_on": today().isoformat(), "channel": "phone", "process": "service", "subject": "bribery",
            "identity": "anonymous", "narrative": "มีผู้เรียกรับเงิน", "class": "CX", "id": id}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    assert site.request("TH-50", "PUT", f"/v1/complaints/{id}", text).status == 201
    before = count(site)
    path = spreadsheet(site, GOOD[0].replace("1/2569", "91/2569", 1), name="earlier")
    for _ in range(2):
        again = json.loads(run(site, path, "--json").stdout)
        assert (again["known"], again["items"][0]["id"]) == (1, id) and count(site) == before
    spreadsheet(site, GOOD[0].replace("1/2569", "91/2569", 1).replace("เงิน", "เงินและของ"), name="earlier")
    assert f"{path}:2: was imported before" in run(site, path, code=1).stderr and count(site) == before
