/* The verbs of who trusts nobody: verify a receipt or a history, recount a year from the log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base64_json.h"
#include "cases.h"
#include "core/audit.h"
#include "files.h"
#include "griev.h"
#include "memory.h"
#include "prove.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define PROOF_TITLE "c2sp.org/tlog-proof@"

enum {
    BUDDHIST_OFFSET = 543,
    ENTRY_BYTES = 2 + LEAF_BYTES, /* of a bundle: a length, a leaf */
    AUDITS_MAX = 3,               /* of a register at work, before a difference is told */
    AGAIN_SECONDS = 2,
};

/* ---- as JSON: what is printed for people and for programs ---- */

static json_t *hex_of(const uint8_t *bytes, size_t len)
{
    char text[2 * SUITE_HASH_BYTES + 1];

    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return json_string(text);
}

static json_t *month_of(uint32_t period)
{
    char text[16];

    snprintf(text, sizeof text, "%04u-%02u", period / 100, period % 100);
    return period > 0 ? json_string(text) : json_null();
}

static json_t *json_of_checkpoint(const struct checkpoint *checkpoint)
{
    const struct span root = span_of_bytes(checkpoint->root.bytes, sizeof checkpoint->root.bytes);

    return json_pack("{s:b, s:s%, s:I, s:o, s:b}", "verified", 1, "origin", checkpoint->origin.data,
                     checkpoint->origin.len, "size", (json_int_t)checkpoint->size, "root",
                     base64_json(root), "operator_signed_only", 1);
}

/* No witness has signed: the operator alone says so, and could say another thing elsewhere. */
static void warn_operator_only(const struct griev *griev)
{
    const struct text text = SAY("ลงนามโดยผู้ดูแลบันทึกเท่านั้น (operator-signed only) ยังไม่มีพยานภายนอก",
                                 "operator-signed only: no witness outside the agency has signed");

    if (griev->json == JSON_NOT)
        print_line(&griev->print, STYLE_FAINT, "%s", print_text(&griev->print, text));
}

static void print_result(const struct griev *griev, struct text headline,
                         const struct column *columns, size_t column_count, const json_t *result)
{
    if (griev->json != JSON_NOT) {
        griev_print_json(griev, result, (struct span){0});
        return;
    }
    print_line(&griev->print, STYLE_GOOD, "✓ %s", print_text(&griev->print, headline));
    print_fields(&griev->print, columns, column_count, result);
    warn_operator_only(griev);
}

/* ---- files named on the command line ---- */

static int read_text(const struct griev *griev, const char *path, struct span *ret_text)
{
    if (files_read_text(path, LIMIT_RECEIPT_BYTES, ret_text))
        return EXIT_OK;
    char *subject = memory_printf("%s: %s", path, strerror(errno));

    griev_fail(griev, EXIT_LOCAL, subject, SAY("อ่านไม่ได้", "cannot be read"));
    free(subject);
    return EXIT_LOCAL;
}

/* The checkpoint in a file, which may be a receipt; *ret_text, owned, is what it points into. */
static int read_checkpoint(const struct griev *griev, const struct verify_log *log,
                           const char *path, struct span *ret_text,
                           struct checkpoint *ret_checkpoint)
{
    const size_t title_len = strlen(PROOF_TITLE);
    const int code = read_text(griev, path, ret_text);
    struct verify_receipt receipt;
    enum verify_fault fault;

    if (code != EXIT_OK)
        return code;
    if (ret_text->len > title_len && memcmp(ret_text->data, PROOF_TITLE, title_len) == 0) {
        fault = verify_receipt(log, *ret_text, &receipt);
        if (fault == VERIFY_OK)
            *ret_checkpoint = receipt.checkpoint;
    } else {
        fault = verify_checkpoint(log, *ret_text, ret_checkpoint);
    }
    return fault == VERIFY_OK ? EXIT_OK : prove_refuse(griev, path, fault);
}

/* ---- verify ---- */

