"""griev import: a register kept in a spreadsheet becomes complaints like any other, once."""

import json
import subprocess

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
    for line, column, text in ((3, "วันรับเรื่อง", "is no day"), (3, "ช่องทาง", "is no known code"), (4, "/narrative", "")):
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
    assert "is no known column" in run(site, path, "--map", "รับทาง=colour", code=1).stderr
    twice = spreadsheet(site, GOOD[0], GOOD[0], name="twice")
    assert f"{twice}:3: key: is the number of another row too" in run(site, twice, code=1).stderr


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
    run(site, spreadsheet(site, GOOD[0].replace("1/2569", "41/2569", 1), name="auditor"), actor="auditor", code=3)
    assert count(site) == before
