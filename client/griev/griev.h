/*
 * griev - what the parts of the client share
 *
 * One run does one verb: the table in verbs.c says what each is called, which
 * request it makes, and how its answer is printed. Most verbs are only a row
 * there; those with work of their own have a function in submit.c, import.c or one of verbs_*.c.
 *
 *     main ─▶ options_parse ─▶ verb ─▶ griev_get / griev_post ─▶ https
 *                                └──▶ griev_print_answer ─▶ print
 */
#ifndef GRIEVD_CLIENT_GRIEV_H
#define GRIEVD_CLIENT_GRIEV_H

#include <jansson.h>

#include "core/thai.h"
#include "https.h"
#include "print.h"
#include "settings.h"

/* X(NAME, code, Thai, English): how a run ends, for scripts. */
#define EXIT_TABLE(X)                                                                           \
    X(EXIT_OK, 0, "สำเร็จ", "done")                                                              \
    X(EXIT_REFUSED, 1, "คำขอไม่ถูกต้อง ต้องแก้ไขก่อน", "the content or the request is at fault")      \
    X(EXIT_USAGE, 2, "ใช้คำสั่งไม่ถูกต้อง", "wrong usage")                                            \
    X(EXIT_FORBIDDEN, 3, "ไม่มีสิทธิ หรือใบรับรองใช้ไม่ได้",                                             \
      "not allowed, or the certificate is not accepted")                                        \
    X(EXIT_NOT_FOUND, 4, "ไม่พบ หรือไม่มีสิทธิเห็น", "not there, or not yours to see")                 \
    X(EXIT_CONFLICT, 5, "ขัดกับข้อมูลในทะเบียน หรือข้อมูลเก่าไปแล้ว",                                     \
      "contradicts what is recorded, or is out of date")                                        \
    X(EXIT_UNAVAILABLE, 6, "ติดต่อเครื่องแม่ข่ายไม่ได้ ลองใหม่ภายหลัง",                                   \
      "server or network away, nothing was done: try again")                                    \
    X(EXIT_UNKNOWN, 7, "ไม่ทราบผล ให้สั่งคำสั่งเดิมซ้ำ", "outcome unknown: run the same command again") \
    X(EXIT_LOCAL, 8, "แฟ้มหรือการตั้งค่าในเครื่องนี้มีปัญหา", "trouble with a local file or the configuration")

#define X(name, code, th, en) name = code,
enum exit_code { EXIT_TABLE(X) };
#undef X

enum { FISCAL_YEAR_MIN = 2444, FISCAL_YEAR_MAX = 2742 }; /* Buddhist, as an operand FY may be */
enum { OPERANDS_MAX = 1 + LIMIT_ATTACHMENTS, PAGES_MAX = 10000 };

enum option_kind {
    OPTION_FLAG,   /* no value */
    OPTION_TEXT,   /* "" becomes null in a body */
    OPTION_NUMBER, /* a whole number, not negative */
    OPTION_YEAR,   /* a fiscal year of the Buddhist era */
    OPTION_MONTHS, /* months of a fiscal year, as M-M */
    OPTION_YES,    /* yes or no */
    OPTION_LIST,   /* may be given several times */
    OPTION_DATE,   /* a day as people write it, sent as YYYY-MM-DD; "" becomes null in a body */
    OPTION_CHOICE, /* one of the words that the usage names, a bar between two */

    /* not given by a name, and in no usage */
    OPTION_FIXED,   /* always: the member is the row's name, unless a later row replaces it */
    OPTION_OPERAND, /* the operands behind the first, in turn */

    /* by way of a file */
    OPTION_FILE,  /* the text of a file */
    OPTION_ASKED, /* the same; a line of standard input when it is not given */
    OPTION_JSON,  /* the JSON value in a file */
    OPTION_HASH,  /* the SHA-256 of a file */
};