static const struct column receipt_columns[] = {
    {TEXT("บันทึก", "Log"), "origin", CELL_CODE, NULL},
    {TEXT("ลำดับที่", "Index"), "index", CELL_NUMBER, NULL},
    {TEXT("ชนิด", "Type"), "type", CELL_CODE, NULL},
    {TEXT("ประเภท", "Class"), "class", CELL_CODE, NULL},
    {TEXT("เดือนที่นับ", "Month counted"), "period", CELL_MONTH, NULL},
    {TEXT("ค่าผูกพัน", "Commitment"), "commit", CELL_CODE, NULL},
    {TEXT("ขนาดบันทึก", "Size of the log"), "size", CELL_NUMBER, NULL},
    {TEXT("ราก", "Root"), "root", CELL_CODE, NULL},
};

static int verify_one(struct griev *griev, const struct verify_log *log)
{
    struct verify_receipt receipt;
    struct span text;
    const int code = read_text(griev, griev->operands[0], &text);

    if (code != EXIT_OK)
        return code;
    const enum verify_fault fault = verify_receipt(log, text, &receipt);
    if (fault == VERIFY_OK) {
        const struct leaf *leaf = &receipt.leaf;
        json_t *result = json_of_checkpoint(&receipt.checkpoint);

        json_object_set_new(result, "index", json_integer((json_int_t)receipt.index));
        json_object_set_new(result, "type", json_string(leaf_type_name(leaf->type)));
        if (leaf->type == LEAF_ACCEPTED)
            json_object_set_new(result, "class",
                                json_string(leaf_class_code((enum leaf_class)leaf->reason)));
        json_object_set_new(result, "period", month_of(leaf->period));
        json_object_set_new(result, "commit", hex_of(leaf->commit, sizeof leaf->commit));
        print_result(griev, SAY("ใบรับถูกต้อง รายการนี้อยู่ในบันทึก", "verified: the log holds this leaf"),
                     receipt_columns, COUNT_OF(receipt_columns), result);
        json_decref(result);
    }
    memory_free_span(&text);
    return fault == VERIFY_OK ? EXIT_OK : prove_refuse(griev, griev->operands[0], fault);
}

/* The hashes of a plan's nodes from the tiles of a tree of that size. */
static int fetch_nodes(struct prove_source *source, const struct merkle_plan *plan, uint64_t size,
                       struct merkle_hash *ret_hashes)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct tile_place place = tile_of(plan->nodes[i], size);
        struct merkle_hash hashes[TILE_WIDTH];
        struct span content;
        const int code = prove_fetch_tile(source, place.tile, sizeof hashes[0], &content);

        if (code != EXIT_OK)
            return code;
        memcpy(hashes, content.data, place.tile.width * sizeof hashes[0]);
        memory_free_span(&content);
        tile_node(place, hashes, &ret_hashes[i]);
    }
    return EXIT_OK;
}

/* The proof between two sizes, by way of --from. */
static int fetch_proof(struct griev *griev, uint64_t old_size, uint64_t new_size,
                       struct merkle_hash *ret_proof, size_t *ret_count)
{
    const char *from = option_text(griev, "from");
    struct merkle_hash nodes[MERKLE_PLAN_NODES_MAX];
    struct merkle_plan plan;
    int code = EXIT_OK;

    if (!from)
        return griev_fail(griev, EXIT_USAGE, "--from",
                          SAY("ต้องระบุที่เก็บแฟ้มของบันทึก: --from DIR หรือ URL",
                              "say where the log's tiles are: --from DIR or URL"));
    struct prove_source *source = prove_source_new(griev, from, &code);
    merkle_plan_consistency(&plan, old_size, new_size);
    if (code == EXIT_OK)
        code = fetch_nodes(source, &plan, new_size, nodes);
    if (code == EXIT_OK) {
        merkle_fold(&plan, nodes, ret_proof);
        *ret_count = plan.proof_count;
    }
    prove_source_free(source);
    return code;
}

static const struct column history_columns[] = {
    {TEXT("บันทึก", "Log"), "origin", CELL_CODE, NULL},
    {TEXT("ขนาดก่อน", "Earlier size"), "old_size", CELL_NUMBER, NULL},
    {TEXT("ขนาดหลัง", "Later size"), "size", CELL_NUMBER, NULL},
    {TEXT("ราก", "Root"), "root", CELL_CODE, NULL},
};

