/*
 * The client on one page: every verb is one row of the table at the end, with
 * the request it makes, the options it takes (which become query parameters or
 * members of the body), and the columns its answer is printed in. Usage, help
 * and the shell's completion come from the same rows.
 */
#include "griev.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* ---- options and columns ---- */

static const struct option submit_options[] = {
    {"narrative", "FILE", OPTION_FILE, "narrative",
     TEXT("แฟ้มข้อเท็จจริง", "the narrative, a text file")},
    {"channel", "CODE", OPTION_TEXT, "channel", TEXT("ช่องทาง", "how it came (see griev taxonomy)")},
    {"process", "CODE", OPTION_TEXT, "process", TEXT("กระบวนงาน", "the process it concerns")},
    {"subject", "CODE", OPTION_TEXT, "subject", TEXT("เรื่อง", "what it is about")},
    {"class", "CODE", OPTION_TEXT, "class",
     TEXT("ความเห็นประเภท (ปกติ CX)", "your opinion of its class; CX if left out")},
    {"identity", "CODE", OPTION_TEXT, "identity",
     TEXT("การระบุตัวผู้ร้อง", "named, confidential, anonymous or letter")},
    {"received-on", "DATE", OPTION_DATE, "received_on",
     TEXT("วันรับเรื่อง (ปกติวันนี้)", "the day it was received; today if left out")},
    {"accused-unit", "UNIT", OPTION_TEXT, "accused_unit", TEXT("หน่วยผู้ถูกร้อง", "the accused's unit")},
    {"accused-role", "CODE", OPTION_TEXT, "accused_role",
     TEXT("ตำแหน่งผู้ถูกร้อง", "the accused's role")},
    {"accused", "FILE", OPTION_JSON, "accused",
     TEXT("แฟ้ม JSON รายชื่อผู้ถูกร้อง", "JSON file: [{name, position, principal}]")},
    {"conflict", "WHO", OPTION_LIST, "conflict",
     TEXT("ผู้ต้องไม่เห็นเรื่อง (ซ้ำได้)", "principal or unit that must not see it; repeatable")},
    {"complainant", "FILE", OPTION_JSON, "complainant",
     TEXT("แฟ้ม JSON ผู้ร้อง", "JSON file: {name, phone, email, address}")},
    {"contact", "FILE", OPTION_JSON, "contact",
     TEXT("แฟ้ม JSON การติดต่อ", "JSON file: {phone, email, address, note}")},
    {"source", "FILE", OPTION_JSON, "source",
     TEXT("แฟ้ม JSON ที่มาของหนังสือ", "JSON file: {agency, letter_no, letter_date, …}")},
    {"box-opening", "UUID", OPTION_TEXT, "box_opening",
     TEXT("การเปิดตู้", "the box opening it came from")},
    {0},
};

static const struct option import_options[] = {
    {"map", "HEADER=MEMBER", OPTION_LIST, "",
     TEXT("ความหมายของหัวคอลัมน์ (ซ้ำได้)", "what a column is; repeatable")},
    {"skip", "HEADER", OPTION_LIST, "",
     TEXT("คอลัมน์ที่ไม่ใช้ (ซ้ำได้)", "a column to pass over; repeatable")},
    {"dry-run", NULL, OPTION_FLAG, "", TEXT("ตรวจเท่านั้น ไม่ส่ง", "check only, and send nothing")},
    {"good-rows", NULL, OPTION_FLAG, "",
     TEXT("ส่งเฉพาะแถวที่ถูกต้อง", "send the good rows although others have faults")},
    {0},
};

static const struct option list_options[] = {
    {"state", "STATE", OPTION_TEXT, "state", TEXT("สถานะ", "only in this state")},
    {"unit", "UNIT", OPTION_TEXT, "unit", TEXT("หน่วยรับเรื่อง", "only received by this unit")},
    {"class", "CODE", OPTION_TEXT, "class", TEXT("ประเภท", "only of this class")},
    {"fy", "YEAR", OPTION_YEAR, "fy",
     TEXT("ปีงบประมาณ พ.ศ.", "only counted in this fiscal year, such as 2570")},
    {"subject", "CODE", OPTION_TEXT, "subject", TEXT("เรื่อง", "only about this subject")},
    {"ref", "REF", OPTION_TEXT, "ref", TEXT("เลขที่รับ", "only this number")},
    {"assignee", "NAME", OPTION_TEXT, "assignee", TEXT("ผู้ตรวจสอบ", "only assigned to him")},
    {"received-from", "DATE", OPTION_DATE, "received_from",
     TEXT("รับตั้งแต่วันที่", "only received on that day or later")},
    {"received-to", "DATE", OPTION_DATE, "received_to",
     TEXT("รับถึงวันที่", "only received on that day or before")},
    {"due-by", "DATE", OPTION_DATE, "due_by", TEXT("ครบกำหนดภายใน", "only due by that day")},
    {"limit", "N", OPTION_NUMBER, "limit",
     TEXT("จำนวนต่อหน้า (ไม่เกิน 200)", "how many at a time, at most 200")},
    {"all", NULL, OPTION_FLAG, "", TEXT("ทั้งหมด", "all of them, page after page")},
    {0},
};
static const struct column list_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("วันรับเรื่อง", "Received"), "received_on", CELL_DATE, NULL},
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("ประเภท", "Class"), "class", CELL_CODE, "class"},
    {TEXT("เรื่อง", "Subject"), "subject", CELL_CODE, "subject"},
    {TEXT("ช่องทาง", "Channel"), "channel", CELL_CODE, "channel"},
    {TEXT("ส่งไปยัง", "Route"), "route", CELL_CODE, "route"},
    {TEXT("สถานะ", "State"), "state", CELL_NAME, NULL},
    {TEXT("ล่าช้า", "Late"), "late", CELL_YES, NULL},
};

static const struct column move_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("สถานะ", "State"), "state", CELL_CODE, "state"},
    {TEXT("รุ่นข้อมูล", "Version"), "version", CELL_NUMBER, NULL},
    {TEXT("รอความเห็นชอบ", "Waits for approval"), "proposal", CELL_CODE, NULL},
    {TEXT("ภายใน", "Until"), "expires_at", CELL_TIME, NULL},
    {TEXT("ส่งต่อไปยัง", "Routed to"), "route", CELL_CODE, "route"},
};

static const struct option queue_options[] = {
    {"assignee", "NAME", OPTION_TEXT, "assignee",
     TEXT("ของผู้ตรวจสอบ (ชื่อตนเอง)", "only what is assigned to you: your own name")},
    {"due-by", "DATE", OPTION_DATE, "due_by",
     TEXT("ครบกำหนดภายใน", "only what is due by that day")},
    {"limit", "N", OPTION_NUMBER, "limit",
     TEXT("จำนวนต่อหน้า (ไม่เกิน 200)", "how many at a time, at most 200")},
    {"all", NULL, OPTION_FLAG, "", TEXT("ทั้งหมด", "all of them, page after page")},
    {0},
};
static const struct column queue_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("ครบกำหนด", "Due"), "due_on", CELL_DATE, NULL},
    {TEXT("เกินกำหนด", "Overdue"), "overdue", CELL_YES, NULL},
    {TEXT("ขั้นตอน", "Clock"), "clock", CELL_NAME, NULL},
    {TEXT("สถานะ", "State"), "state", CELL_NAME, NULL},
    {TEXT("ประเภท", "Class"), "class", CELL_CODE, "class"},
    {TEXT("เรื่อง", "Subject"), "subject", CELL_CODE, "subject"},
    {TEXT("ผู้ตรวจสอบ", "Investigator"), "investigator", CELL_CODE, NULL},
    {TEXT("ทำต่อได้", "Next"), "moves", CELL_LIST, NULL},
};

