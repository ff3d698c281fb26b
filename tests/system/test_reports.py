"""Scores and the year's report as people get them: the source's figures, HTML, PDF, CSV, XLSX, the public table."""

import csv
import hashlib
import io
import json
import re
import struct
import subprocess
import unicodedata
import uuid
import zlib
from datetime import timedelta
from html.parser import HTMLParser

import openpyxl
import pytest
from fontTools.ttLib import TTFont
from harness import GRIEV, ROOT, fiscal_year, running_site, today, wait_until
from liar import Liar

SOURCE = ROOT / "docs" / "examples" / "source_2557.csv"
THIS_YEAR = fiscal_year(today())
CLOSED_YEAR = THIS_YEAR - 2  # its closing day is past, whatever today is
CONFLICT = 5  # griev's exit code
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
LONGEST = "สำนักงานสถิติจังหวัดพระนครศรีอยุธยา"


@pytest.fixture(scope="module")
def site():
    with running_site() as made:
        # Its first entry was made while that year was still open.
        made.postgres.psql("INSERT INTO register.event (position, at, kind, actor, unit)"
                           f" VALUES (0, '{CLOSED_YEAR - 543}-10-15', 'principal_set', 'admin', 'DIRECTOR')")
        loaded = made.griev("secretary", "assess", "load", SOURCE)
        assert loaded.returncode == 0, loaded.stderr
        for klass in ("C1", "C2", "C0"):
            assert made.submit("TH-50", **{"class": klass}).status == 201
        assert made.submit("TH-90", accused_role="legal_head").status == 201
        yield made


def get(site, actor, path, status=200):
    answer = site.request(actor, "GET", path)
    assert answer.status == status, answer
    return answer


def post(site, actor, path, **members):
    return site.request(actor, "POST", path, {"event_id": str(uuid.uuid4()), **members})


def tables(report):
    return {block["key"]: block for section in report["document"]["sections"]
            for block in section["blocks"] if block["kind"] == "table"}


class Text(HTMLParser):
    """The text of a page, a line for each cell and paragraph."""

    def __init__(self, page):
        super().__init__()
        self.lines, self.hidden = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("style", "title")
        if tag in ("td", "th", "p", "li", "h1", "h2", "h3", "figcaption"):
            self.lines.append("")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data):
        if not self.hidden and self.lines:
            self.lines[-1] += data


def printed(page):
    return [line.strip() for line in Text(page).lines if line.strip()]


# -- the figures of the source report


def test_the_source_is_loaded_by_one_command_and_again_changes_nothing(site):
    again = site.griev("secretary", "assess", "load", SOURCE, "--json")
    assert json.loads(again.stdout)["scores"] == 16 and json.loads(again.stdout)["actions"] == 10
    items = get(site, "committee", "/v1/assessments?fy=2557").json
    assert sum(not item["replaced"] for item in items["items"]) == 16
    assert [action["action"] for action in items["actions"]] == list(range(1, 11))


def test_its_figures_are_printed_digit_by_digit(site):
    lines = printed(get(site, "director", "/v1/reports/2557.html").body.decode())
    codes = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "3.1", "3.2", "3.3", "4.1", "4.2"]
    scores = [lines[lines.index(code) + 2] for code in codes]
    assert scores == ["5"] * 9 + ["4"] + ["5"] * 3
    assert "คะแนนของคณะกรรมการประเมิน ปีงบประมาณ พ.ศ. 2556 คะแนนภาพรวม 4.9" in lines
    for code, result, score, weighted in (("7.1", "97.7500", "5.0000", "0.0750"), ("7.2", "5.0000", "5.0000", "0.0750"),
                                          ("7.3", "82.7470", "4.5494", "0.0910")):
        at = lines.index(code, lines.index("ตัวชี้วัดที่ 7 การสร้างความโปร่งใสในการปฏิบัติราชการ"))
        assert lines[at + 9:at + 12] == [result, score, weighted]
    assert "4.8198" in lines
    assert lines.count("ไม่มีข้อมูลในรายงานต้นฉบับ") == 1 + 5 + 1 + 10  # the total in the summary, five KPIs, their total, ten states of activities
    new = [lines[k - 2] for k, line in enumerate(lines) if line == "กิจกรรมใหม่"]
    assert new == ["1.1", "1.2", "1.2", "1.3", "1.3", "1.3"]


def test_thai_digits_are_those_figures_too(site):
    text = "\n".join(printed(get(site, "director", "/v1/reports/2557.html?digits=thai").body.decode()))
    for figure in ("๔.๙", "๕.๐๐๐๐", "๔.๕๔๙๔", "๐.๐๗๕๐", "๐.๐๙๑๐", "๔.๘๑๙๘", "๘๒.๗๔๗๐"):
        assert figure in text
    assert not re.search(r"(?<![A-Za-z])[0-9]", re.sub(r"[A-Za-z]\S*|^[\d.]+$", "", text, flags=re.M))


def test_scores_are_of_the_year_that_was_assessed(site):
    sets = {each["rule_set"]: each for each in get(site, "auditor", "/v1/scores/2556").json["assessments"]}
    assert sets["transparency"]["printed"] == "4.9" and "7" not in sets  # indicator 7 came a year later
    assert "transparency v1: 4.9" in site.griev("auditor", "score", "2556").stdout
    assert "7 v1: 4.8198" in site.griev("auditor", "score", "2557").stdout
    assert "7 v1: ๔.๘๑๙๘" in site.griev("auditor", "score", "2557", "--lang", "th", "--thai-digits").stdout


COLUMNS = "kind,code,name,assessment_fy,report_fy,level,result,from,to,new,text\n"
SCORE = "score,1.1,,2557,2565,5,,,,,\n"