static int verify_history(struct griev *griev, const struct verify_log *log)
{
    struct span old_text = {0}, new_text = {0};
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
    struct checkpoint old, new;
    size_t count = 0;

    int code = read_checkpoint(griev, log, griev->operands[0], &old_text, &old);
    if (code == EXIT_OK)
        code = read_checkpoint(griev, log, griev->operands[1], &new_text, &new);
    if (code == EXIT_OK && old.size > 0 && old.size < new.size)
        code = fetch_proof(griev, old.size, new.size, proof, &count);
    if (code == EXIT_OK) {
        const enum verify_fault fault = verify_consistency(&old, &new, proof, count);

        if (fault == VERIFY_OK) {
            json_t *result = json_of_checkpoint(&new);

            json_object_set_new(result, "old_size", json_integer((json_int_t)old.size));
            print_result(griev,
                         SAY("บันทึกหลังมีบันทึกก่อนอยู่ครบ ไม่ถูกแก้ไข",
                             "consistent: the later log holds all of the earlier one, unchanged"),
                         history_columns, COUNT_OF(history_columns), result);
            json_decref(result);
        } else {
            code = prove_refuse(griev, griev->operands[1], fault);
        }
    }
    memory_free_span(&old_text);
    memory_free_span(&new_text);
    return code;
}

int run_verify(struct griev *griev)
{
    const bool history = option_flag(griev, "consistent");
    struct prove_log log;

    if (griev->operand_count != (history ? 2 : 1))
        return griev_fail(griev, EXIT_USAGE, "verify",
                          SAY("verify RECEIPT หรือ verify --consistent OLD NEW",
                              "is verify RECEIPT, or verify --consistent OLD NEW"));
    const int code = prove_log_read(griev, &log);
    if (code != EXIT_OK)
        return code;
    return history ? verify_history(griev, &log.log) : verify_one(griev, &log.log);
}

/* ---- audit ---- */

/* What an audit has to find out, and what it found. */
struct recount {
    unsigned year;
    uint64_t at; /* leaves that are counted; those after it only lead to the signed root */
    struct checkpoint checkpoint;
    struct span note; /* owned; the checkpoint points into it */
    struct audit *audit;
    json_t *counted; /* the report, made when `at` is reached */

    /* Asked of the register itself: */
    bool online;
    json_t *rows;     /* of --cases; or NULL */
    uint64_t settled; /* leaves of before the rows were read */
    uint8_t *leaves;  /* all of them */
};

static const struct {
    enum audit_fault fault;
    const char *slug, *th;
} findings[] = {
    {AUDIT_MALFORMED, "malformed", "รายการไม่ใช่แบบที่ทะเบียนเขียน"},
    {AUDIT_ABOUT_LATER, "about-later", "อ้างถึงรายการที่ไม่ได้มาก่อน"},
    {AUDIT_ABOUT_OTHER, "about-other", "อ้างถึงรายการที่ไม่ใช่การรับเรื่อง"},
    {AUDIT_OTHER_MONTH, "other-month", "ระบุเดือนไม่ตรงกับการรับเรื่อง"},
    {AUDIT_NOT_CURRENT, "not-current", "เปลี่ยนจากประเภทที่เรื่องไม่ได้อยู่"},
    {AUDIT_ERASED_TWICE, "erased-twice", "ลบเนื้อหาซ้ำ"},
};

static json_t *json_of_count(const struct audit_count *count)
{
    json_t *by_class = json_object();

    for (unsigned i = LEAF_CLASS_C1; i < LEAF_CLASS_END; i++)
        json_object_set_new(by_class, leaf_class_code((enum leaf_class)i),
                            json_integer((json_int_t)count->classes[i]));
    return json_pack("{s:I, s:o, s:I, s:I, s:I}", "received", (json_int_t)count->received,
                     "by_class", by_class, "class_changes", (json_int_t)count->class_changes,
                     "erased", (json_int_t)count->erased, "returns", (json_int_t)count->returns);
}

/* The twelve months of the year, October first. */
static json_t *json_of_months(const struct audit *audit, unsigned year)
{
    const unsigned ends_in = year - BUDDHIST_OFFSET;
    json_t *months = json_array();

    for (unsigned i = 0; i < 12; i++) {
        const unsigned month = (i + 9) % 12 + 1;
        const uint32_t period = (month >= 10 ? ends_in - 1 : ends_in) * 100 + month;
        struct audit_count count;

        audit_month(audit, period, &count);
        json_t *item = json_of_count(&count);
        json_object_set_new(item, "month", month_of(period));
        json_array_append_new(months, item);
    }
    return months;
}