/* One option of a verb; a list of them ends with an empty row. */
struct option {
    const char *name;  /* without its dashes */
    const char *value; /* how the usage calls the value; NULL for a flag */
    enum option_kind kind;
    const char *member; /* query parameter, or member of the body, that takes it; "" for neither */
    struct text help;
};

struct griev;

struct verb {
    const char *name;     /* one word or two */
    const char *operands; /* of the usage: each word one, in brackets when it may be left out; the
                             last may end in "..." and be given several times */
    struct text help;
    const char *method, *path;    /* of the request; {} takes the operands in turn */
    const struct option *options; /* NULL: none */
    const struct column *columns; /* how to print the answer, or its items */
    size_t column_count;
    int (*run)(struct griev *griev); /* NULL: the request of the row, and nothing else */
    void (*print)(struct griev *griev, const json_t *answer); /* NULL: by the columns */
};

extern const struct verb verbs[];
extern const size_t verb_count;

enum json_output { JSON_NOT, JSON_AS_SENT, JSON_INDENTED };

/* With --json: what went wrong here, to be printed as a problem document if nothing else was. */
struct failure {
    bool answered;  /* JSON was printed */
    char *detail;   /* owned: the first thing that was told of it; NULL: nothing */
    json_t *errors; /* owned: faults of a content; NULL: none */
};

/* One run. */
struct griev {
    char *config_path; /* owned; NULL until it is known */
    struct settings settings;
    struct print print;
    enum json_output json;
    struct failure *failure; /* NULL: not asked for; whoever tells something writes to it */
    struct https *https;     /* made for the first request */
    char *checkpoint;        /* owned: what watch.c sends along; NULL: nothing */

    const struct verb *verb; /* NULL: none was named */
    const char *group;       /* the first word of verbs of two, such as "box"; NULL: none */
    bool help, version;
    const char *operands[OPERANDS_MAX];
    size_t operand_count;
    char year[24]; /* the operand FY, in the digits of the API */
    json_t *given; /* the verb's options: name -> value */
    json_t *taxonomy;

    /* The text that a submission came from, so that faults can name its lines. */
    const char *content_name;
    struct span content;
};

/* An answer with a JSON body, or, where one was asked for, a file. */
struct answer {
    json_t *json;             /* owned; NULL if there is none */
    bool is_file;             /* it may be something else than JSON */
    struct https_answer http; /* owned */
};
void answer_done(struct answer *answer);

/* ---- options.c ---- */

/* Read the command line into the run. An exit code; trouble has been told. */
int options_parse(struct griev *griev, int argc, char **argv);

/* The option as text, number or list; NULL, or false, if it was not given. */
const char *option_text(const struct griev *griev, const char *name);
bool option_number(const struct griev *griev, const char *name, json_int_t *ret_value);
bool option_flag(const struct griev *griev, const char *name);

/* Add what was given as members of a body; an exit code. */
int options_to_body(const struct griev *griev, json_t *body);

/* The verbs that post events of these kinds, a list of names; a kind that none posts stays. */
json_t *options_verbs_of(const json_t *kinds);

/* The same for a line that has room: in Thai, each with what it does. */
json_t *options_told_verbs_of(const struct print *print, const json_t *kinds);

/* Prints the usage, options included. */
void options_print_usage(const struct griev *griev, const struct verb *verb);

/* True if the verb is one of the group: "box add" of "box". */
bool options_in_group(const struct verb *verb, const char *group);

/*
 * Prints the words that may follow, for the shell's completion: the verb's options, or, behind
 * the last word --NAME, what that option may be.
 */
void options_print_words(const struct griev *griev, const struct verb *verb);

/* ---- griev.c ---- */

/* Tell what is wrong, and with what (or NULL), on standard error; returns the code. */
int griev_fail(const struct griev *griev, enum exit_code code, const char *subject,
               struct text text);