def load(site, rows, *options):
    path = site.folder / "sheet.csv"
    path.write_text(COLUMNS + rows)
    return site.griev("secretary", "assess", "load", path, *options), path


@pytest.mark.parametrize("rows, places", [
    (SCORE + "activity,1.1,,,,,,,,NEW,ก\n", ["3: new: must be yes or no"]),
    (SCORE + "reason,1.1,,,,,,,,,ก\nreason,1.1,,,,,,,,,ข\n", ["4: kind: stands twice for this code"]),
    (SCORE + SCORE, ["3: code: stands twice for the same report"]),
    ("source,,,,,,,,,,ก\nsource,,,,,,,,,,ข\n" + SCORE, ["3: kind: stands twice"]),
    (SCORE + "reason,1.1,,,,,,,,,\n", ["3: text: is missing"]),
    ("reason,1.1,,,,,,,,,ก\n", ["2: code: no score or result of this code stands before it"]),
    ("scores,1.1,,2557,2565,5,,,,,\n,1.2,,,,,,,,,\n", ["2: kind: must be source, score", "3: kind: must be source, score"]),
    (SCORE + "reason,1.1,,,,4,,,,yes,ก\n", ["3: level: is no column of a row of this kind", "3: new: is no column"]),
    # What only the register can tell
    ("score,1.2,,2557,2565,5,,,,,\nscore,1.1,,2557,2565,6,,,,,\n", ["3: level: must be a whole number from 1 to 5"]),
    ("score,1.1,,2557,2565,4,,,,,\n", ["2: reason: is missing"]),
    (SCORE + f"corrective,1.1,,,,,,,,,{'ก' * 1400}\n", ["3: text: "]),
    (SCORE + f"activity,1.1,,,,,,,,,ก\nactivity,1.1,,,,,,,,,{'ก' * 200}\n", ["4: text: "]),
    (SCORE + "action,1,ก,,2565,,,2022,2022-09,,\n", ["3: from: must be a month"]),
    (SCORE + "action,1000,ก,,2565,,,2022-01,2022-09,,\n", ["3: code: must be a whole number"])])
def test_what_is_wrong_with_a_sheet_is_told_by_line_and_column_and_nothing_is_taken(site, rows, places):
    done, path = load(site, rows)
    assert done.returncode == 1, done
    for place in places:
        assert f"griev: {path}:{place}" in done.stderr
    assert not get(site, "committee", "/v1/assessments?fy=2565").json["items"]


def test_how_far_an_activity_is_has_its_name_in_lists_and_in_the_report(site):
    path = site.folder / "plan.csv"
    path.write_text("kind,code,name,assessment_fy,report_fy,from,to,status\n"
                    + "".join(f"action,{n},ก{n},,2566,2023-01,2023-09,{status}\n" for n, status in ((1, "done"), (2, "not_done"))))
    loaded = site.griev("secretary", "assess", "load", path)
    assert loaded.returncode == 0, loaded
    assert re.search(r"done แล้วเสร็จ +ก1\n.*not_done ไม่ได้ดำเนินการ +ก2\n", site.griev("secretary", "assess", "list", "--fy", "2566", "--lang", "th").stdout)
    lines = printed(get(site, "director", "/v1/reports/2566.html?edition=analysis").body.decode())
    assert [lines[lines.index(name) + 3] for name in ("ก1", "ก2")] == ["แล้วเสร็จ", "ไม่ได้ดำเนินการ"]


def test_a_sheet_without_a_score_is_told_as_such(site):
    done, path = load(site, "source,,,,,,,,,,ก\n")
    assert done.returncode == 1 and done.stderr == f"griev: {path}: has no row to record\n"


def test_activities_are_new_in_the_words_that_people_write_and_belong_to_the_row_above(site):
    words = ["yes", "YES", "ใช่", "no", "ไม่ใช่", ""]
    rows = "score,1.1,,2557,2564,5,,,,,\n" + "".join(f"activity,1.1,,,,,,,,{word},ก\n" for word in words)
    done, _ = load(site, rows + "score,1.1,,2557,2563,5,,,,,\nactivity,1.1,,,,,,,,,ข\n")
    assert done.returncode == 0, done.stderr
    kept = lambda year: get(site, "committee", f"/v1/assessments?fy={year}").json["items"][0]["activities"]
    assert [each["new"] for each in kept(2564)] == [True] * 3 + [False] * 3
    assert [each["text"] for each in kept(2563)] == ["ข"]


@pytest.mark.parametrize("options, told", [
    (["--level", "5"], "--fy: must be a whole number"), (["--fy", "2565", "--level", "4"], "--reason: is missing"),
    (["--fy", "2565", "--assessed", "2566", "--level", "5"], "--assessed: must be a whole number")])
def test_what_is_wrong_with_a_score_is_told_by_option(site, options, told):
    done = site.griev("secretary", "assess", "set", "1.1", *options)
    assert done.returncode == 1 and f"griev: {told}" in done.stderr, done


# -- one document, four forms


@pytest.fixture(scope="module")
def report(site):
    return get(site, "director", f"/v1/reports/{THIS_YEAR}").json


def test_every_table_carries_forward_and_adds_up(report):
    for key, table in tables(report).items():
        names = [column["key"] for column in table["columns"]]
        if not {"brought", "received", "reopened", "closed", "carried"} <= set(names):
            continue
        for row in table["rows"] + [table["total"]]:
            cell = dict(zip(names, row))
            assert cell["brought"] + cell["received"] + cell["reopened"] - cell["closed"] == cell["carried"], (key, row)
        columns = ["received", "reopened", "closed"] + (["brought", "carried"] if key != "by_month" else [])
        for name in columns:
            at = names.index(name)
            assert sum(row[at] for row in table["rows"]) == table["total"][at], (key, name)
        assert dict(zip(names, table["total"]))["received"] == 4
    assert len([key for key in tables(report) if key.startswith("by_")]) == 11