static json_t *json_of_findings(const struct audit *audit)
{
    const struct audit_finding *list;
    const uint64_t count = audit_findings(audit, &list);
    json_t *items = json_array();

    for (size_t i = 0; i < count && i < AUDIT_FINDINGS_MAX; i++)
        json_array_append_new(items,
                              json_pack("{s:I, s:s, s:s, s:s}", "index", (json_int_t)list[i].index,
                                        "code", findings[list[i].fault].slug, "text_en",
                                        audit_fault_text(list[i].fault), "text_th",
                                        findings[list[i].fault].th));
    return items;
}

/* The level in words. Silence is not zero: it never stands without how far it is confirmed. */
static void set_level(json_t *report, struct text standing)
{
    const json_t *level = json_object_get(json_object_get(report, "kpi1"), "level");
    const int number = (int)json_integer_value(level);

    json_object_set_new(report, "level_th", json_sprintf("%d (%s)", number, standing.th));
    json_object_set_new(report, "level_en", json_sprintf("%d (%s)", number, standing.en));
}

static json_t *report_of(const struct recount *recount)
{
    struct audit_count count;
    const struct audit_finding *list;

    audit_year(recount->audit, recount->year, &count);
    json_t *report = json_of_count(&count);
    json_object_set_new(report, "fy", json_integer((json_int_t)recount->year));
    json_object_set_new(report, "counted_size", json_integer((json_int_t)recount->at));
    json_object_set_new(report, "reports_issued", json_integer((json_int_t)count.reports_issued));
    json_object_set_new(report, "reports_submitted",
                        json_integer((json_int_t)count.reports_submitted));
    json_object_set_new(report, "kpi1",
                        json_pack("{s:I, s:i}", "value", (json_int_t)audit_kpi1(&count), "level",
                                  (int)audit_kpi1_level(&count)));
    set_level(report, count.returns > 0
                          ? SAY("บันทึกไม่บอกว่าทุกหน่วยงานยืนยันแล้วหรือไม่",
                                "the log does not tell whether every unit has confirmed")
                          : SAY("ไม่มีหน่วยงานใดยืนยัน", "no unit has confirmed"));
    json_object_set_new(report, "months", json_of_months(recount->audit, recount->year));
    json_object_set_new(report, "finding_count",
                        json_integer((json_int_t)audit_findings(recount->audit, &list)));
    json_object_set_new(report, "findings", json_of_findings(recount->audit));
    return report;
}

/* Leaves up to recount->at are in the report; those after it only lead to the signed root. */
static bool add_leaves(struct recount *recount, const uint8_t *leaves, size_t count)
{
    const uint64_t from = audit_size(recount->audit);

    if (recount->online) {
        recount->leaves = memory_resize(recount->leaves, (from + count) * LEAF_BYTES);
        memcpy(recount->leaves + from * LEAF_BYTES, leaves, count * LEAF_BYTES);
    }
    const size_t before =
        !recount->counted && recount->at - from < count ? (size_t)(recount->at - from) : count;

    if (!audit_leaves(recount->audit, leaves, before))
        return false;
    if (!recount->counted && audit_size(recount->audit) == recount->at)
        recount->counted = report_of(recount);
    return audit_leaves(recount->audit, leaves + before * LEAF_BYTES, count - before);
}

/* One bundle of entries, each of them a leaf's 48 bytes after their length. */
static int add_bundle(struct griev *griev, struct recount *recount, struct prove_source *source,
                      uint64_t index)
{
    const struct tile tile = {
        TILE_LEVEL_ENTRIES,
        index,
        tile_width(TILE_LEVEL_ENTRIES, index, recount->checkpoint.size),
    };
    uint8_t leaves[TILE_WIDTH * LEAF_BYTES];
    struct span content;
    const int code = prove_fetch_tile(source, tile, ENTRY_BYTES, &content);

    if (code != EXIT_OK)
        return code;
    bool good = true;
    for (size_t i = 0; i < tile.width; i++) {
        const char *entry = content.data + i * ENTRY_BYTES;

        good = good && entry[0] == 0 && entry[1] == LEAF_BYTES;
        memcpy(leaves + i * LEAF_BYTES, entry + 2, LEAF_BYTES);
    }
    memory_free_span(&content);
    if (!good)
        return griev_fail(griev, EXIT_CONFLICT, "tile/entries",
                          SAY("มีรายการที่ไม่ใช่ 48 ไบต์", "an entry is not 48 bytes long"));
    if (!add_leaves(recount, leaves, tile.width))
        return griev_fail(griev, EXIT_LOCAL, NULL, SAY("หน่วยความจำไม่พอ", "memory is out"));
    return EXIT_OK;
}