static const struct option letters_options[] = {
    {"pending", "yes", OPTION_TEXT, "pending",
     TEXT("เฉพาะที่ส่ง ป.ป.ช./ป.ป.ท. แล้วยังไม่ทราบผล", "only referrals whose result is not known yet")},
    {"limit", "N", OPTION_NUMBER, "limit",
     TEXT("จำนวนต่อหน้า (ไม่เกิน 200)", "how many at a time, at most 200")},
    {"all", NULL, OPTION_FLAG, "", TEXT("ทั้งหมด", "all of them, page after page")},
    {0},
};
static const struct column letters_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("หนังสือ", "Letter"), "kind", CELL_NAME, NULL},
    {TEXT("หน่วยงาน", "Agency"), "agency", CELL_CODE, "agency"},
    {TEXT("เลขที่หนังสือ", "Letter number"), "letter_no", CELL_TEXT, NULL},
    {TEXT("ลงวันที่", "Dated"), "letter_date", CELL_DATE, NULL},
    {TEXT("เลขรับหนังสือ", "Received as"), "receive_no", CELL_TEXT, NULL},
    {TEXT("รับวันที่", "Received on"), "receive_date", CELL_DATE, NULL},
    {TEXT("ทราบผลแล้ว", "Result known"), "answered", CELL_YES, NULL},
};