def test_a_table_or_chart_of_nothing_is_left_out(report):
    """Nothing was closed yet."""
    blocks = [block for section in report["document"]["sections"] for block in section["blocks"]]
    assert not [block["key"] for block in blocks if block["kind"] in ("table", "chart") and not block.get("rows", block.get("values"))]
    keys = [block.get("key") for block in blocks]
    assert "chart_month" in keys and "chart_outcome" not in keys and "chart_time" not in keys


def test_a_case_hidden_from_somebody_stands_on_the_central_line(report):
    rows = {row[0]["en"]: row[2] for row in tables(report)["by_unit"]["rows"]}
    assert rows["Central series"] == 1 and rows["Chiang Mai Provincial Statistical Office"] == 3
    assert rows["Songkhla Provincial Statistical Office"] == 0


def test_units_are_sorted_as_a_thai_reader_looks_for_them(report):
    names = [row[0]["th"] for row in tables(report)["by_unit"]["rows"] if row[0]["th"].startswith("สำนักงานสถิติจังหวัด")]
    short = [name.removeprefix("สำนักงานสถิติจังหวัด") for name in names]
    assert short.index("เชียงใหม่") < short.index("ตรัง") < short.index("แพร่") < short.index("ภูเก็ต") < short.index("ไทย" if "ไทย" in short else "ยโสธร")
    assert short[0] == "กระบี่" and short[-1] == "อุบลราชธานี"


def test_the_csv_is_read_by_another_program_and_runs_no_formula(site, report):
    body = get(site, "director", f"/v1/reports/{THIS_YEAR}.csv?lang=en").body
    assert body.startswith(b"\xef\xbb\xbf") and b"\r\n" in body
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    at = rows.index(["Complaints by class"])
    total = next(row for row in rows[at:] if row[0] == "Total")
    assert total[2] == "4" and sum(int(row[2]) for row in rows[at + 2:rows.index(total)]) == 4
    assert not [cell for row in rows for cell in row if cell and cell[0] in "=+-@\t"]
    evil = post(site, "secretary", "/v1/assessments", items=[
        {"code": "1.1", "assessment_fy": 2557, "report_fy": 2558, "level": 4, "reason": "=HYPERLINK(\"http://x\")"}])
    assert evil.status == 201
    cells = [cell for row in csv.reader(io.StringIO(get(site, "director", "/v1/reports/2558.csv").body.decode("utf-8-sig")))
             for cell in row]
    assert "'=HYPERLINK(\"http://x\")" in cells