static int take_leaves(struct griev *griev, struct recount *recount, struct prove_source *source)
{
    const uint64_t bundles = tile_count(TILE_LEVEL_ENTRIES, recount->checkpoint.size);
    struct merkle_hash root;
    int code = EXIT_OK;

    if (recount->at == 0)
        recount->counted = report_of(recount);
    for (uint64_t i = 0; i < bundles && code == EXIT_OK; i++)
        code = add_bundle(griev, recount, source, i);
    if (code != EXIT_OK)
        return code;
    audit_root(recount->audit, &root);
    if (!merkle_hash_eq(&root, &recount->checkpoint.root))
        return griev_fail(griev, EXIT_CONFLICT, griev->operands[0],
                          SAY("รายการในบันทึกไม่ให้รากที่ลงนามไว้: แฟ้มถูกแก้ไขหรือขาดหาย",
                              "the log's entries do not give the signed root: files were changed"));
    return EXIT_OK;
}

/* ---- audit: printing ---- */

static const struct column audit_columns[] = {
    {TEXT("บันทึก", "Log"), "origin", CELL_CODE, NULL},
    {TEXT("ขนาดที่ลงนาม", "Signed size"), "size", CELL_NUMBER, NULL},
    {TEXT("ราก", "Root"), "root", CELL_CODE, NULL},
    {TEXT("นับถึงขนาด", "Counted to size"), "counted_size", CELL_NUMBER, NULL},
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("รับทั้งหมด", "Received"), "received", CELL_NUMBER, NULL},
    {TEXT("KPI 1 (เรื่อง)", "KPI 1 (complaints)"), "kpi1/value", CELL_NUMBER, NULL},
    {TEXT("ระดับ", "Level"), "level", CELL_NAME, NULL},
    {TEXT("เปลี่ยนประเภท (ครั้ง)", "Changes of class"), "class_changes", CELL_NUMBER, NULL},
    {TEXT("ลบเนื้อหา", "Erased"), "erased", CELL_NUMBER, NULL},
    {TEXT("ยืนยันยอดประจำเดือน", "Months confirmed"), "returns", CELL_NUMBER, NULL},
    {TEXT("ออกรายงาน", "Reports issued"), "reports_issued", CELL_NUMBER, NULL},
    {TEXT("เสนอรายงาน", "Reports submitted"), "reports_submitted", CELL_NUMBER, NULL},
};

static const struct column month_columns[] = {
    {TEXT("เดือน", "Month"), "month", CELL_MONTH, NULL},
    {TEXT("รับ", "Received"), "received", CELL_NUMBER, NULL},
    {TEXT("C1", "C1"), "by_class/C1", CELL_NUMBER, NULL},
    {TEXT("C2", "C2"), "by_class/C2", CELL_NUMBER, NULL},
    {TEXT("CX", "CX"), "by_class/CX", CELL_NUMBER, NULL},
    {TEXT("C0", "C0"), "by_class/C0", CELL_NUMBER, NULL},
    {TEXT("CT", "CT"), "by_class/CT", CELL_NUMBER, NULL},
    {TEXT("CI", "CI"), "by_class/CI", CELL_NUMBER, NULL},
    {TEXT("CV", "CV"), "by_class/CV", CELL_NUMBER, NULL},
    {TEXT("ยืนยันแล้ว", "Confirmed"), "returns", CELL_NUMBER, NULL},
};

static const struct column finding_columns[] = {
    {TEXT("ลำดับที่", "Index"), "index", CELL_NUMBER, NULL},
    {TEXT("ข้อผิด", "Fault"), "code", CELL_CODE, NULL},
    {TEXT("คำอธิบาย", "What is wrong"), "text", CELL_NAME, NULL},
};