/* What is told when the file that would hold a request has just come into being. */
#define BUSY                                        \
    SAY("griev อีกตัวกำลังทำคำสั่งเดียวกันอยู่ รอให้เสร็จก่อน", \
        "another griev is at work on the same: wait until it is done")

/* A request's content that the register would not take; as core/limits has it. */
#define TOO_LONG                                                                                 \
    SAY("ยาวเกิน 240 KiB ที่เนื้อหามีได้ ยังไม่ได้ส่ง: ย่อเนื้อหา แล้วแนบส่วนที่ยาวเป็นแฟ้มด้วย griev attach",        \
        "is longer than the 240 KiB of a content and was not sent: shorten it, and attach what " \
        "is long as a file with griev attach")

/* Tell something that is no failure. */
void griev_note(const struct griev *griev, const char *subject, struct text text);

/* Set up printing before there are settings: from the options and the environment. */
void griev_prepare_print(struct griev *griev);

/* Read the settings and set up printing by them; an exit code. They may name no server. */
int griev_read_settings(struct griev *griev);

/* The same for what asks the server. */
int griev_configure(struct griev *griev);

/* True if there is a file of settings, or one is named. */
bool griev_has_settings(struct griev *griev);

/* The path with each {} replaced by an encoded operand, and the query options; to be freed. */
char *griev_target(const struct griev *griev);

/* Send; an exit code, failures told. The caller frees *ret_answer, whatever the code. */
int griev_send(struct griev *griev, const struct https_request *request, struct answer *ret_answer);
int griev_get(struct griev *griev, const char *target, struct answer *ret_answer);

/* Send, and tell nothing: griev_conclude() then says what the answer means. */
int griev_try(struct griev *griev, const struct https_request *request, struct answer *ret_answer);

/* How far something long has come, on standard error if that is a terminal. */
void griev_progress(size_t done, size_t all, const char *unit);

/* The same for an answer that is a file, such as HTML: it is ret_answer->http.body. */
int griev_get_file(struct griev *griev, const char *target, struct answer *ret_answer);

/*
 * Make a change once, however often it must be sent. The body gets an event_id and
 * is kept below the state folder until an answer is certain; the same command
 * (the same `given` for the same target) then sends the same bytes again.
 */
int griev_post(struct griev *griev, const char *target, const json_t *given, json_t *body,
               uint64_t if_match, struct answer *ret_answer);

/* Print the answer as --json or the verb's row say. */
void griev_print_answer(struct griev *griev, const struct answer *answer);
void griev_print_json(const struct griev *griev, const json_t *json, struct span as_sent);

/* Have names for codes, if the register gives them; failing to is no failure. */
void griev_load_taxonomy(struct griev *griev);

/* The path of a file below the state folder, which is made; NULL (told) if it cannot be. */
char *griev_state_path(const struct griev *griev, const char *folder, const char *name);

/*
 * The same for a file that the same request is found by again: by whose certificate it is made with
 * and by what it is, whatever the address of the register and the place of the certificate.
 */
char *griev_kept_path(const struct griev *griev, const char *folder, const char *what,
                      const char *suffix);

/* Ask on the terminal: a line without its end, to be freed; NULL at the end of input. */
char *griev_ask(const struct griev *griev, struct text question);

/* The same without an echo, for secrets; both are wiped by griev_forget(). NULL is allowed. */
char *griev_ask_secret(const struct griev *griev, struct text question);
void griev_forget(char *secret);

/* A whole number in Arabic or Thai digits, at most max. False if it is none. */
bool griev_number(const char *text, unsigned long long max, unsigned long long *ret_value);

/* Today in Bangkok. */
struct thai_date griev_today(void);

/* A day as people write it (core/thai.h) as YYYY-MM-DD, to be freed. NULL if it is none. */
char *griev_day(const char *text);
#define NO_DAY \
    SAY("ไม่ใช่วันที่ เช่น 2026-11-28 หรือ 28/11/2569", "is no day, such as 2026-11-28 or 28/11/2569")