def test_a_spreadsheet_program_shows_the_csv_in_thai_and_runs_nothing(site, tmp_path):
    """As Gnumeric opens it, and says by the workbook it makes of it."""
    assert post(site, "secretary", "/v1/assessments", items=[
        {"code": "1.2", "assessment_fy": 2557, "report_fy": 2558, "level": 4, "reason": "=1+1"}]).status == 201
    (tmp_path / "report.csv").write_bytes(get(site, "director", "/v1/reports/2558.csv").body)
    done = subprocess.run(["ssconvert", "report.csv", "opened.xlsx"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "opened.xlsx").active for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"], "a formula"
    texts = [str(cell.value) for cell in cells]
    assert any(text.lstrip("'") == "=1+1" for text in texts), "a text stays what it was"
    assert any("รายงาน" in text for text in texts), "Thai is Thai"


def test_the_workbook_has_real_numbers_and_days_and_the_same_sums(site, report):
    body = get(site, "director", f"/v1/reports/{THIS_YEAR}.xlsx").body
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames == list(tables(report))
    for key in ("by_class", "by_unit", "by_subject"):
        sheet, table = book[key], tables(report)[key]
        assert sheet.freeze_panes == "A4" and "ร่าง" in sheet["A2"].value and "ลับ" in sheet.oddHeader.center.text
        received = [sheet.cell(4 + k, 3).value for k in range(len(table["rows"]))]
        assert all(isinstance(value, int) for value in received)
        assert sum(received) == 4 == sheet.cell(4 + len(table["rows"]), 3).value
    month = book["by_month"].cell(4, 1)
    assert month.is_date and (month.value.year, month.value.month) == (THIS_YEAR - 544, 10)
    assert "107041E" in month.number_format  # the Buddhist calendar
    source = openpyxl.load_workbook(io.BytesIO(get(site, "director", "/v1/reports/2557.xlsx").body))["agreement"]
    assert [source.cell(6, column).value for column in (10, 11, 12)] == [82.7470, 4.5494, 0.0910]
    assert source.cell(6, 11).number_format == "0.0000"


def pdf_of(site, actor, *args):
    path = site.folder / f"{uuid.uuid4()}.pdf"
    made = site.griev(actor, *args, "--format", "pdf", "--output", path)
    assert made.returncode == 0, made.stderr
    return path


def pdf_text(path, *pages):
    return subprocess.run(["pdftotext", "-raw", *pages, path, "-"], capture_output=True, check=True).stdout.decode()


def squeezed(text):
    """Without blanks, marks in their canonical order, and SARA AM, drawn as two glyphs, as the letter people write."""
    text = unicodedata.normalize("NFC", re.sub(r"\s", "", text))
    return re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\u0e33", text)


def test_the_pdf_says_what_the_page_says(site):
    path = pdf_of(site, "director", "report", str(THIS_YEAR), "--lang", "th", "--thai-digits")
    text = squeezed(pdf_text(path))
    page = printed(get(site, "director", f"/v1/reports/{THIS_YEAR}.html?digits=thai").body.decode())
    assert LONGEST in page
    lost = [line for line in page if len(line) < 60 and squeezed(line) not in text]
    # A cell that is broken over lines lies between its neighbours in the text of a PDF.
    assert len(lost) < len(page) / 20, lost[:20]
    for words in ("กำแพงเพชร", "ลำปาง", "ผลการดำเนินการต่อเรื่องร้องเรียน", "ซ้ำ", "KPI๑", "ป.ป.ช./ป.ป.ท."):
        assert words in text, words
    assert "\u25cc" not in text and "\ufffd" not in text
    # The summary is the first page and no more.
    first, second = (squeezed(pdf_text(path, "-f", number, "-l", number)) for number in ("1", "2"))
    last = squeezed("เห็นชอบ การจัดทำหลักฐานของตัวชี้วัด 4.1 และ 4.2 ที่ยังขาด").translate(THAI_DIGITS)
    assert last in first and "เพื่อโปรดพิจารณา" in first and "เพื่อโปรดพิจารณา" not in second


def test_the_pdf_is_a4_with_the_agencys_font_embedded_at_its_size(site):
    path = pdf_of(site, "director", "report", str(THIS_YEAR), "--lang", "th")
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert "A4" in info and int(re.search(r"Pages:\s+(\d+)", info).group(1)) > 3
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all("Laksaman" in font and re.search(r"yes +yes +yes", font) for font in fonts), fonts
    page = subprocess.run(["pdftotext", "-f", "1", "-l", "1", "-bbox", path, "-"], capture_output=True, text=True).stdout
    # Laksaman is TH Sarabun drawn larger: at 0.66 of 16 points it is TH Sarabun at 16.
    found = re.search(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(สิ่งที่เปลี่ยนแปลง:)', page)
    font = TTFont("/usr/share/fonts/truetype/tlwg/Laksaman.ttf")
    width = sum(font["hmtx"][font.getBestCmap()[ord(letter)]][0] for letter in found.group(3)) / font["head"].unitsPerEm
    assert float(found.group(2)) - float(found.group(1)) == pytest.approx(0.66 * 16 * width, rel=0.01)


def test_no_row_stands_alone_at_a_turn_of_the_page(site, tmp_path):
    """Tables of three rows and more, each again and again at other heights of a page."""
    page = get(site, "director", f"/v1/reports/{THIS_YEAR}.html?lang=en").body.decode()
    tables = re.findall(r"<figure[^>]*>\n<figcaption>Complaints by [cps].*?</figure>", page, re.DOTALL)
    assert [table.count("<tr") - 1 for table in tables] == [8, 9, 6, 16]
    small = re.search(r"<figure[^>]*>\n<figcaption>Complaints by month.*?</figure>", page, re.DOTALL).group()
    copies = "".join(f'<div style="height:{7 * k % 61}mm"></div>{[*tables, small][k % 5]}' for k in range(40))
    (tmp_path / "page.html").write_text(page[:page.index("<section")] + copies + "</body></html>")
    subprocess.run(["weasyprint", "--quiet", tmp_path / "page.html", tmp_path / "page.pdf"], check=True)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, check=True).stdout.decode()
    runs = []  # of each part of a table how many rows it has
    for line in text.splitlines():
        if re.match(r" *(Class|Channel|Process|Subject|Month) ", line):
            runs.append(0)
        elif re.search(r"\d+ +\d+ +([-\d.]+ +)?\d+ +\d+ +\d+$", line):
            runs[-1] += 1
    assert sum(runs) == copies.count("<tr") - 40 and len(runs) > 40 + 5, "some are parted"
    assert min(runs) > 1, runs


def test_the_memo_is_the_official_form(site):
    path = site.folder / "memo.pdf"
    assert site.griev("director", "report", THIS_YEAR, "--format", "memo", "--output", path).returncode == 0
    text = squeezed(pdf_text(path))
    for words in ("บันทึกข้อความ", "ส่วนราชการ", "เรียนผู้อำนวยการสำนักงานสถิติแห่งชาติ", "ทราบ", "ลับ"):
        assert words in text


def test_a_year_before_the_register_has_its_summary_its_source_and_its_mark_too(site):
    path = site.folder / "memo.pdf"
    assert site.griev("director", "report", 2557, "--format", "memo", "--output", path).returncode == 0
    assert "บันทึกข้อความ" in squeezed(pdf_text(path)) and "ลับ" in pdf_text(path)
    report = pdf_of(site, "director", "report", "2557", "--lang", "th")
    first, second = (squeezed(pdf_text(report, "-f", number, "-l", number)) for number in ("1", "2"))
    for words in ("ลับ", "บทสรุปผู้บริหาร", "4.9", "4.8198", "ตัวชี้วัดที่ได้คะแนนต่ำกว่า5:3.2", "เพื่อโปรดพิจารณา"):
        assert words in first, words
    assert "เพื่อโปรดพิจารณา" not in second
    assert squeezed("นำมาจากเอกสาร: รายงานการวิเคราะห์ผลการดำเนินการป้องกันและปราบปรามการทุจริต ประจำปีงบประมาณ พ.ศ. 2557") in squeezed(pdf_text(report))


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\x80" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def memo_with(site, picture):
    """griev's answer to being asked for the memo with that file as [report] emblem, and the memo's path."""
    (site.folder / "garuda").write_bytes(picture)
    config = site.folder / "with-emblem.conf"
    config.write_text(site.client_config("director").read_text() + "\n[report]\nemblem = garuda\n")
    path = site.folder / "memo.pdf"
    path.unlink(missing_ok=True)
    return subprocess.run([GRIEV, "--config", config, "--lang", "en", "report", str(THIS_YEAR), "--format", "memo", "--output", path],
                          capture_output=True, text=True, cwd="/"), path


def test_the_memo_carries_the_offices_garuda_one_and_a_half_centimetres_high(site):
    done, path = memo_with(site, png(120, 150))
    assert done.returncode == 0, done.stderr
    image = subprocess.run(["pdfimages", "-list", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert len(image) == 1 and image[0].split()[3:5] == ["120", "150"]
    assert float(image[0].split()[13]) == pytest.approx(150 / (1.5 / 2.54), abs=1)
    done, path = memo_with(site, b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="5"><rect width="4" height="5"/></svg>')
    assert done.returncode == 0 and path.exists()


@pytest.mark.parametrize("picture, told", [
    (b"GIF89a", "is neither PNG nor SVG"), (b"<svg>" + b" " * 1024 * 1024, "File too large"), (b"", "is neither PNG nor SVG")],
    ids=["gif", "too large", "empty"])
def test_what_is_no_garuda_is_refused(site, picture, told):
    done, path = memo_with(site, picture)
    assert done.returncode == 8 and "[report] emblem" in done.stderr and told in done.stderr and not path.exists()


def test_weasyprint_gets_nothing_of_ours(site, tmp_path):
    spy = tmp_path / "weasyprint"
    spy.write_text(f"#!/bin/sh\n(env; ls -l /proc/self/fd) >{tmp_path}/seen\ncat\n")
    spy.chmod(0o755)
    made = site.griev("director", "report", THIS_YEAR, "--format", "pdf", "--output", tmp_path / "x.pdf",
                      environment={"PATH": f"{tmp_path}:/usr/bin:/bin", "SECRET": "x"})
    assert made.returncode == 0, made.stderr
    seen = (tmp_path / "seen").read_text()
    assert "SECRET" not in seen and "socket:" not in seen and ".key" not in seen


@pytest.mark.parametrize("path, status", [
    (f"/v1/reports/{THIS_YEAR}.html?lang=de", 400), (f"/v1/reports/{THIS_YEAR}.html?digits=roman", 400),
    (f"/v1/reports/{THIS_YEAR}.pdf", 404), (f"/v1/reports/{THIS_YEAR + 1}.html", 404),
    (f"/v1/reports/{THIS_YEAR}.csv?edition=long", 422), ("/v1/reports/.html", 404)])
def test_what_there_is_not_is_refused(site, path, status):
    assert get(site, "director", path, status).headers["Content-Type"] == "application/problem+json"


def test_markup_in_a_text_stays_text(site):
    answer = post(site, "secretary", "/v1/assessments", items=[
        {"code": "1.2", "assessment_fy": 2557, "report_fy": 2559, "level": 4, "reason": "<script>alert(1)</script> & \"x\""}])
    assert answer.status == 201
    page = get(site, "director", "/v1/reports/2559.html").body.decode()
    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;" in page


# -- issue, hand over, publish


def test_a_report_is_issued_handed_over_and_corrected(site):
    year = str(CLOSED_YEAR)
    refused = site.griev("reporter", "issue", year)
    assert refused.returncode == 5 and "missing_evidence" in refused.stderr
    issued = json.loads(site.griev("reporter", "issue", year, "--acknowledge", "silent_units", "--acknowledge",
                                   "missing_evidence", "--json").stdout)
    body = get(site, "director", f"/v1/reports/{year}").body
    document = body[body.index(b'"document" : ') + len(b'"document" : '):-1]
    assert hashlib.sha256(document).hexdigest() == issued["sha256"]
    scan = site.folder / "scan.pdf"
    hand_over = lambda number: site.griev("reporter", "hand-over", year, "--memo-no", number, "--memo-date", today(),
                                          "--acknowledged-on", today(), "--document", scan, "--json")
    scan.write_bytes(b"")
    assert "that of an empty file" in hand_over("ทก 0501/7").stderr
    scan.write_bytes(b"%PDF signed")
    assert "must say something" in hand_over(" ").stderr
    given = hand_over("ทก 0501/7")
    assert json.loads(given.stdout)["document_sha256"] == hashlib.sha256(scan.read_bytes()).hexdigest()
    assert site.griev("reporter", "erratum", year, "--text", "แก้หน้า 3").returncode == 0
    page = "\n".join(printed(get(site, "auditor", f"/v1/reports/{year}.html").body.decode()))
    for words in ("ทก 0501/7", "แก้หน้า 3", issued["sha256"], "ข้อจำกัดที่รับทราบเมื่อออกรายงาน"):
        assert words in page
    assert "ร่าง" not in page.split("\n")
    text = site.griev("director", "report", year, "--summary", "--lang", "th").stdout
    for words in ("ทก 0501/7", "แก้หน้า 3", issued["sha256"], hashlib.sha256(scan.read_bytes()).hexdigest()):
        assert words in text, words
    rows = list(csv.reader(io.StringIO(get(site, "director", f"/v1/reports/{year}.csv").body.decode("utf-8-sig"))))
    assert rows[rows.index(["แก้คำผิดและข้อเท็จจริงที่ทราบภายหลัง"]) + 2][1] == "แก้หน้า 3"
    errata = openpyxl.load_workbook(io.BytesIO(get(site, "director", f"/v1/reports/{year}.xlsx").body))["errata"]
    assert errata["A4"].is_date and errata["B4"].value == "แก้หน้า 3"
    assert get(site, "director", f"/v1/reports/{year}.html?edition=scores").body.decode().count("แบบสรุปคะแนน") >= 1
    level = get(site, "director", f"/v1/scores/{year}").json["indicators"][1]["levels"][4]
    assert level["met"] and "ทก 0501/7" in level["found"][0]["text_en"]


def test_the_public_table_needs_no_certificate_and_may_be_kept(site):
    for suffix, media in (("", "application/json"), (".html", "text/html; charset=utf-8"), (".csv", "text/csv; charset=utf-8")):
        answer = get(site, None, f"/v1/statistics/{CLOSED_YEAR}{suffix}")
        assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (media, "public, max-age=3600")
    said, _, table = get(site, None, f"/v1/statistics/{CLOSED_YEAR}").json["document"]["sections"][0]["blocks"]
    assert said["text"]["th"] == "ไม่มีเรื่องร้องเรียน (ยังไม่ยืนยัน: 84 จาก 84 หน่วยงาน)"
    assert [column["key"] for column in table["columns"]] == ["month", "c1", "c2", "cx", "total", "done", "open"]
    assert len(table["rows"]) == 12 and table["total"][1:] == [0] * 6
    assert said["text"]["th"] in get(site, None, f"/v1/statistics/{CLOSED_YEAR}.html").body.decode()
    # Of a year before the register there is no table, and it says why.
    before = get(site, None, f"/v1/statistics/{CLOSED_YEAR - 1}").json["document"]["sections"][0]["blocks"]
    assert [block["text"]["en"][:22] for block in before] == ["The register began on "]
    for year, words in ((CLOSED_YEAR, said["text"]["th"]), (CLOSED_YEAR - 1, before[0]["text"]["th"])):
        assert words in get(site, None, f"/v1/statistics/{year}.csv").body.decode()
        sheet = openpyxl.load_workbook(io.BytesIO(get(site, None, f"/v1/statistics/{year}.xlsx").body)).active
        assert words in "".join(str(cell.value) for row in sheet["A1":"A2"] for cell in row)
    # This month's complaints are not told yet: whoever watches would learn when one came.
    current = site.request(None, "GET", f"/v1/statistics/{THIS_YEAR}")
    assert current.status == 404 or all(row[4] == 0 for row in current.json["document"]["sections"][0]["blocks"][-1]["rows"])


def test_the_public_table_says_in_each_form_what_is_counted_and_what_is_not_classified(site):
    path = f"/v1/statistics/{CLOSED_YEAR}"
    told = ["ไม่มีเรื่องร้องเรียน (ยังไม่ยืนยัน: 84 จาก 84 หน่วยงาน)", "หน่วย : เรื่อง",
            "* เรื่องที่รับไว้และยังไม่จำแนกประเภท นับรวมในจำนวนทั้งหมด"]
    rows = list(csv.reader(io.StringIO(get(site, None, f"{path}.csv").body.decode("utf-8-sig"), newline="")))
    assert all([words] in rows for words in told[1:]) and rows[3][0] == "ประจำเดือน (ค.ศ. YYYY-MM)", rows
    assert rows[4][0] == f"{CLOSED_YEAR - 544}-10"
    sheet = openpyxl.load_workbook(io.BytesIO(get(site, None, f"{path}.xlsx").body)).active
    below = [row[0].value for row in sheet.iter_rows(min_row=4 + 12 + 1)]
    assert below[0] is None and set(below[1:]) == set(told[1:])
    texts = ["\n".join(",".join(row) for row in rows), "\n".join(str(cell.value) for row in sheet for cell in row)]
    assert all(text.count(told[0]) == 1 for text in texts), "once, in the line on top"
    assert told[0] in rows[0][0] and told[0] in sheet["A2"].value
    lines = printed(get(site, None, f"{path}.html").body.decode())
    assert all(words in lines for words in told)
    text = site.griev(None, "statistics", CLOSED_YEAR, "--lang", "th").stdout
    assert all(words in text.splitlines() for words in told)


def test_asking_for_the_public_table_again_and_again_asks_the_database_once(own_site):
    path = f"/v1/statistics/{CLOSED_YEAR}"
    calls = "SELECT calls FROM pg_stat_user_functions WHERE schemaname = 'api' AND funcname = 'statistics_get'"
    own_site.postgres.psql("ALTER SYSTEM SET track_functions = 'all'; SELECT pg_reload_conf()")
    own_site.stop_daemon()
    own_site.start_daemon().await_ready()  # whose sessions have the setting
    bodies = {get(own_site, None, path).body for _ in range(20)}
    assert len(bodies) == 1
    assert get(own_site, None, f"{path}.html?lang=en").body != get(own_site, None, f"{path}.html?lang=th").body
    own_site.stop_daemon()  # its sessions end, and tell what they did
    wait_until(lambda: own_site.postgres.psql(calls) == "1", "one call")


def test_a_query_that_would_pass_by_what_is_kept_is_refused(site):
    assert get(site, None, f"/v1/statistics/{CLOSED_YEAR}?x=1", 400).json["detail"] == "the query has a parameter that is not known here"


def test_publishing_makes_the_files_for_the_website(site):
    folder = site.folder / "web"
    folder.mkdir()
    assert get(site, None, f"/v1/statistics/{CLOSED_YEAR}?months=1-6", 404)
    done = site.griev("reporter", "publish", CLOSED_YEAR, "--months", "1-6", "--approved-by", "ผู้อำนวยการกลุ่มนิติการ",
                      "--approved-on", today(), "--output", folder, "--lang", "th")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"statistics-{CLOSED_YEAR}-1-6{suffix}" for suffix in (".csv", ".html", ".json", ".xlsx")]
    assert {(folder / name).stat().st_mode & 0o777 for name in names} == {0o644}, "a web server reads them"
    page = printed((folder / names[1]).read_text())
    assert "ผู้อนุมัติให้เผยแพร่ ผู้อำนวยการกลุ่มนิติการ" in page
    assert json.loads((folder / names[2]).read_text())["status"] == "published"
    told = f"ข้อมูล ณ วันที่ 31 มีนาคม {CLOSED_YEAR} · ผู้อนุมัติให้เผยแพร่ ผู้อำนวยการกลุ่มนิติการ · อนุมัติเมื่อวันที่"
    assert told in (folder / names[0]).read_text().splitlines()[0]
    assert told in openpyxl.load_workbook(folder / names[3]).active["A2"].value


def test_the_next_publication_of_the_same_months_replaces_the_first_at_once(site):
    folder = site.folder / "twice"
    folder.mkdir()
    publish = lambda who: site.griev("reporter", "publish", CLOSED_YEAR, "--months", "1-3", "--approved-by", who,
                                     "--approved-on", today(), "--output", folder, "--lang", "th", "--json")
    for who in ("ผู้อำนวยการ", "รองผู้อำนวยการ"):
        done = publish(who)
        assert done.returncode == 0, done.stderr
        told = json.loads((folder / f"statistics-{CLOSED_YEAR}-1-3.json").read_text())["publication"]
        assert (told["approved_by"], told["sha256"]) == (who, json.loads(done.stdout)["sha256"])
        assert f"ผู้อนุมัติให้เผยแพร่ {who} ·" in (folder / f"statistics-{CLOSED_YEAR}-1-3.csv").read_text()


def test_what_was_approved_earlier_does_not_replace_what_was_approved_later(site):
    folder = site.folder / "order"
    folder.mkdir()
    publish = lambda who, day: site.griev("reporter", "publish", CLOSED_YEAR, "--months", "2", "--approved-by", who,
                                          "--approved-on", day, "--output", folder)
    assert publish("ก", today()).returncode == 0
    name = folder / f"statistics-{CLOSED_YEAR}-2-2.json"
    kept = name.read_bytes()
    done = publish("ข", today() - timedelta(days=1))
    assert done.returncode == CONFLICT and name.read_bytes() == kept
    assert f"what ข approved on {today() - timedelta(days=1)} does not replace what ก approved on {today()}" in done.stderr
    assert "show" not in done.stderr and "list" not in done.stderr, "no verb that has nothing to do with it"


def test_of_two_publications_at_once_the_one_approved_later_is_there(site):
    publish = lambda who, day: ("SELECT rules.statistics_publish(now(), 'reporter', '{{\"fy\": \"{}\"}}', '{}')".format(
        CLOSED_YEAR, json.dumps({"event_id": str(uuid.uuid4()), "months": "7-9", "approved_by": who, "approved_on": day.isoformat()})))
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with site.postgres.session(f"BEGIN; {publish('first', today())}") as one, site.postgres.session("BEGIN") as other:
        other.stdin.write(f"{publish('second', today() - timedelta(days=1))};\nCOMMIT;\n")
        other.stdin.flush()
        wait_until(lambda: site.postgres.psql(waits) != "0", "the second waits")
        one.stdin.write("COMMIT;\n")
        one.stdin.close()
        other.stdin.close()
        said = other.stdout.read()
    assert "does not replace what first approved on" in said, said
    told = get(site, None, f"/v1/statistics/{CLOSED_YEAR}?months=7-9").json["publication"]
    assert told["approved_by"] == "first"


def test_the_hash_of_a_publication_is_of_the_document_in_its_file_with_who_approved_it(site):
    folder = site.folder / "hashed"
    folder.mkdir()
    done = site.griev("reporter", "publish", CLOSED_YEAR, "--months", "3", "--approved-by", "ผู้อำนวยการ", "--approved-on", today(),
                      "--output", folder, "--json")
    body = (folder / f"statistics-{CLOSED_YEAR}-3-3.json").read_bytes()
    document = body[body.index(b'"document" : ') + len(b'"document" : '):-1]
    assert hashlib.sha256(document).hexdigest() == json.loads(done.stdout)["sha256"]
    assert json.loads(document)["approval"] == {"approved_by": "ผู้อำนวยการ", "approved_on": today().isoformat()}
    page = printed((folder / f"statistics-{CLOSED_YEAR}-3-3.html").read_text())
    assert json.loads(done.stdout)["sha256"] in "".join(page)


def test_nothing_is_published_when_its_files_have_no_place(site):
    (site.folder / "file").write_text("")
    (site.folder / "file").chmod(0o755)
    for place in ("nowhere", "file"):
        done = site.griev("reporter", "publish", CLOSED_YEAR, "--months", "4", "--approved-by", "ก", "--approved-on", today(),
                          "--output", site.folder / place)
        assert done.returncode == 8 and place in done.stderr
    get(site, None, f"/v1/statistics/{CLOSED_YEAR}?months=4", 404)


def test_what_was_not_just_published_is_not_saved_as_if_it_were(site):
    """Something between the two kept what was published before."""
    folder = site.folder / "kept"
    folder.mkdir()
    months = ("publish", CLOSED_YEAR, "--months", "1-2", "--approved-on", today(), "--output", folder, "--approved-by")
    assert site.griev("reporter", *months, "ผู้อำนวยการ").returncode == 0
    name = folder / f"statistics-{CLOSED_YEAR}-1-2.json"
    earlier = name.read_bytes()
    with Liar(site, "reporter", lambda asked, answer: earlier if asked.command == "GET" else answer.body) as liar:
        done = site.griev("reporter", *months, "รองผู้อำนวยการ", url=liar.url)
    assert done.returncode == CONFLICT and "is not what was published" in done.stderr, done
    assert name.read_bytes() == earlier


def test_the_same_months_written_otherwise_have_the_same_files(site):
    folder = site.folder / "same"
    folder.mkdir()
    for months in ("5-6", "05-06"):
        assert site.griev("reporter", "publish", CLOSED_YEAR, "--months", months, "--approved-by", "ก", "--approved-on", today(),
                          "--output", folder).returncode == 0
    assert {path.stem for path in folder.iterdir()} == {f"statistics-{CLOSED_YEAR}-5-6"}


def test_the_committee_gets_the_evidence_as_one_file(site):
    piece = post(site, "head", "/v1/evidence", kind="designation", criterion="4.1", unit="TH-50", officer="TH-50",
                 order_no="12/2570", order_date=today().isoformat(), valid_from=today().isoformat(), document_sha256="ab" * 32)
    assert piece.status == 201, piece
    text = squeezed(pdf_text(pdf_of(site, "committee", "evidence", "pack", "4.1", "--lang", "th")))
    for words in ("เจ้าหน้าที่รับเรื่อง", "12/2570", "หลักฐานประกอบตัวชี้วัดที่4.1"):
        assert words in text, words


def test_every_kpi_is_a_metric_and_no_scrape_waits_for_it(own_site):
    first = own_site.metrics()
    assert "grievd_requests_total" in first and "grievd_score" not in first
    wait_until(lambda: "grievd_score" in own_site.metrics(), "the scores are read")
    assert own_site.metric("grievd_kpi1_value") == 0
    lines = own_site.metrics().splitlines()
    assert 'grievd_score{code="kpi1"} 5.0000' in lines and 'grievd_evidence_level{code="4.1"} 0' in lines
    own_site.postgres.stop()
    assert 'grievd_score{code="kpi1"} 5.0000' in own_site.metrics().splitlines()


def test_a_document_goes_to_the_file_that_was_named_whatever_its_form(site, tmp_path):
    for args, begins in ((["--lang", "en"], "Evidence for indicator 4.1"), (["--format", "json"], '{"fy"'), (["--json=pretty"], "{\n"),
                         (["--format", "html"], "<!DOCTYPE html>"), (["--colour", "always", "--lang", "en"], "Evidence for")):
        path = tmp_path / "document"
        done = site.griev("committee", "evidence", "pack", "4.1", *args, "--output", path)
        assert (done.returncode, done.stdout) == (0, ""), done
        assert path.read_text().startswith(begins)
        path.unlink()
    for both in (["--summary", "--format", "csv"], ["--json", "--format", "csv"]):
        done = site.griev("director", "report", THIS_YEAR, *both, "--output", tmp_path / "both")
        assert done.returncode == 2 and not (tmp_path / "both").exists()


@pytest.mark.parametrize("form", ["csv", "xlsx", "memo"])
def test_the_evidence_is_offered_in_no_form_that_it_has_not(site, form):
    done = site.griev("committee", "evidence", "pack", "4.1", "--format", form)
    assert done.returncode == 2 and "text|json|html|pdf" in done.stderr and done.stdout == ""


def test_days_and_months_of_a_document_are_thai_ones_on_a_terminal_too(site):
    digits = ("--lang", "th", "--thai-digits")
    text = site.griev(None, "statistics", CLOSED_YEAR, *digits).stdout
    assert f"ตุลาคม {CLOSED_YEAR - 1}".translate(THAI_DIGITS) in text
    evidence = post(site, "head", "/v1/evidence", kind="designation", criterion="4.1", unit="TH-90", officer="TH-90", order_no="C1/7",
                    order_date="2024-11-28", valid_from="2024-11-28")
    assert evidence.status == 201, evidence
    pack = site.griev("committee", "evidence", "pack", "4.1", *digits).stdout
    assert "๒๘ พฤศจิกายน ๒๕๖๗" in pack and "C1/7" in pack
    for shown in (text, pack, site.griev("director", "report", THIS_YEAR, *digits).stdout):
        assert not re.search("[๐-๙]{4}-[๐-๙]{2}", shown)


def test_the_report_is_read_on_a_terminal_too(site):
    shown = site.griev("director", "report", THIS_YEAR, "--summary", "--lang", "th")
    assert shown.returncode == 0 and "บทสรุปผู้บริหาร" in shown.stdout and "คงค้างยกไป" in shown.stdout
    shown = site.griev("director", "report", THIS_YEAR, "--lang", "th").stdout
    assert "ยกมา + รับใหม่ + นำกลับมาพิจารณาใหม่ − แล้วเสร็จ = คงค้างยกไป" in shown, "with what is noted under a table"


def test_a_case_closed_by_the_legal_group_is_closed_in_the_report(own_site):
    case = own_site.submit("TH-50").json
    for actor, told in (
            ("legal", {"kind": "register"}),
            ("triager", {"kind": "screen", "in_remit": True, "class": "C1", "conflict": False, "particulars": True,
                         "next_step": "close"}),
            ("triager", {"kind": "propose", "outcome": "unfounded", "reason": "ไม่มีพยานหลักฐาน"}),
            ("head", {"kind": "close", "order_no": "ส 1/2570", "order_date": today().isoformat(), "signatory": "director"})):
        version = own_site.request(actor, "GET", f"/v1/complaints/{case['id']}").json["version"]
        moved = own_site.request(actor, "POST", f"/v1/complaints/{case['id']}/events",
                                 {"event_id": str(uuid.uuid4()), **told}, {"If-Match": f'"{version}"'})
        assert moved.status == 200, (told, moved)
    report = get(own_site, "director", f"/v1/reports/{THIS_YEAR}").json
    assert tables(report)["by_month"]["total"][1:] == [0, 1, 0, 1, 0]
    assert [row for row in tables(report)["by_outcome"]["rows"] if row[1]] == [
        [{"th": "ไม่มีมูล", "en": "Not substantiated"}, 1, "100.00"]]
    assert tables(report)["by_time"]["rows"][0][1] == 1