static const struct column difference_columns[] = {
    {TEXT("ตัวเลข", "Figure"), "figure", CELL_CODE, NULL},
    {TEXT("ที่มา", "Said by"), "source", CELL_CODE, NULL},
    {TEXT("นับจากบันทึก", "Counted from the log"), "log", CELL_NUMBER, NULL},
    {TEXT("ทะเบียน", "The register says"), "register", CELL_NUMBER, NULL},
};

static const struct column case_columns[] = {
    {TEXT("ลำดับที่", "Index"), "index", CELL_NUMBER, NULL},
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("ข้อผิด", "Fault"), "code", CELL_CODE, NULL},
    {TEXT("ข้อมูล", "Field"), "field", CELL_CODE, NULL},
    {TEXT("ที่ผูกพันไว้", "Committed"), "committed", CELL_CODE, NULL},
    {TEXT("คำอธิบาย", "What is wrong"), "text", CELL_NAME, NULL},
};

/* A list of findings; with none, the text that says so (or nothing), and nothing without a list. */
static void print_findings(const struct print *print, const json_t *list,
                           const struct column *columns, size_t column_count, struct text none)
{
    if (!list || (json_array_size(list) == 0 && !none.en))
        return;
    print_line(print, STYLE_PLAIN, "%s", "");
    if (json_array_size(list) == 0)
        print_line(print, STYLE_GOOD, "✓ %s", print_text(print, none));
    else
        print_items(print, columns, column_count, list);
}

static void print_report(const struct griev *griev, const json_t *report, bool clean)
{
    const struct print *print = &griev->print;

    if (griev->json != JSON_NOT) {
        griev_print_json(griev, report, (struct span){0});
        return;
    }
    print_line(print, clean ? STYLE_GOOD : STYLE_BAD, "%s %s", clean ? "✓" : "✗",
               print_text(print, clean
                                     ? SAY("รายการทั้งหมดให้รากที่ลงนามไว้ และไม่พบข้อผิด",
                                           "the leaves give the signed root, and none is at fault")
                                     : SAY("รายการทั้งหมดให้รากที่ลงนามไว้ แต่มีรายการที่ผิด",
                                           "the leaves give the signed root, but some are at "
                                           "fault and were not counted")));
    print_fields(print, audit_columns, COUNT_OF(audit_columns), report);
    print_line(print, STYLE_PLAIN, "%s", "");
    print_items(print, month_columns, COUNT_OF(month_columns), json_object_get(report, "months"));
    print_findings(print, json_object_get(report, "findings"), finding_columns,
                   COUNT_OF(finding_columns), (struct text){NULL, NULL});
    print_findings(print, json_object_get(report, "differences"), difference_columns,
                   COUNT_OF(difference_columns),
                   SAY("ตัวเลขของทะเบียนตรงกับที่นับจากบันทึก",
                       "the register's figures are those counted from the log"));
    print_findings(print, json_object_get(report, "cases"), case_columns, COUNT_OF(case_columns),
                   SAY("ทุกแถวตรงกับรายการในบันทึก", "every row is the one that its leaf was made of"));
    warn_operator_only(griev);
}

/* ---- audit: what the register says ---- */

static void compare_number(json_t *differences, const char *what, const char *source,
                           const json_t *counted, const json_t *told)
{
    if (json_is_integer(told) && json_integer_value(counted) == json_integer_value(told))
        return;
    json_array_append_new(differences, json_pack("{s:s, s:s, s:O?, s:O?}", "figure", what, "source",
                                                 source, "log", counted, "register", told));
}

/* The figures of the recount against those of an answer of the register. */
static void compare_figures(json_t *differences, const char *source, const json_t *report,
                            const json_t *told)
{
    const json_t *by_class = json_object_get(report, "by_class");
    const char *class;
    json_t *count;

    compare_number(differences, "received", source, json_object_get(report, "received"),
                   json_object_get(told, "received"));
    json_object_foreach((json_t *)by_class, class, count)
        compare_number(differences, class, source, count,
                       json_object_get(json_object_get(told, "by_class"), class));
    compare_number(differences, "kpi1", source,
                   json_object_get(json_object_get(report, "kpi1"), "value"),
                   json_object_get(told, "value"));
    compare_number(differences, "level", source,
                   json_object_get(json_object_get(report, "kpi1"), "level"),
                   json_object_get(told, "level"));
}