/* ---- verbs_case.c ---- */

/*
 * The case of the first operand as a list shows it, which reads no content: for
 * its id, version and state. *ret_row is borrowed from the answer, which the
 * caller frees, whatever the code.
 */
int griev_find_case(struct griev *griev, struct answer *ret_answer, const json_t **ret_row);

/* The first item of a list whose member is this text; NULL if there is none. */
const json_t *griev_item(const json_t *items, const char *member, const char *text);

/* The open proposal about the case of this number among the proposals; NULL if there is none. */
const json_t *proposal_about(const json_t *items, const char *ref);

/* ---- conclude.c ---- */

/* What an answer means: an exit code; told on standard error when it is no success. */
int griev_conclude(const struct griev *griev, const struct answer *answer);

/* ---- emblem.c ---- */

/*
 * The page of a memo with the picture of the settings in the place for it, or as it
 * is without one; the caller's. An exit code, trouble told.
 */
int emblem_place(const struct griev *griev, struct span html, struct span *ret_html);

/* ---- pdf.c ---- */

/* The PDF of a page of HTML, made by WeasyPrint; the caller's. An exit code, trouble told. */
int pdf_make(const struct griev *griev, struct span html, struct span *ret_pdf);

/* ---- faults.c ---- */

/* Our own words for a fault, in the reader's language; NULL for a slug we do not know. */
const char *fault_words(const struct griev *griev, const char *slug);

enum { WORDS_BYTES = 256 };

/* An English clause of the core in both languages; the Thai is in the buffer. */
struct text fault_clause(const char *english, char thai[static WORDS_BYTES]);

/* Print one fault: [FILE:[LINE:]] pointer: text. The slug may be unknown to us. */
void fault_print(const struct griev *griev, const char *pointer, const char *slug,
                 const char *text);

/* The line of a JSON text, from 1, where the value of the pointer begins; 0 if it is not there. */
size_t fault_line(struct span text, const char *pointer);

/* ---- verbs ---- */

int run_help(struct griev *griev);
int run_complete(struct griev *griev);
int run_submit(struct griev *griev);
int run_list(struct griev *griev);
int run_show(struct griev *griev);
int run_take(struct griev *griev);
int run_event(struct griev *griev);
int run_due(struct griev *griev);
int run_import_cases(struct griev *griev);
int run_track(struct griev *griev);
int run_confirm(struct griev *griev);
int run_box_add(struct griev *griev);
int run_score(struct griev *griev);
int run_verify(struct griev *griev);
int run_audit(struct griev *griev);
int run_receipt(struct griev *griev);
int run_assess_set(struct griev *griev);
int run_assess_load(struct griev *griev);
int run_document(struct griev *griev);
int run_publish(struct griev *griev);
int run_unit_set(struct griev *griev);
int run_principal_set(struct griev *griev);
int run_approve(struct griev *griev);
int run_reject(struct griev *griev);
int run_health(struct griev *griev);
int run_keygen(struct griev *griev);
int run_custodian_check(struct griev *griev);
int run_custodian_rewrap(struct griev *griev);
int run_proposal_show(struct griev *griev);
int run_identity_show(struct griev *griev);
int run_identity_approve(struct griev *griev);
int run_identity_open(struct griev *griev);
int run_attach(struct griev *griev);
int run_fetch(struct griev *griev);

void print_submitted(struct griev *griev, const json_t *answer);
void print_score(struct griev *griev, const json_t *answer);
void print_assessments(struct griev *griev, const json_t *answer);
void print_taxonomy(struct griev *griev, const json_t *answer);
void print_rules(struct griev *griev, const json_t *answer);
void print_case(struct griev *griev, const json_t *answer);
void print_queue(struct griev *griev, const json_t *answer);
void print_custodian_check(struct griev *griev, const json_t *answer);
void print_with_reason(struct griev *griev, const json_t *answer);

#endif