/* What happens to a case: each verb's options are the members of its event, or the kinds of it. */
static const struct option take_options[] = {
    {"register", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"resume", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {0},
};
static const struct option assign_options[] = {
    {"assign", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"", NULL, OPTION_OPERAND, "investigator", TEXT("", "")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option screen_options[] = {
    {"screen", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"in-remit", "yes|no", OPTION_YES, "in_remit",
     TEXT("อยู่ในหน้าที่และอำนาจ", "whether it is in our remit")},
    {"class", "CODE", OPTION_TEXT, "class", TEXT("ประเภทที่เห็นว่าใช่", "the class it seems to be")},
    {"conflict", "yes|no", OPTION_YES, "conflict",
     TEXT("ผู้คัดกรองมีส่วนได้เสีย", "whether somebody handling it has an interest")},
    {"particulars", "yes|no", OPTION_YES, "particulars",
     TEXT("มีรายละเอียดเพียงพอ", "whether its particulars suffice")},
    {"next", "STEP", OPTION_TEXT, "next_step",
     TEXT("ขั้นต่อไป: accept ask transfer refer close", "accept, ask, transfer, refer or close")},
    {"duplicate", "REF", OPTION_LIST, "duplicates",
     TEXT("เรื่องที่อาจซ้ำ (ซ้ำได้)", "a case that may be the same; repeatable")},
    {"states-evidence", "yes|no", OPTION_YES, "states_evidence",
     TEXT("บัตรสนเท่ห์: ระบุหลักฐาน", "an anonymous letter: it states evidence")},
    {"plain-circumstances", "yes|no", OPTION_YES, "plain_circumstances",
     TEXT("บัตรสนเท่ห์: กรณีแวดล้อมปรากฏชัดแจ้ง", "an anonymous letter: circumstances are plain")},
    {"names-witness", "yes|no", OPTION_YES, "names_witness",
     TEXT("บัตรสนเท่ห์: ชี้พยานบุคคลแน่นอน", "an anonymous letter: it names a witness")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option note_options[] = {
    {"note", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"internal", NULL, OPTION_FIXED, "audience", TEXT("", "")},
    {"to", "WHO", OPTION_TEXT, "audience",
     TEXT("internal หรือ complainant", "internal, or complainant: what he was told")},
    {"letter-no", "NO", OPTION_TEXT, "letter_no", TEXT("เลขที่หนังสือ", "number of the letter")},
    {"letter-date", "DATE", OPTION_DATE, "letter_date", TEXT("ลงวันที่", "its date")},
    {"text", "FILE", OPTION_ASKED, "text",
     TEXT("ข้อความ", "the text: a text file, or a line on standard input")},
    {0},
};
static const struct option ask_options[] = {
    {"ask", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"letter-no", "NO", OPTION_TEXT, "letter_no", TEXT("เลขที่หนังสือ", "number of the letter")},
    {"letter-date", "DATE", OPTION_DATE, "letter_date", TEXT("ลงวันที่", "its date")},
    {"text", "FILE", OPTION_ASKED, "text",
     TEXT("ข้อความ", "the text: a text file, or a line on standard input")},
    {0},
};
static const struct option answer_options[] = {
    {"answer", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"text", "FILE", OPTION_ASKED, "text",
     TEXT("ข้อความ", "the text: a text file, or a line on standard input")},
    {0},
};
static const struct option time_out_options[] = {
    {"time_out", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {0},
};
static const struct option finding_options[] = {
    {"find", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"finding", "FILE", OPTION_ASKED, "finding",
     TEXT("ผลการตรวจสอบ", "the finding: a text file, or a line on standard input")},
    {0},
};
static const struct option class_options[] = {
    {"class_changed", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"", NULL, OPTION_OPERAND, "class", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option link_options[] = {
    {"link", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"", NULL, OPTION_OPERAND, "original", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option unlink_options[] = {
    {"unlink", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option split_options[] = {
    {"split", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"subject", "CODE", OPTION_LIST, "subjects",
     TEXT("เรื่องของแต่ละส่วน (สองครั้งขึ้นไป)", "what a part is about; given twice or more")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option transfer_options[] = {
    {"transfer", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"agency", "NAME", OPTION_TEXT, "to_agency", TEXT("หน่วยงานที่รับเรื่อง", "the agency it goes to")},
    {"letter-no", "NO", OPTION_TEXT, "letter_no", TEXT("เลขที่หนังสือ", "number of the letter")},
    {"letter-date", "DATE", OPTION_DATE, "letter_date", TEXT("ลงวันที่", "its date")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option refer_options[] = {
    {"refer", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"agency", "CODE", OPTION_TEXT, "agency",
     TEXT("nacc (ป.ป.ช.) หรือ pacc (ป.ป.ท.)", "nacc or pacc")},
    {"letter-no", "NO", OPTION_TEXT, "letter_no", TEXT("เลขที่หนังสือ", "number of the letter")},
    {"letter-date", "DATE", OPTION_DATE, "letter_date", TEXT("ลงวันที่", "its date")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option reply_options[] = {
    {"reply", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"letter-no", "NO", OPTION_TEXT, "letter_no", TEXT("เลขที่หนังสือ", "number of the letter")},
    {"letter-date", "DATE", OPTION_DATE, "letter_date", TEXT("ลงวันที่", "its date")},
    {"receive-no", "NO", OPTION_TEXT, "receive_no", TEXT("เลขรับ", "number it was received under")},
    {"receive-date", "DATE", OPTION_DATE, "receive_date",
     TEXT("วันที่รับหนังสือ", "the day it was received")},
    {"result", "yes|no", OPTION_YES, "result",
     TEXT("เป็นผลการพิจารณา", "whether it is the agency's result")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option propose_options[] = {
    {"propose", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"", NULL, OPTION_OPERAND, "outcome", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option return_options[] = {
    {"return", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option close_options[] = {
    {"close", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"order-no", "NO", OPTION_TEXT, "order_no",
     TEXT("เลขที่คำสั่งผู้อำนวยการ", "number of the director's order")},
    {"order-date", "DATE", OPTION_DATE, "order_date", TEXT("คำสั่งลงวันที่", "its date")},
    {"signatory", "NAME", OPTION_TEXT, "signatory", TEXT("ผู้ลงนาม", "who signed it")},
    {"text", "FILE", OPTION_FILE, "text", TEXT("แฟ้มข้อความ", "more about it, a text file")},
    {0},
};
static const struct option reopen_options[] = {
    {"reopen", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option withdraw_options[] = {
    {"withdraw", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option accuse_options[] = {
    {"accuse", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"accused", "NAME", OPTION_LIST, "accused",
     TEXT("ผู้ถูกร้อง (ซ้ำได้)", "a principal who is accused; repeatable")},
    {"accused-unit", "UNIT", OPTION_TEXT, "accused_unit", TEXT("หน่วยผู้ถูกร้อง", "the accused's unit")},
    {"accused-role", "CODE", OPTION_TEXT, "accused_role",
     TEXT("ตำแหน่งผู้ถูกร้อง", "the accused's role")},
    {"conflict", "WHO", OPTION_LIST, "conflict",
     TEXT("ผู้ต้องไม่เห็นเรื่อง (ซ้ำได้)", "principal or unit that must not see it; repeatable")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option interest_options[] = {
    {"interest", NULL, OPTION_FIXED, "kind", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};

static const struct column attached_columns[] = {
    {TEXT("แฟ้ม", "File"), "file", CELL_TEXT, NULL},
    {TEXT("ที่", "No."), "n", CELL_NUMBER, NULL},
    {TEXT("ชนิด", "Type"), "type", CELL_CODE, NULL},
    {TEXT("ขนาด (ไบต์)", "Bytes"), "size", CELL_NUMBER, NULL},
    {TEXT("มีอยู่แล้ว", "There before"), "before", CELL_YES, NULL},
};
static const struct option fetch_options[] = {
    {"output", "FILE|DIR", OPTION_TEXT, "",
     TEXT("แฟ้มหรือโฟลเดอร์ที่เขียน (ปกติโฟลเดอร์นี้)", "where to write; this folder if left out (-o)")},
    {0},
};

static const struct column track_columns[] = {
    {TEXT("สถานะ", "State"), "state", CELL_NAMES, NULL},
    {TEXT("ตั้งแต่", "Since"), "since", CELL_DATE, NULL},
    {TEXT("เปิดตัวผู้ร้องแล้ว", "Identity opened"), "identity_opened", CELL_YES, NULL},
};

static const struct option confirm_options[] = {
    {"count", "N", OPTION_NUMBER, "",
     TEXT("จำนวนเรื่อง รวมศูนย์", "the number of complaints, zero included")},
    {"unit", "UNIT", OPTION_TEXT, "",
     TEXT("หน่วย (ปกติหน่วยของตน)", "the unit; your own if left out")},
    {0},
};
static const struct column confirm_columns[] = {
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("เดือน", "Month"), "month", CELL_MONTH, NULL},
    {TEXT("จำนวน", "Count"), "count", CELL_NUMBER, NULL},
    {TEXT("ยืนยันเมื่อ", "Confirmed at"), "confirmed_at", CELL_TIME, NULL},
    {TEXT("ยืนยันโดย", "Confirmed by"), "confirmed_by", CELL_CODE, NULL},
    {TEXT("ล่าช้า", "Late"), "late", CELL_YES, NULL},
};

static const struct option returns_options[] = {
    {"fy", "YEAR", OPTION_YEAR, "fy", TEXT("ปีงบประมาณ พ.ศ.", "the fiscal year, such as 2570")},
    {"unit", "UNIT", OPTION_TEXT, "unit", TEXT("หน่วย", "only this unit")},
    {0},
};
static const struct column returns_columns[] = {
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("ชื่อหน่วย", "Name"), "name", CELL_NAMES, NULL},
    {TEXT("เดือน", "Month"), "month", CELL_MONTH, NULL},
    {TEXT("กำหนด", "Due"), "due_on", CELL_DATE, NULL},
    {TEXT("จำนวน", "Count"), "count", CELL_NUMBER, NULL},
    {TEXT("ยืนยันเมื่อ", "Confirmed"), "confirmed_at", CELL_TIME, NULL},
    {TEXT("โดย", "By"), "confirmed_by", CELL_CODE, NULL},
    {TEXT("ล่าช้า", "Late"), "late", CELL_YES, NULL},
    {TEXT("เงียบ", "Silent"), "silent", CELL_YES, NULL},
    {TEXT("มาภายหลัง", "After"), "after", CELL_NUMBER, NULL},
};

static const struct option box_options[] = {
    {"opened-on", "DATE", OPTION_DATE, "opened_on", TEXT("วันเปิดตู้", "the day")},
    {"opener", "NAME", OPTION_LIST, "openers", TEXT("ผู้เปิด (สองคน)", "who opened it; given twice")},
    {"seal-before", "NO", OPTION_TEXT, "seal_before",
     TEXT("เลขผนึกเดิม", "number of the seal before")},
    {"seal-after", "NO", OPTION_TEXT, "seal_after", TEXT("เลขผนึกใหม่", "number of the seal after")},
    {"items", "N", OPTION_NUMBER, "items", TEXT("จำนวนในตู้", "how many things were in it")},
    {"not-complaint", "K:REASON", OPTION_LIST, "",
     TEXT("ชิ้นที่ไม่ใช่เรื่องร้องเรียน (ซ้ำได้)", "item K is no complaint; repeatable")},
    {0},
};
static const struct column box_columns[] = {
    {TEXT("รหัส", "Id"), "id", CELL_CODE, NULL},
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("วันเปิด", "Opened"), "opened_on", CELL_DATE, NULL},
    {TEXT("จำนวน", "Items"), "items", CELL_NUMBER, NULL},
    {TEXT("ไม่ใช่เรื่อง", "Not complaints"), "not_complaints", CELL_NUMBER, NULL},
    {TEXT("ต้องมี", "Expected"), "expected", CELL_NUMBER, NULL},
    {TEXT("บันทึกแล้ว", "Complaints"), "complaints", CELL_NUMBER, NULL},
    {TEXT("ขาด", "Missing"), "missing", CELL_NUMBER, NULL},
};

static const struct option evidence_add_options[] = {
    {"kind", "KIND", OPTION_TEXT, "kind",
     TEXT("designation publication working_group regulation procedure",
          "designation, publication, working_group, regulation or procedure")},
    {"criterion", "NO", OPTION_TEXT, "criterion", TEXT("4.1 หรือ 4.2", "4.1 or 4.2")},
    {"unit", "UNIT", OPTION_TEXT, "unit", TEXT("หน่วย", "the unit it concerns")},
    {"order-no", "NO", OPTION_TEXT, "order_no", TEXT("เลขที่คำสั่ง", "number of the order")},
    {"order-date", "DATE", OPTION_DATE, "order_date", TEXT("ลงวันที่", "its date")},
    {"url", "URL", OPTION_TEXT, "url", TEXT("ที่เผยแพร่", "where it is published")},
    {"audience", "WHO", OPTION_TEXT, "audience",
     TEXT("internal หรือ external", "internal or external")},
    {"document", "FILE", OPTION_HASH, "document_sha256",
     TEXT("เอกสาร (บันทึกค่า SHA-256)", "the document; its SHA-256 is recorded")},
    {"valid-from", "DATE", OPTION_DATE, "valid_from", TEXT("ใช้ตั้งแต่", "from when it holds")},
    {"expires-on", "DATE", OPTION_DATE, "expires_on", TEXT("สิ้นผล", "until when")},
    {"officer", "NAME", OPTION_TEXT, "officer", TEXT("ผู้ได้รับมอบหมาย", "who is designated")},
    {"note", "TEXT", OPTION_TEXT, "note", TEXT("หมายเหตุ", "a note")},
    {0},
};
static const struct option evidence_end_options[] = {
    {"on", "DATE", OPTION_DATE, "ended_on", TEXT("วันสุดท้ายที่มีผล", "the last day on which it counts")},
    {"reason", "TEXT", OPTION_TEXT, "reason", TEXT("เหตุผล", "why")},
    {0},
};
static const struct option evidence_list_options[] = {
    {"fy", "YEAR", OPTION_YEAR, "fy", TEXT("ปีงบประมาณ พ.ศ.", "the fiscal year, such as 2570")},
    {"criterion", "NO", OPTION_TEXT, "criterion", TEXT("4.1 หรือ 4.2", "4.1 or 4.2")},
    {"kind", "KIND", OPTION_TEXT, "kind", TEXT("ชนิดหลักฐาน", "only of this kind")},
    {0},
};
static const struct column evidence_columns[] = {
    {TEXT("ตัวชี้วัด", "Criterion"), "criterion", CELL_CODE, NULL},
    {TEXT("ชนิด", "Kind"), "kind", CELL_CODE, "evidence_kind"},
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("เลขที่คำสั่ง", "Order"), "order_no", CELL_TEXT, NULL},
    {TEXT("ลงวันที่", "Dated"), "order_date", CELL_DATE, NULL},
    {TEXT("เผยแพร่", "Audience"), "audience", CELL_CODE, "evidence_audience"},
    {TEXT("ใช้ตั้งแต่", "From"), "valid_from", CELL_DATE, NULL},
    {TEXT("สิ้นผล", "Until"), "expires_on", CELL_DATE, NULL},
    {TEXT("ยกเลิกเมื่อ", "Ended"), "ended_on", CELL_DATE, NULL},
    {TEXT("หมดอายุ", "Expired"), "expired", CELL_YES, NULL},
    {TEXT("บันทึกโดย", "Recorded by"), "recorded_by", CELL_CODE, NULL},
    {TEXT("ที่อยู่", "URL"), "url", CELL_CODE, NULL},
    {TEXT("รหัส", "Id"), "id", CELL_CODE, NULL},
};

static const struct option score_options[] = {
    {"all", NULL, OPTION_FLAG, "", TEXT("แสดงหลักฐานทุกชิ้น", "every piece found or missing")},
    {0},
};

static const struct option verify_options[] = {
    {"key", "FILE", OPTION_TEXT, "",
     TEXT("กุญแจสาธารณะของบันทึก (ปกติ [log] key)", "the log's public key; [log] key if left out")},
    {"consistent", NULL, OPTION_FLAG, "",
     TEXT("ตรวจว่าบันทึกหลังมีบันทึกก่อนอยู่ครบ", "that the later log holds all of the earlier one")},
    {"from", "DIR|URL", OPTION_TEXT, "",
     TEXT("ที่เก็บแฟ้มของบันทึก (กับ --consistent)", "with --consistent: where the log's tiles are")},
    {"ca", "FILE", OPTION_TEXT, "",
     TEXT("ผู้ออกใบรับรองของเว็บไซต์ใน --from",
          "of an address in --from: the authorities trusted, PEM")},
    {0},
};
static const struct option receipt_options[] = {
    {"for-complainant", NULL, OPTION_FLAG, "",
     TEXT("เพื่อมอบให้ผู้ร้องเรียน หลังคำเตือน", "to hand to the complainant, after a warning")},
    {0},
};
static const struct option audit_options[] = {
    {"from", "DIR|URL", OPTION_TEXT, "",
     TEXT("ที่เก็บแฟ้มของบันทึก (ปกติถามทะเบียน)",
          "where the log's files are: checkpoint and tile/; the register if left out")},
    {"ca", "FILE", OPTION_TEXT, "",
     TEXT("ผู้ออกใบรับรองของเว็บไซต์ใน --from",
          "of an address in --from: the authorities trusted, PEM")},
    {"cases", NULL, OPTION_FLAG, "",
     TEXT("เทียบทุกแถวกับบันทึก (ผู้ตรวจสอบ)", "hold each row against its leaf (auditor)")},
    {"size", "N", OPTION_NUMBER, "",
     TEXT("นับถึงขนาดนี้ เช่นที่รายงานพิมพ์ไว้", "count no further, such as to a report's N")},
    {"key", "FILE", OPTION_TEXT, "",
     TEXT("กุญแจสาธารณะของบันทึก (ปกติ [log] key)", "the log's public key; [log] key if left out")},
    {0},
};
static const struct option assess_options[] = {
    {"fy", "YEAR", OPTION_YEAR, "report_fy",
     TEXT("ปีงบประมาณของรายงาน", "the fiscal year whose report has it, such as 2570")},
    {"assessed", "YEAR", OPTION_YEAR, "assessment_fy",
     TEXT("ปีที่ประเมิน (ปกติปีเดียวกัน)", "the year that was assessed; the same if left out")},
    {"level", "N", OPTION_NUMBER, "level",
     TEXT("ระดับ 1 ถึง 5", "the level of an indicator, 1 to 5")},
    {"result", "NUMBER", OPTION_TEXT, "result",
     TEXT("ผล เช่น 82.7470", "the result of a KPI, such as 82.7470")},
    {"reason", "TEXT", OPTION_TEXT, "reason", TEXT("เหตุผล", "why; a level below 5 needs it")},
    {"corrective", "TEXT", OPTION_TEXT, "corrective", TEXT("การแก้ไข", "what is done about it")},
    {"evidence", "TEXT", OPTION_TEXT, "evidence", TEXT("หลักฐาน", "what the committee saw")},
    {"difference", "TEXT", OPTION_TEXT, "difference",
     TEXT("เหตุที่ต่างจากหลักฐานในระบบ", "why it differs from the level by the evidence here")},
    {"activity", "TEXT", OPTION_LIST, "", TEXT("กิจกรรม (ซ้ำได้)", "an activity; repeatable")},
    {"new-activity", "TEXT", OPTION_LIST, "",
     TEXT("กิจกรรมใหม่ (ซ้ำได้)", "a new activity; repeatable")},
    {"source", "TEXT", OPTION_TEXT, "", TEXT("เอกสารที่มา", "the document it was taken from")},
    {0},
};
static const struct option assess_list_options[] = {
    {"fy", "YEAR", OPTION_YEAR, "fy", TEXT("ปีงบประมาณของรายงาน", "of the report of this year")},
    {"code", "CODE", OPTION_TEXT, "code", TEXT("ตัวชี้วัด", "only of this indicator or KPI")},
    {0},
};
static const struct column assessed_columns[] = {
    {TEXT("คะแนนและผล", "Scores and results"), "scores", CELL_NUMBER, NULL},
    {TEXT("กิจกรรมตามแผน", "Activities of the plan"), "actions", CELL_NUMBER, NULL},
    {TEXT("บันทึกเมื่อ", "Recorded at"), "recorded_at", CELL_TIME, NULL},
    {TEXT("บันทึกโดย", "Recorded by"), "recorded_by", CELL_CODE, NULL},
};

#define DOCUMENT_OPTIONS(formats)                                                        \
    {"format", formats, OPTION_CHOICE, "", TEXT("รูปแบบ", "its form; text if left out")}, \
    {                                                                                    \
        "output", "FILE", OPTION_TEXT, "", TEXT("แฟ้มที่เขียน", "the file to write")         \
    }
static const struct option report_options[] = {
    {"edition", "NAME", OPTION_TEXT, "edition",
     TEXT("complaints analysis หรือ scores", "complaints, analysis or scores")},
    {"draft", "yes", OPTION_TEXT, "draft",
     TEXT("yes: ร่างของวันนี้ แม้ออกรายงานแล้ว", "yes: as of now, although one was issued")},
    {"summary", NULL, OPTION_FLAG, "", TEXT("เฉพาะบทสรุป (text)", "of text, the summary only")},
    DOCUMENT_OPTIONS("text|json|html|csv|xlsx|pdf|memo"),
    {0},
};
static const struct option issue_options[] = {
    {"edition", "NAME", OPTION_TEXT, "edition",
     TEXT("complaints หรือ analysis", "complaints or analysis")},
    {"acknowledge", "WHAT", OPTION_LIST, "acknowledge",
     TEXT("รับทราบสิ่งที่ขาด: silent_units differing_months missing_evidence unexplained_difference "
          "(ซ้ำได้)",
          "known: silent_units, differing_months, missing_evidence, unexplained_difference; "
          "repeatable")},
    {0},
};
static const struct column issue_columns[] = {
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("ฉบับ", "Edition"), "edition", CELL_CODE, NULL},
    {TEXT("ออกเมื่อ", "Issued at"), "issued_at", CELL_TIME, NULL},
    {TEXT("ออกโดย", "Issued by"), "issued_by", CELL_CODE, NULL},
    {TEXT("SHA-256", "SHA-256"), "sha256", CELL_CODE, NULL},
    {TEXT("ขนาดสมุดบันทึก", "Log size"), "log_size", CELL_NUMBER, NULL},
    {TEXT("รับทราบว่าขาด", "Acknowledged"), "acknowledged", CELL_LIST, NULL},
};
static const struct option hand_over_options[] = {
    {"edition", "NAME", OPTION_TEXT, "edition",
     TEXT("complaints หรือ analysis", "complaints or analysis")},
    {"memo-no", "NO", OPTION_TEXT, "memo_no", TEXT("เลขที่บันทึก", "number of the memo")},
    {"memo-date", "DATE", OPTION_DATE, "memo_date", TEXT("ลงวันที่", "its date")},
    {"acknowledged-on", "DATE", OPTION_DATE, "acknowledged_on",
     TEXT("วันที่ลงนามทราบ", "the day beside the signed ทราบ")},
    {"document", "FILE", OPTION_HASH, "document_sha256",
     TEXT("สำเนาที่ลงนามทราบ (บันทึกค่า SHA-256)", "the signed scan; its SHA-256 is recorded")},
    {0},
};
static const struct column hand_over_columns[] = {
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("ฉบับ", "Edition"), "edition", CELL_CODE, NULL},
    {TEXT("บันทึกที่", "Memo"), "memo_no", CELL_TEXT, NULL},
    {TEXT("ลงวันที่", "Dated"), "memo_date", CELL_DATE, NULL},
    {TEXT("ทราบเมื่อ", "Acknowledged"), "acknowledged_on", CELL_DATE, NULL},
    {TEXT("บันทึกโดย", "Recorded by"), "submitted_by", CELL_CODE, NULL},
};
static const struct option erratum_options[] = {
    {"edition", "NAME", OPTION_TEXT, "edition",
     TEXT("complaints หรือ analysis", "complaints or analysis")},
    {"text", "TEXT", OPTION_TEXT, "text", TEXT("ข้อความ", "what became known since")},
    {0},
};
static const struct column erratum_columns[] = {
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("ฉบับ", "Edition"), "edition", CELL_CODE, NULL},
    {TEXT("ข้อความ", "Text"), "text", CELL_TEXT, NULL},
    {TEXT("บันทึกเมื่อ", "Recorded at"), "recorded_at", CELL_TIME, NULL},
};
static const struct option statistics_options[] = {
    {"months", "M-M", OPTION_MONTHS, "months",
     TEXT("ที่เผยแพร่แล้ว เช่น 1-6 (1 คือตุลาคม)", "as published, such as 1-6; 1 is October")},
    DOCUMENT_OPTIONS("text|json|html|csv|xlsx|pdf"),
    {0},
};
static const struct option publish_options[] = {
    {"months", "M-M", OPTION_MONTHS, "months",
     TEXT("เดือน เช่น 1-6 (1 คือตุลาคม)", "such as 1-6; 1 is October")},
    {"approved-by", "WHO", OPTION_TEXT, "approved_by", TEXT("ผู้อนุมัติ", "who approved it")},
    {"approved-on", "DATE", OPTION_DATE, "approved_on", TEXT("วันที่อนุมัติ", "when")},
    {"output", "FOLDER", OPTION_TEXT, "",
     TEXT("โฟลเดอร์สำหรับ HTML CSV XLSX และ JSON", "a folder for HTML, CSV, XLSX and JSON")},
    {0},
};
static const struct column publish_columns[] = {
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("เดือน", "Months"), "months", CELL_CODE, NULL},
    {TEXT("ผู้อนุมัติ", "Approved by"), "approved_by", CELL_TEXT, NULL},
    {TEXT("อนุมัติเมื่อ", "Approved on"), "approved_on", CELL_DATE, NULL},
    {TEXT("SHA-256", "SHA-256"), "sha256", CELL_CODE, NULL},
};
static const struct option pack_options[] = {
    {"fy", "YEAR", OPTION_YEAR, "fy", TEXT("ปีงบประมาณ พ.ศ.", "the fiscal year, such as 2570")},
    DOCUMENT_OPTIONS("text|json|html|pdf"),
    {0},
};

static const struct column unit_columns[] = {
    {TEXT("รหัส", "Code"), "code", CELL_CODE, NULL},
    {TEXT("ชื่อไทย", "Thai name"), "name_th", CELL_TEXT, NULL},
    {TEXT("ชื่ออังกฤษ", "English name"), "name_en", CELL_TEXT, NULL},
    {TEXT("ชนิด", "Kind"), "kind", CELL_CODE, "unit_kind"},
    {TEXT("สังกัด", "Parent"), "parent", CELL_CODE, NULL},
    {TEXT("หัวหน้า", "Head"), "head", CELL_CODE, NULL},
    {TEXT("ผู้แทน", "Deputy"), "deputy", CELL_CODE, NULL},
    {TEXT("ตั้งแต่", "From"), "active_from", CELL_DATE, NULL},
    {TEXT("ถึง", "To"), "active_to", CELL_DATE, NULL},
    {TEXT("ตัวอย่าง", "Demo"), "demo", CELL_YES, NULL},
};
static const struct option unit_set_options[] = {
    {"name-th", "NAME", OPTION_TEXT, "name_th", TEXT("ชื่อไทย", "its Thai name")},
    {"name-en", "NAME", OPTION_TEXT, "name_en", TEXT("ชื่ออังกฤษ", "its English name")},
    {"kind", "KIND", OPTION_TEXT, "kind", TEXT("ชนิดหน่วย", "its kind (see griev taxonomy)")},
    {"parent", "UNIT", OPTION_TEXT, "parent", TEXT("สังกัด", "the unit above it; '' for none")},
    {"head", "NAME", OPTION_TEXT, "head", TEXT("หัวหน้า", "its head; '' for none")},
    {"deputy", "NAME", OPTION_TEXT, "deputy", TEXT("ผู้แทน", "his deputy; '' for none")},
    {"active-from", "DATE", OPTION_DATE, "active_from", TEXT("ตั้งแต่วันที่", "the day it begins")},
    {"active-to", "DATE", OPTION_DATE, "active_to", TEXT("ถึงวันที่", "its last day; '' for none")},
    {0},
};

static const struct column principal_columns[] = {
    {TEXT("รหัส", "Name"), "name", CELL_CODE, NULL},
    {TEXT("ชื่อไทย", "Thai name"), "name_th", CELL_TEXT, NULL},
    {TEXT("ชื่ออังกฤษ", "English name"), "name_en", CELL_TEXT, NULL},
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("บทบาท", "Roles"), "roles", CELL_LIST, "role"},
    {TEXT("ใช้งาน", "Active"), "active", CELL_YES, NULL},
    {TEXT("อีเมล", "Email"), "email", CELL_CODE, NULL},
    {TEXT("ตัวอย่าง", "Demo"), "demo", CELL_YES, NULL},
    {TEXT("รออนุมัติ", "Proposal"), "proposal", CELL_CODE, NULL},
    {TEXT("ภายใน", "Expires"), "expires_at", CELL_TIME, NULL},
};
enum { PRINCIPAL_LIST_COLUMNS = 8 }; /* without those of a proposal */
static const struct option principal_set_options[] = {
    {"name-th", "NAME", OPTION_TEXT, "name_th", TEXT("ชื่อไทย", "the Thai name")},
    {"name-en", "NAME", OPTION_TEXT, "name_en", TEXT("ชื่ออังกฤษ", "the English name")},
    {"unit", "UNIT", OPTION_TEXT, "unit", TEXT("หน่วย", "the unit")},
    {"role", "ROLE", OPTION_LIST, "roles",
     TEXT("บทบาท (ซ้ำได้ แทนที่ทั้งหมด)", "a role; repeatable, replaces all of them")},
    {"email", "ADDRESS", OPTION_TEXT, "email",
     TEXT("อีเมลสำหรับแจ้งเตือน", "where reminders go; '' for nowhere")},
    {"active", "yes|no", OPTION_YES, "active", TEXT("ใช้งาน", "whether the principal may act")},
    {0},
};

static const struct column proposal_columns[] = {
    {TEXT("รหัส", "Id"), "id", CELL_CODE, NULL},
    {TEXT("ชนิด", "Kind"), "kind", CELL_CODE, "proposal_kind"},
    {TEXT("เรื่อง", "Summary"), "summary", CELL_CODE, NULL},
    {TEXT("ซ้ำกับ", "Original"), "original_ref", CELL_CODE, NULL},
    {TEXT("เสนอโดย", "By"), "proposed_by", CELL_CODE, NULL},
    {TEXT("เมื่อ", "At"), "proposed_at", CELL_TIME, NULL},
    {TEXT("หมดอายุ", "Expires"), "expires_at", CELL_TIME, NULL},
    {TEXT("สถานะ", "Status"), "status", CELL_CODE, "proposal_status"},
};

static const struct column mail_columns[] = {
    {TEXT("เมื่อ", "At"), "at", CELL_TIME, NULL},
    {TEXT("ถึง", "To"), "recipient", CELL_CODE, NULL},
    {TEXT("อีเมล", "Email"), "email", CELL_CODE, NULL},
    {TEXT("สถานะ", "Status"), "status", CELL_CODE, "mail_status"},
    {TEXT("ครั้ง", "Tries"), "tries", CELL_NUMBER, NULL},
    {TEXT("ครั้งต่อไป", "Next try"), "next_try_at", CELL_TIME, NULL},
    {TEXT("ปัญหา", "Trouble"), "trouble", CELL_CODE, NULL},
};

static const struct option taxonomy_options[] = {
    {"kind", "NAME", OPTION_TEXT, "", TEXT("เฉพาะกลุ่มนี้", "only this one, such as subject")},
    {0},
};

static const struct option identity_request_options[] = {
    {"reason", "FILE", OPTION_ASKED, "reason", TEXT("แฟ้มเหตุผล", "why it is needed, a text file")},
    {0},
};
static const struct option identity_refuse_options[] = {
    {"refuse", NULL, OPTION_FIXED, "act", TEXT("", "")},
    {"reason", "FILE", OPTION_ASKED, "reason",
     TEXT("เหตุผล", "the reason: a text file, or a line on standard input")},
    {0},
};
static const struct option identity_approve_options[] = {
    {"opener", "NAME", OPTION_TEXT, "", TEXT("ผู้รักษากุญแจที่จะเปิด", "the custodian who is to open it")},
    {0},
};
static const struct column identity_columns[] = {
    {TEXT("คำขอ", "Request"), "request", CELL_CODE, NULL},
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("ขอโดย", "Asked by"), "asked_by", CELL_CODE, NULL},
    {TEXT("อนุมัติโดย", "Approved by"), "approved_by", CELL_CODE, NULL},
    {TEXT("ผู้เปิด", "Opener"), "opener", CELL_CODE, NULL},
    {TEXT("ไม่อนุมัติโดย", "Refused by"), "refused_by", CELL_LIST, NULL},
    {TEXT("หมดอายุ", "Expires"), "expires_at", CELL_TIME, NULL},
};

static const struct option erase_options[] = {
    {"reason", "FILE", OPTION_ASKED, "reason", TEXT("แฟ้มเหตุผล", "why, a text file")},
    {"approval-no", "NO", OPTION_TEXT, "approval_no", TEXT("เลขที่คำสั่งอนุมัติ", "number of the order")},
    {0},
};
static const struct column erase_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("ข้อเสนอ", "Proposal"), "proposal", CELL_CODE, NULL},
    {TEXT("หมดอายุ", "Expires"), "expires_at", CELL_TIME, NULL},
};
static const struct column retention_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("ประเภท", "Class"), "class", CELL_CODE, "class"},
    {TEXT("ยุติเมื่อ", "Closed"), "closed_on", CELL_DATE, NULL},
    {TEXT("ครบกำหนด", "Due"), "due_on", CELL_DATE, NULL},
};

static const struct option rewrap_options[] = {
    {"old", "FILE", OPTION_TEXT, "", TEXT("กุญแจเดิม", "the key that opens your shares until now")},
    {0},
};
static const struct column custody_columns[] = {
    {TEXT("ซอง", "Envelopes"), "envelopes", CELL_NUMBER, NULL},
    {TEXT("ปิดใหม่", "Wrapped anew"), "changed", CELL_NUMBER, NULL},
};

static const struct option keygen_options[] = {
    {"passphrase", NULL, OPTION_FLAG, "",
     TEXT("ถามรหัสผ่านเพื่อเข้ารหัสกุญแจ", "ask for a passphrase to keep the key under")},
    {0},
};

static const struct column me_columns[] = {
    {TEXT("รหัส", "Name"), "name", CELL_CODE, NULL},
    {TEXT("ชื่อ", "Called"), "name", CELL_NAMES, NULL},
    {TEXT("หน่วย", "Unit"), "unit/code", CELL_CODE, NULL},
    {TEXT("ชื่อหน่วย", "Unit's name"), "unit/name", CELL_NAMES, NULL},
    {TEXT("บทบาท", "Roles"), "roles", CELL_LIST, "role"},
    {TEXT("ทำได้", "May"), "rights", CELL_LIST, NULL},
};

/* ---- the table ---- */

#define COLUMNS(columns) columns, COUNT_OF(columns)
#define NO_COLUMNS       NULL, 0

/* name, operands, help, method, path, options, columns, run, print */
const struct verb verbs[] = {
    {"submit", "[FILE|-]", TEXT("ส่งเรื่องร้องเรียน", "submit a complaint"), "PUT", "/v1/complaints/{}",
     submit_options, NO_COLUMNS, run_submit, print_submitted},
    {"import cases", "FILE.csv", TEXT("นำเข้าทะเบียนเดิม", "import a register kept in a spreadsheet"),
     "PUT", "/v1/complaints/{}", import_options, NO_COLUMNS, run_import_cases, NULL},
    {"list", "", TEXT("รายการเรื่องร้องเรียน", "list complaints"), "GET", "/v1/complaints",
     list_options, COLUMNS(list_columns), run_list, NULL},
    {"show", "REF|UUID",
     TEXT("ดูเรื่องหนึ่งเรื่อง พร้อมลำดับเหตุการณ์", "show one complaint with its timeline"), "GET",
     "/v1/complaints/{}", NULL, NO_COLUMNS, run_show, print_case},
    {"queue", "", TEXT("งานที่รออยู่ เรียงตามความเร่งด่วน", "what waits for you, the most urgent first"),
     "GET", "/v1/queue", queue_options, COLUMNS(queue_columns), run_list, print_queue},
    {"due", "[DATE]", TEXT("งานที่ครบกำหนดภายในวันที่", "what of it is due by a day, today if left out"),
     "GET", "/v1/queue", NULL, COLUMNS(queue_columns), run_due, print_queue},
    {"take", "REF|UUID",
     TEXT("ลงรับเรื่อง", "register a complaint that has arrived, or take up one reopened"), "POST",
     "/v1/complaints/{}/events", take_options, COLUMNS(move_columns), run_take, NULL},
    {"assign", "REF|UUID NAME",
     TEXT("มอบหมายผู้ตรวจสอบ", "accept a case and assign an investigator, or another one"), "POST",
     "/v1/complaints/{}/events", assign_options, COLUMNS(move_columns), run_event, NULL},
    {"screen", "REF|UUID", TEXT("บันทึกแบบกลั่นกรองเรื่อง", "record the screening form"), "POST",
     "/v1/complaints/{}/events", screen_options, COLUMNS(move_columns), run_event, NULL},
    {"note", "REF|UUID", TEXT("บันทึกข้อความ", "note something, or what the complainant was told"),
     "POST", "/v1/complaints/{}/events", note_options, COLUMNS(move_columns), run_event, NULL},
    {"ask", "REF|UUID", TEXT("ขอข้อมูลเพิ่มเติมจากผู้ร้อง", "ask the complainant for particulars"), "POST",
     "/v1/complaints/{}/events", ask_options, COLUMNS(move_columns), run_event, NULL},
    {"answer", "REF|UUID", TEXT("บันทึกข้อมูลเพิ่มเติมที่ได้รับ", "record the particulars that came"), "POST",
     "/v1/complaints/{}/events", answer_options, COLUMNS(move_columns), run_event, NULL},
    {"time-out", "REF|UUID",
     TEXT("พ้นกำหนดให้ข้อมูลเพิ่มเติม", "go on without the particulars, once their time is over"), "POST",
     "/v1/complaints/{}/events", time_out_options, COLUMNS(move_columns), run_event, NULL},
    {"finding", "REF|UUID", TEXT("เสนอผลการตรวจสอบ", "submit the finding of the investigation"),
     "POST", "/v1/complaints/{}/events", finding_options, COLUMNS(move_columns), run_event, NULL},
    {"class", "REF|UUID CODE",
     TEXT("จำแนกประเภทเรื่อง", "decide on the class; out of C1, C2 and CX it waits for the head"),
     "POST", "/v1/complaints/{}/events", class_options, COLUMNS(move_columns), run_event, NULL},
    {"link", "REF|UUID ORIGINAL", TEXT("ระบุว่าเป็นเรื่องซ้ำ", "propose that a case repeats another"),
     "POST", "/v1/complaints/{}/events", link_options, COLUMNS(move_columns), run_event, NULL},
    {"unlink", "REF|UUID", TEXT("ยกเลิกการเป็นเรื่องซ้ำ", "propose to undo that"), "POST",
     "/v1/complaints/{}/events", unlink_options, COLUMNS(move_columns), run_event, NULL},
    {"split", "REF|UUID", TEXT("แยกเรื่อง", "split a letter with several matters"), "POST",
     "/v1/complaints/{}/events", split_options, COLUMNS(move_columns), run_event, NULL},
    {"transfer", "REF|UUID",
     TEXT("ส่งเรื่องให้หน่วยงานอื่น", "record that another agency's matter was sent to it"), "POST",
     "/v1/complaints/{}/events", transfer_options, COLUMNS(move_columns), run_event, NULL},
    {"refer", "REF|UUID", TEXT("ส่งเรื่องให้ ป.ป.ช./ป.ป.ท.", "refer a case to the NACC or PACC"),
     "POST", "/v1/complaints/{}/events", refer_options, COLUMNS(move_columns), run_event, NULL},
    {"reply", "REF|UUID", TEXT("บันทึกหนังสือตอบของหน่วยงาน", "record an agency's reply"), "POST",
     "/v1/complaints/{}/events", reply_options, COLUMNS(move_columns), run_event, NULL},
    {"propose", "REF|UUID OUTCOME",
     TEXT("เสนอยุติเรื่อง", "propose to close a case (see griev taxonomy --kind outcome)"), "POST",
     "/v1/complaints/{}/events", propose_options, COLUMNS(move_columns), run_event, NULL},
    {"return", "REF|UUID", TEXT("ส่งกลับให้ดำเนินการต่อ", "send a finding or a proposal back"), "POST",
     "/v1/complaints/{}/events", return_options, COLUMNS(move_columns), run_event, NULL},
    {"close", "REF|UUID", TEXT("ยุติเรื่อง", "close a case as proposed"), "POST",
     "/v1/complaints/{}/events", close_options, COLUMNS(move_columns), run_event, NULL},
    {"reopen", "REF|UUID", TEXT("นำเรื่องกลับมาพิจารณาใหม่", "open a closed case again"), "POST",
     "/v1/complaints/{}/events", reopen_options, COLUMNS(move_columns), run_event, NULL},
    {"letters", "",
     TEXT("ทะเบียนหนังสือส่งและรับ", "the letters that went out about cases, and the replies"), "GET",
     "/v1/letters", letters_options, COLUMNS(letters_columns), run_list, NULL},
    {"withdraw", "REF|UUID",
     TEXT("บันทึกว่าผู้ร้องขอถอนเรื่อง", "record that the complainant withdraws it"), "POST",
     "/v1/complaints/{}/events", withdraw_options, COLUMNS(move_columns), run_event, NULL},
    {"accuse", "REF|UUID",
     TEXT("แก้ไขผู้ถูกร้อง", "amend the accusation: the case is re-routed and hidden as it must be"),
     "POST", "/v1/complaints/{}/events", accuse_options, COLUMNS(move_columns), run_event, NULL},
    {"interest", "REF|UUID",
     TEXT("แจ้งว่าตนมีส่วนได้เสีย", "declare an interest: you see the case no more"), "POST",
     "/v1/complaints/{}/events", interest_options, COLUMNS(move_columns), run_event, NULL},
    {"attach", "REF|UUID FILE...",
     TEXT("แนบแฟ้ม สั่งซ้ำได้", "attach files to a case; the same command again goes on where it was"),
     "PUT", "/v1/complaints/{}/attachments/{}", NULL, COLUMNS(attached_columns), run_attach, NULL},
    {"fetch", "REF|UUID [N]",
     TEXT("เปิดเอกสารแนบ", "open attachments and write them to files; all of them without N"), "GET",
     "/v1/complaints/{}/attachments/{}", fetch_options, COLUMNS(attached_columns), run_fetch, NULL},
    {"track", "[-]", TEXT("ดูสถานะด้วยรหัสติดตาม", "look up a state by tracking code"), "POST",
     "/v1/track", NULL, COLUMNS(track_columns), run_track, NULL},

    {"confirm", "YYYY-MM", TEXT("ยืนยันยอดประจำเดือน", "confirm the month's number of complaints"),
     "POST", "/v1/returns", confirm_options, COLUMNS(confirm_columns), run_confirm, NULL},
    {"returns", "", TEXT("การยืนยันยอดประจำเดือน", "list the months and who confirmed them"), "GET",
     "/v1/returns", returns_options, COLUMNS(returns_columns), NULL, NULL},
    {"box add", "", TEXT("บันทึกการเปิดตู้รับเรื่อง", "record the opening of a complaint box"), "POST",
     "/v1/box-openings", box_options, COLUMNS(box_columns), run_box_add, NULL},
    {"box list", "", TEXT("รายการเปิดตู้", "list box openings"), "GET", "/v1/box-openings", NULL,
     COLUMNS(box_columns), NULL, NULL},
    {"evidence add", "", TEXT("บันทึกหลักฐาน 4.1 หรือ 4.2", "record evidence for 4.1 or 4.2"), "POST",
     "/v1/evidence", evidence_add_options, COLUMNS(evidence_columns), NULL, NULL},
    {"evidence end", "ID", TEXT("ยกเลิกหลักฐาน", "end a piece of evidence"), "POST",
     "/v1/evidence/{}/end", evidence_end_options, COLUMNS(evidence_columns), NULL, NULL},
    {"evidence list", "", TEXT("รายการหลักฐาน", "list evidence"), "GET", "/v1/evidence",
     evidence_list_options, COLUMNS(evidence_columns), NULL, NULL},
    {"evidence pack", "CRITERION",
     TEXT("ชุดหลักฐานสำหรับคณะกรรมการ", "the evidence for a criterion, for the committee"), "GET",
     "/v1/evidence/{}/pack", pack_options, NO_COLUMNS, run_document, NULL},
    {"score", "[FY]",
     TEXT("คะแนน KPI 1 ตัวชี้วัด 4.1 และ 4.2", "KPI 1 and indicators 4.1 and 4.2 of a fiscal year"),
     "GET", "/v1/scores/{}", score_options, NO_COLUMNS, run_score, print_score},
    {"assess set", "CODE",
     TEXT("บันทึกคะแนนของคณะกรรมการ หรือผลของตัวชี้วัด", "record the committee's score or a KPI's result"),
     "POST", "/v1/assessments", assess_options, COLUMNS(assessed_columns), run_assess_set, NULL},
    {"assess load", "FILE", TEXT("บันทึกคะแนนทั้งหมดจากแฟ้ม CSV", "record all scores of a CSV file"),
     "POST", "/v1/assessments", NULL, COLUMNS(assessed_columns), run_assess_load, NULL},
    {"assess list", "", TEXT("คะแนนและผลที่บันทึกไว้", "list recorded scores and results"), "GET",
     "/v1/assessments", assess_list_options, NO_COLUMNS, NULL, print_assessments},

    {"report", "FY", TEXT("รายงานประจำปีงบประมาณ", "the report of a fiscal year"), "GET",
     "/v1/reports/{}", report_options, NO_COLUMNS, run_document, NULL},
    {"issue", "FY", TEXT("ออกรายงานประจำปี", "issue the year's report"), "POST",
     "/v1/reports/{}/issue", issue_options, COLUMNS(issue_columns), NULL, NULL},
    {"hand-over", "FY",
     TEXT("บันทึกการเสนอรายงานต่อผู้อำนวยการ", "record that the report was handed to the director"),
     "POST", "/v1/reports/{}/submit", hand_over_options, COLUMNS(hand_over_columns), NULL, NULL},
    {"erratum", "FY", TEXT("บันทึกแก้คำผิดของรายงาน", "add an erratum to an issued report"), "POST",
     "/v1/reports/{}/errata", erratum_options, COLUMNS(erratum_columns), NULL, NULL},
    {"statistics", "FY", TEXT("ข้อมูลเชิงสถิติสำหรับประชาชน", "the public statistics of a fiscal year"),
     "GET", "/v1/statistics/{}", statistics_options, NO_COLUMNS, run_document, NULL},
    {"publish", "FY", TEXT("อนุมัติข้อมูลเชิงสถิติเพื่อเผยแพร่", "freeze statistics for the agency's website"),
     "POST", "/v1/statistics/{}", publish_options, COLUMNS(publish_columns), run_publish, NULL},

    {"verify", "RECEIPT|OLD [NEW]",
     TEXT("ตรวจใบรับ หรือจุดตรวจสองจุด โดยไม่ต้องเชื่อเครื่องแม่ข่าย",
          "verify a receipt, or two checkpoints, without trusting the server"),
     NULL, NULL, verify_options, NO_COLUMNS, run_verify, NULL},
    {"receipt", "REF", TEXT("ใบรับที่เก็บไว้ของเรื่องที่ส่ง", "print the kept receipt of a complaint"), NULL,
     NULL, receipt_options, NO_COLUMNS, run_receipt, NULL},
    {"audit", "FY",
     TEXT("นับปีงบประมาณใหม่จากบันทึกสาธารณะ", "recount a fiscal year from the published log"), NULL,
     NULL, audit_options, NO_COLUMNS, run_audit, NULL},

    {"units", "", TEXT("หน่วยงาน", "list units"), "GET", "/v1/units", NULL, COLUMNS(unit_columns),
     NULL, NULL},
    {"unit set", "CODE", TEXT("เพิ่มหรือแก้ไขหน่วยงาน", "add a unit, or change what is given"), "POST",
     "/v1/units", unit_set_options, COLUMNS(unit_columns), run_unit_set, NULL},
    {"principals", "", TEXT("ผู้ใช้", "list principals"), "GET", "/v1/principals", NULL,
     principal_columns, PRINCIPAL_LIST_COLUMNS, NULL, NULL},
    {"principal set", "NAME", TEXT("เพิ่มหรือแก้ไขผู้ใช้", "add a principal, or change what is given"),
     "POST", "/v1/principals", principal_set_options, COLUMNS(principal_columns), run_principal_set,
     NULL},
    {"proposals", "", TEXT("ข้อเสนอที่รออนุมัติ", "list what waits for a second person"), "GET",
     "/v1/proposals", NULL, COLUMNS(proposal_columns), NULL, NULL},
    {"proposal show", "ID|REF",
     TEXT("ข้อเสนอหนึ่งฉบับ พร้อมเหตุผลที่ผู้รักษากุญแจอ่านได้", "a proposal, and its reason for a custodian"),
     "GET", "/v1/proposals", NULL, COLUMNS(proposal_columns), run_proposal_show, print_with_reason},
    {"approve", "ID|REF", TEXT("อนุมัติข้อเสนอ", "approve a proposal, or the one open about a case"),
     "POST", "/v1/proposals/{}", NULL, COLUMNS(proposal_columns), run_approve, NULL},
    {"reject", "ID|REF", TEXT("ไม่อนุมัติข้อเสนอ", "reject a proposal, or the one open about a case"),
     "POST", "/v1/proposals/{}", NULL, COLUMNS(proposal_columns), run_reject, NULL},
    {"mail", "", TEXT("จดหมายแจ้งเตือนที่ยังไม่ถึงผู้รับ", "list reminders that wait or could not be sent"),
     "GET", "/v1/mail", NULL, COLUMNS(mail_columns), NULL, NULL},
    {"rules", "",
     TEXT("เกณฑ์การให้คะแนน กำหนดเวลา และวันหยุด", "list the rules of scores and clocks, and holidays"),
     "GET", "/v1/rules", NULL, NO_COLUMNS, NULL, print_rules},
    {"taxonomy", "", TEXT("รหัสทั้งหมดและความหมาย", "list all codes and what they mean"), "GET",
     "/v1/taxonomy", taxonomy_options, NO_COLUMNS, NULL, print_taxonomy},

    {"whoami", "", TEXT("ผู้ใช้ หน่วย บทบาท", "who the register takes you for"), "GET", "/v1/me", NULL,
     COLUMNS(me_columns), NULL, NULL},
    {"health", "", TEXT("ตรวจเครื่องแม่ข่าย", "whether server and register are ready"), "GET",
     "/readyz", NULL, NO_COLUMNS, run_health, NULL},

    {"identity request", "REF|UUID",
     TEXT("ขอเปิดเผยตัวผู้ร้องเรียน", "ask two custodians to open who complained"), "POST",
     "/v1/complaints/{}/identity-requests", identity_request_options, COLUMNS(identity_columns),
     NULL, NULL},
    {"identity list", "", TEXT("คำขอที่รอผู้รักษากุญแจ", "requests that wait for a custodian"), "GET",
     "/v1/identity-requests", NULL, COLUMNS(identity_columns), NULL, NULL},
    {"identity show", "REQUEST",
     TEXT("คำขอพร้อมเหตุผล เปิดอ่านบนเครื่องนี้", "a request and its reason, opened on this machine"),
     "GET", "/v1/identity-requests", NULL, COLUMNS(identity_columns), run_identity_show,
     print_with_reason},
    {"identity refuse", "REQUEST",
     TEXT("ไม่อนุมัติ และไม่ร่วมเปิด", "refuse to take part; any two others still may"), "POST",
     "/v1/identity-requests/{}", identity_refuse_options, COLUMNS(identity_columns), NULL, NULL},
    {"identity approve", "REQUEST",
     TEXT("อนุมัติ โดยส่งส่วนของตนให้ผู้รักษากุญแจอีกคน", "approve, by handing your share to a second one"),
     "POST", "/v1/identity-requests/{}", identity_approve_options, COLUMNS(identity_columns),
     run_identity_approve, NULL},
    {"identity open", "REQUEST", TEXT("เปิดตัวผู้ร้องบนเครื่องนี้", "open who complained, on this machine"),
     "POST", "/v1/identity-requests/{}", NULL, NO_COLUMNS, run_identity_open, NULL},
    {"erase", "REF|UUID",
     TEXT("เสนอลบเนื้อหาของเรื่องที่ยุติแล้ว", "propose to erase what was told in a closed case"), "POST",
     "/v1/complaints/{}/erasure", erase_options, COLUMNS(erase_columns), NULL, NULL},
    {"retention", "", TEXT("เรื่องที่ครบกำหนดเก็บรักษา", "closed cases whose time of keeping is over"),
     "GET", "/v1/retention", NULL, COLUMNS(retention_columns), NULL, NULL},
    {"custodian check", "",
     TEXT("ตรวจว่ากุญแจที่ใช้ปิดซองเป็นของผู้รักษากุญแจ", "look for keys in envelopes that no custodian has"),
     "GET", "/v1/custody", NULL, NO_COLUMNS, run_custodian_check, print_custodian_check},
    {"custodian rewrap", "", TEXT("ปิดส่วนของตนด้วยกุญแจใหม่", "wrap your shares for your new key"),
     "POST", "/v1/custody", rewrap_options, COLUMNS(custody_columns), run_custodian_rewrap, NULL},
    {"keygen body", "NAME",
     TEXT("สร้างกุญแจของกลุ่ม (NAME.key, NAME.pub)", "make a group's key pair: NAME.key, NAME.pub"),
     NULL, NULL, keygen_options, NO_COLUMNS, run_keygen, NULL},
    {"keygen custodian", "NAME",
     TEXT("สร้างกุญแจของผู้รักษากุญแจ", "make a custodian's key pair, on his own machine"), NULL, NULL,
     keygen_options, NO_COLUMNS, run_keygen, NULL},

    {"help", "[VERB] [VERB]", TEXT("วิธีใช้", "how to use griev, or one verb"), NULL, NULL, NULL,
     NO_COLUMNS, run_help, NULL},
    {"complete", "[VERB] [VERB] [--OPTION]",
     TEXT("คำสำหรับเติมคำสั่ง", "the words that may follow, for the shell"), NULL, NULL, NULL,
     NO_COLUMNS, run_complete, NULL},
};
const size_t verb_count = COUNT_OF(verbs);