/* Count the leaves that the log had when the report was issued, and compare with what it says. */
static void compare_issued(json_t *differences, const char *source, const struct recount *recount,
                           const json_t *report)
{
    const json_t *issue = json_object_get(report, "issue");
    const json_int_t size = json_integer_value(json_object_get(issue, "log_size"));
    const json_t *told = json_object_get(json_object_get(report, "document"), "counted");
    struct recount early = {.year = recount->year, .at = (uint64_t)size};

    if (!json_is_object(issue) || !json_is_object(told) || size < 0 ||
        early.at > recount->checkpoint.size)
        return;
    early.audit = audit_new();
    if (early.audit && audit_leaves(early.audit, recount->leaves, early.at)) {
        json_t *counted = report_of(&early);

        compare_figures(differences, source, counted, told);
        json_decref(counted);
    }
    audit_free(early.audit);
}

/* The year's report, if it is issued and this principal may read it. */
static void compare_report(struct griev *griev, const struct recount *recount, json_t *differences)
{
    char *target = memory_printf("/v1/reports/%u", recount->year);
    const struct https_request request = {.method = "GET", .target = target, .repeatable = true};
    struct https_answer answer;

    https_send(griev->https, &request, &answer);
    json_t *report = answer.result == HTTPS_ANSWERED && answer.status == 200
                         ? json_loadb(answer.body.data, answer.body.len, 0, NULL)
                         : NULL;
    compare_issued(differences, target, recount, report);
    json_decref(report);
    https_answer_done(&answer);
    free(target);
}

static int compare_scores(struct griev *griev, const struct recount *recount, json_t *report)
{
    struct answer scores;
    json_t *differences = json_array();
    char *target = memory_printf("/v1/scores/%u", recount->year);
    const int code = griev_get(griev, target, &scores);

    if (code == EXIT_OK) {
        const json_t *kpi1 = json_object_get(scores.json, "kpi1");

        compare_figures(differences, target, report, kpi1);
        set_level(report,
                  json_is_true(json_object_get(kpi1, "confirmed"))
                      ? SAY("ทะเบียนว่าไม่มีหน่วยงานใดค้างยืนยัน", "no unit is silent, the register says")
                      : SAY("ยังไม่ยืนยัน", "unconfirmed"));
    }
    if (code == EXIT_OK)
        compare_report(griev, recount, differences);
    json_object_set_new(report, "differences", differences);
    answer_done(&scores);
    free(target);
    return code;
}

/* The newest checkpoint as the register shows it, and before it the rows, if they are asked for. */
static int ask_checkpoint(struct griev *griev, struct recount *recount)
{
    struct answer answer;
    int code = EXIT_OK;

    if (option_flag(griev, "cases")) {
        code = griev_get(griev, "/log/latest", &answer);
        recount->settled = (uint64_t)json_integer_value(json_object_get(answer.json, "size"));
        answer_done(&answer);
        if (code == EXIT_OK)
            code = cases_fetch(griev, recount->year, &recount->rows);
    }
    if (code != EXIT_OK)
        return code;
    code = griev_get(griev, "/log/latest", &answer);
    const json_t *note = json_object_get(answer.json, "checkpoint");
    if (code == EXIT_OK && json_is_string(note))
        recount->note =
            memory_copy((struct span){json_string_value(note), json_string_length(note)});
    answer_done(&answer);
    return code;
}

/* Checkpoint, leaves, root, report: in this order. */
static int audit_from(struct griev *griev, const struct verify_log *log, struct recount *recount,
                      struct prove_source *source, json_t **ret_report)
{
    json_int_t size = 0;
    int code = recount->online
                   ? ask_checkpoint(griev, recount)
                   : prove_fetch(source, "checkpoint", LIMIT_NOTE_BYTES, &recount->note);

    if (code == EXIT_NOT_FOUND)
        return griev_fail(griev, EXIT_NOT_FOUND, "checkpoint",
                          SAY("ไม่มีในแฟ้มของบันทึก", "is not among the log's files"));
    if (code != EXIT_OK)
        return code;
    const enum verify_fault fault = verify_checkpoint(log, recount->note, &recount->checkpoint);
    if (fault != VERIFY_OK)
        return prove_refuse(griev, "checkpoint", fault);
    recount->at = recount->checkpoint.size;
    if (option_number(griev, "size", &size)) {
        if ((uint64_t)size > recount->checkpoint.size)
            return griev_fail(griev, EXIT_USAGE, "--size",
                              SAY("เกินขนาดที่ลงนาม", "is more than the checkpoint's size"));
        recount->at = (uint64_t)size;
    }
    code = take_leaves(griev, recount, source);
    if (code != EXIT_OK)
        return code;

    json_t *report = json_of_checkpoint(&recount->checkpoint);
    json_object_update(report, recount->counted);
    if (recount->rows)
        json_object_set_new(report, "cases",
                            cases_compare(griev, recount->year, recount->rows, recount->leaves,
                                          recount->settled, recount->audit));
    if (recount->online && recount->at == recount->checkpoint.size)
        code = compare_scores(griev, recount, report);
    if (code == EXIT_OK)
        *ret_report = report;
    else
        json_decref(report);
    return code;
}

/* Where the log's files are: as told, or at the register itself. */
static struct prove_source *audit_source(struct griev *griev, struct recount *recount,
                                         int *ret_code)
{
    const char *from = option_text(griev, "from");

    recount->online = from == NULL;
    if (from)
        return prove_source_new(griev, from, ret_code);
    *ret_code = griev_configure(griev);
    if (*ret_code != EXIT_OK)
        return NULL;
    char *url = memory_printf("%s/log", griev->settings.url);
    struct prove_source *source = prove_source_new(griev, url, ret_code);

    free(url);
    return source;
}

/* From the first leaf to the report, which is the caller's. */
static int audit_once(struct griev *griev, const struct verify_log *log, unsigned year,
                      json_t **ret_report)
{
    struct recount recount = {.year = year, .audit = audit_new()};
    int code = EXIT_OK;
    struct prove_source *source = audit_source(griev, &recount, &code);

    if (code == EXIT_OK && !recount.audit)
        code = griev_fail(griev, EXIT_LOCAL, NULL, SAY("หน่วยความจำไม่พอ", "memory is out"));
    if (code == EXIT_OK)
        code = audit_from(griev, log, &recount, source, ret_report);
    prove_source_free(source);
    audit_free(recount.audit);
    json_decref(recount.counted);
    json_decref(recount.rows);
    free(recount.leaves);
    memory_free_span(&recount.note);
    return code;
}

static bool differs(const json_t *report)
{
    return json_array_size(json_object_get(report, "differences")) > 0 ||
           json_array_size(json_object_get(report, "cases")) > 0;
}

/* In a register at work what is committed is signed a moment later: look again at what differs. */
static int audit_settled(struct griev *griev, const struct verify_log *log, unsigned year,
                         json_t **ret_report)
{
    const struct timespec pause = {.tv_sec = AGAIN_SECONDS};
    int code = audit_once(griev, log, year, ret_report);

    for (int i = 1; i < AUDITS_MAX && code == EXIT_OK && differs(*ret_report); i++) {
        nanosleep(&pause, NULL);
        json_decref(*ret_report);
        code = audit_once(griev, log, year, ret_report);
    }
    return code;
}

int run_audit(struct griev *griev)
{
    struct prove_log log;
    unsigned long long year = 0;
    json_t *report = NULL;

    span_to_u64(span_of(griev->operands[0]), FISCAL_YEAR_MAX, &year);

    if (option_text(griev, "from") && option_flag(griev, "cases"))
        return griev_fail(
            griev, EXIT_USAGE, "--cases",
            SAY("ถามทะเบียน จึงใช้กับ --from ไม่ได้", "asks the register, and does not go with --from"));
    int code = prove_log_read(griev, &log);
    if (code == EXIT_OK)
        code = audit_settled(griev, &log.log, (unsigned)year, &report);
    if (code != EXIT_OK)
        return code;

    const bool clean = json_integer_value(json_object_get(report, "finding_count")) == 0;
    print_report(griev, report, clean);
    code = clean && !differs(report) ? EXIT_OK : EXIT_CONFLICT;
    json_decref(report);
    return code;
}
