/*
 * options - the command line, read by the verb table
 *
 * Options may stand anywhere; what follows -- is never one. A value is the next
 * word or comes behind =. The same rows make the usage and the completion.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "griev.h"
#include "memory.h"
#include "spool.h"

#define HASHED_FILE_BYTES_MAX ((size_t)512 * 1024 * 1024)
#define FILE_BYTES_MAX        ((size_t)1024 * 1024)

#define NO_YEAR SAY("ไม่ใช่ปีงบประมาณ พ.ศ. เช่น 2570", "is no Buddhist fiscal year such as 2570")

/* The options every verb takes. */
static const struct option common_options[] = {
    {"config", "FILE", OPTION_TEXT, "", TEXT("แฟ้มการตั้งค่า", "the settings to use")},
    {"json", NULL, OPTION_FLAG, "",
     TEXT("พิมพ์ JSON ตามที่ได้รับ (--json=pretty จัดบรรทัด)",
          "print the server's JSON (--json=pretty indents it)")},
    {"lang", "th|en", OPTION_CHOICE, "", TEXT("ภาษาที่พิมพ์", "the language to print in")},
    {"thai-digits", NULL, OPTION_FLAG, "", TEXT("พิมพ์เลขไทย", "print Thai digits")},
    {"colour", "auto|always|never", OPTION_CHOICE, "",
     TEXT("ใช้สี (auto: เมื่อพิมพ์ที่จอ)", "whether to use colours; auto: on a terminal")},
    {"help", NULL, OPTION_FLAG, "", TEXT("วิธีใช้", "how to use it")},
    {"version", NULL, OPTION_FLAG, "", TEXT("รุ่น", "the version")},
    {0},
};

/* ---- what was given ---- */

const char *option_text(const struct griev *griev, const char *name)
{
    return json_string_value(json_object_get(griev->given, name));
}

bool option_number(const struct griev *griev, const char *name, json_int_t *ret_value)
{
    const json_t *value = json_object_get(griev->given, name);

    if (value)
        *ret_value = json_integer_value(value);
    return value != NULL;
}

bool option_flag(const struct griev *griev, const char *name)
{
    return json_object_get(griev->given, name) != NULL;
}

/* ---- reading ---- */

/* True if it is given by its name. */
static bool is_named(const struct option *option)
{
    return option->kind != OPTION_FIXED && option->kind != OPTION_OPERAND;
}

static const struct option *find_option(const struct option *options, struct span name)
{
    for (; options && options->name; options++) {
        if (is_named(options) && span_eq(span_of(options->name), name))
            return options;
    }
    return NULL;
}

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < verb_count; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

/* True if the verb posts events of this kind. */
static bool posts_kind(const struct verb *verb, const char *kind)
{
    for (const struct option *option = verb->options; option && option->name; option++) {
        if (option->kind == OPTION_FIXED && strcmp(option->member, "kind") == 0 &&
            strcmp(option->name, kind) == 0)
            return true;
    }
    return false;
}

/* NULL if none posts them. */
static const struct verb *verb_of(const char *kind)
{
    for (size_t i = 0; i < verb_count; i++) {
        if (posts_kind(&verbs[i], kind))
            return &verbs[i];
    }
    return NULL;
}

static json_t *verbs_of(const json_t *kinds, bool told_in_thai)
{
    json_t *names = json_array();
    size_t i;
    json_t *kind;

    json_array_foreach(kinds, i, kind)
    {
        const struct verb *verb = json_is_string(kind) ? verb_of(json_string_value(kind)) : NULL;

        if (verb && told_in_thai)
            json_array_append_new(names, json_sprintf("%s %s", verb->name, verb->help.th));
        else if (json_is_string(kind))
            json_array_append_new(names, json_string(verb ? verb->name : json_string_value(kind)));
    }
    return names;
}

json_t *options_verbs_of(const json_t *kinds)
{
    return verbs_of(kinds, false);
}

json_t *options_told_verbs_of(const struct print *print, const json_t *kinds)
{
    return verbs_of(kinds, print->lang == LANG_TH);
}

bool options_in_group(const struct verb *verb, const char *group)
{
    const size_t len = strlen(group);

    return strncmp(verb->name, group, len) == 0 && verb->name[len] == ' ';
}

static bool is_group(const char *word)
{
    for (size_t i = 0; i < verb_count; i++) {
        if (options_in_group(&verbs[i], word))
            return true;
    }
    return false;
}

/* True if the text is one of the words between the bars. */
static bool is_choice(const char *words, const char *text)
{
    const size_t len = strlen(text);

    for (;; words++) {
        const size_t word_len = strcspn(words, "|");

        if (word_len == len && strncmp(words, text, len) == 0)
            return true;
        words += word_len;
        if (!*words)
            return false;
    }
}

/* "" says that there is none. */
static json_t *value_of_day(const char *text)
{
    char *day = text[0] ? griev_day(text) : memory_printf("%s", "");
    json_t *value = day ? json_string(day) : NULL;

    free(day);
    return value;
}

static bool read_year(const char *text, unsigned long long *ret_year)
{
    unsigned long long year;

    if (!griev_number(text, FISCAL_YEAR_MAX, &year) || year < FISCAL_YEAR_MIN)
        return false;
    *ret_year = year;
    return true;
}

static json_t *value_of_months(const char *text)
{
    char plain[8]; /* 10-12, and what is too long is none */

    return thai_plain_digits(span_of(text), plain, sizeof plain) ? json_string(plain) : NULL;
}

/* The value as the option's kind has it; NULL if it has not that form. */
static json_t *value_of(const struct option *option, const char *text)
{
    unsigned long long number;

    switch (option->kind) {
    case OPTION_FLAG:
        return text ? json_string(text) : json_true();
    case OPTION_NUMBER:
        return griev_number(text, INT32_MAX, &number) ? json_integer((json_int_t)number) : NULL;
    case OPTION_YEAR:
        return read_year(text, &number) ? json_integer((json_int_t)number) : NULL;
    case OPTION_MONTHS:
        return value_of_months(text);
    case OPTION_YES:
        return strcmp(text, "yes") == 0  ? json_true()
               : strcmp(text, "no") == 0 ? json_false()
                                         : NULL;
    case OPTION_DATE:
        return value_of_day(text);
    case OPTION_CHOICE:
        return is_choice(option->value, text) ? json_string(text) : NULL;
    default:
        return json_string(text); /* NULL if it is not UTF-8 */
    }
}

static int give(struct griev *griev, const struct option *option, const char *text)
{
    json_t *value = value_of(option, text);
    char named[64];
    json_t *list = json_object_get(griev->given, option->name);

    snprintf(named, sizeof named, "--%s%s%s", option->name, value || !option->value ? "" : " ",
             value || !option->value ? "" : option->value);
    if (!value)
        return griev_fail(griev, EXIT_USAGE, named,
                          option->kind == OPTION_DATE ? NO_DAY
                          : option->kind == OPTION_YEAR
                              ? NO_YEAR
                              : SAY("ค่านี้ใช้ไม่ได้", "this value cannot be used"));
    if (option->kind == OPTION_LIST) {
        if (!list)
            json_object_set_new(griev->given, option->name, list = json_array());
        json_array_append_new(list, value);
        return EXIT_OK;
    }
    if (list) {
        json_decref(value);
        return griev_fail(griev, EXIT_USAGE, named, SAY("ระบุซ้ำ", "is given twice"));
    }
    json_object_set_new(griev->given, option->name, value);
    return EXIT_OK;
}

/* One word that begins with two dashes; *index moves past a value of its own. */
static int take_option(struct griev *griev, int argc, char **argv, int *index)
{
    const char *word = argv[*index] + 2;
    const char *equals = strchr(word, '=');
    const struct span name = {word, equals ? (size_t)(equals - word) : strlen(word)};
    const struct option *option = find_option(common_options, name);
    const char *value = equals ? equals + 1 : NULL;

    if (!option && griev->verb)
        option = find_option(griev->verb->options, name);
    if (!option)
        return griev_fail(
            griev, EXIT_USAGE, argv[*index],
            SAY("ไม่มีตัวเลือกนี้ (ดู griev help)", "there is no such option (see griev help)"));
    if (option->kind == OPTION_FLAG) {
        if (value && strcmp(option->name, "json") != 0)
            return griev_fail(griev, EXIT_USAGE, argv[*index],
                              SAY("ตัวเลือกนี้ไม่รับค่า", "takes no value"));
        return give(griev, option, value);
    }
    if (!value && *index + 1 < argc)
        value = argv[++*index];
    if (!value)
        return griev_fail(griev, EXIT_USAGE, argv[*index], SAY("ต้องมีค่าตามหลัง", "needs a value"));
    return give(griev, option, value);
}

/* A word of the verb's name, or an operand. */
static int take_word(struct griev *griev, const char *word)
{
    if (griev->verb) {
        if (griev->operand_count == OPERANDS_MAX)
            return griev_fail(griev, EXIT_USAGE, word, SAY("คำเกิน", "is one word too many"));
        griev->operands[griev->operand_count++] = word;
        return EXIT_OK;
    }
    if (griev->group) {
        char *name = memory_printf("%s %s", griev->group, word);

        griev->verb = find_verb(name);
        free(name);
    } else if (is_group(word)) {
        griev->group = word;
        return EXIT_OK;
    } else {
        griev->verb = find_verb(word);
    }
    if (!griev->verb)
        return griev_fail(
            griev, EXIT_USAGE, word,
            SAY("ไม่มีคำสั่งนี้ (ดู griev help)", "there is no such command (see griev help)"));
    return EXIT_OK;
}

/* True if the usage calls the operand FY or [FY]. */
static bool is_year_operand(const char *word)
{
    return strncmp(word + (word[0] == '['), "FY", 2) == 0;
}

/* Which years there are is the register's to say. */
static int take_year(struct griev *griev, const char **operand)
{
    unsigned long long year;

    if (!read_year(*operand, &year))
        return griev_fail(griev, EXIT_USAGE, *operand, NO_YEAR);
    snprintf(griev->year, sizeof griev->year, "%llu", year);
    *operand = griev->year;
    return EXIT_OK;
}

static int check_operands(struct griev *griev)
{
    size_t most = 0;
    size_t least = 0;
    bool several = false; /* of the last */

    for (const char *word = griev->verb->operands; *word; word += strspn(word, " ")) {
        if (most < griev->operand_count && is_year_operand(word) &&
            take_year(griev, &griev->operands[most]) != EXIT_OK)
            return EXIT_USAGE;
        most++;
        least += word[0] != '[';
        const size_t len = strcspn(word, " ");
        several = len > 3 && strncmp(word + len - 3, "...", 3) == 0;
        word += len;
    }
    if (griev->operand_count >= least && (griev->operand_count <= most || several))
        return EXIT_OK;
    griev_fail(griev, EXIT_USAGE, griev->verb->name,
               griev->operand_count < least ? SAY("ขาดสิ่งที่ต้องระบุ", "something is missing behind it")
                                            : SAY("คำเกิน", "there are words too many behind it"));
    fprintf(stderr, "griev %s %s\n", griev->verb->name, griev->verb->operands);
    return EXIT_USAGE;
}

static int check_common(struct griev *griev)
{
    const char *json = option_text(griev, "json");

    if (json && strcmp(json, "pretty") != 0)
        return griev_fail(griev, EXIT_USAGE, "--json",
                          SAY("ใช้ --json หรือ --json=pretty", "is --json or --json=pretty"));
    if (option_flag(griev, "json"))
        griev->json = json ? JSON_INDENTED : JSON_AS_SENT;
    if (option_text(griev, "config"))
        griev->config_path = memory_printf("%s", option_text(griev, "config"));
    griev->help = option_flag(griev, "help");
    griev->version = option_flag(griev, "version");
    return EXIT_OK;
}

int options_parse(struct griev *griev, int argc, char **argv)
{
    bool options_end = false;

    griev->given = json_object();
    for (int i = 1; i < argc; i++) {
        int code = EXIT_OK;

        if (!options_end && strcmp(argv[i], "-o") == 0)
            argv[i] = "--output";
        if (!options_end && strcmp(argv[i], "--") == 0)
            options_end = true;
        else if (!options_end && strncmp(argv[i], "--", 2) == 0)
            code = take_option(griev, argc, argv, &i);
        else if (!options_end && strcmp(argv[i], "-h") == 0)
            griev->help = true;
        else
            code = take_word(griev, argv[i]);
        if (code != EXIT_OK)
            return code;
    }
    const bool short_help = griev->help;
    const int code = check_common(griev);
    griev->help = griev->help || short_help;
    if (code != EXIT_OK || griev->help || griev->version)
        return code;
    if (!griev->verb)
        return griev_fail(
            griev, EXIT_USAGE, griev->group,
            griev->group
                ? SAY("ยังไม่ครบ (ดู --help)", "is not all of a command (see --help)")
                : SAY("ยังไม่ได้ระบุคำสั่ง (ดู griev help)", "no command is given (see griev help)"));
    return check_operands(griev);
}

/* ---- into a body ---- */

static int cannot_read(const struct griev *griev, const char *path)
{
    char *subject = memory_printf("%s: %s", path, strerror(errno));

    griev_fail(griev, EXIT_LOCAL, subject, SAY("อ่านไม่ได้", "cannot be read"));
    free(subject);
    return EXIT_LOCAL;
}

static int json_in_file(const struct griev *griev, const char *path, struct span text,
                        json_t **ret_value)
{
    json_error_t error;

    *ret_value = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    if (*ret_value)
        return EXIT_OK;

    char *subject = memory_printf("%s:%d:%d", path, error.line, error.column);
    griev_fail(griev, EXIT_REFUSED, subject, SAY("ไม่ใช่ JSON ที่ถูกต้อง", "is not valid JSON"));
    free(subject);
    return EXIT_REFUSED;
}

/* The value that a file stands for. */
static int value_of_file(const struct griev *griev, const struct option *option, const char *path,
                         json_t **ret_value)
{
    const size_t max = option->kind == OPTION_HASH   ? HASHED_FILE_BYTES_MAX
                       : option->kind == OPTION_JSON ? FILE_BYTES_MAX
                                                     : LIMIT_NARRATIVE_BYTES;
    char hash[SPOOL_HEX_CHARS + 1];
    struct span content;
    int code = EXIT_OK;

    const bool good = option->kind == OPTION_HASH ? files_read(path, max, &content)
                                                  : files_read_text(path, max, &content);
    if (!good) {
        static_assert(LIMIT_NARRATIVE_BYTES == 100 * 1000, "as is said");

        if (errno == EFBIG && max == LIMIT_NARRATIVE_BYTES)
            return griev_fail(
                griev, EXIT_REFUSED, path,
                SAY("ข้อความยาวเกิน 100,000 ไบต์", "is longer than the 100,000 bytes of a text"));
        return cannot_read(griev, path);
    }
    if (option->kind == OPTION_JSON) {
        code = json_in_file(griev, path, content, ret_value);
    } else if (option->kind == OPTION_HASH) {
        spool_hash(content, hash);
        *ret_value = json_string(hash);
    } else {
        *ret_value = json_stringn(content.data, content.len);
        if (!*ret_value)
            code = griev_fail(griev, EXIT_REFUSED, path, SAY("ไม่ใช่ UTF-8", "is not UTF-8"));
    }
    memory_free_span(&content);
    return code;
}

/* The text that nobody gave an option for, typed or piped. */
static int ask_text(const struct griev *griev, const struct option *option, json_t **ret_value)
{
    char *line = griev_ask(griev, option->help);

    if (!line || !line[0]) {
        free(line);
        return griev_fail(griev, EXIT_USAGE, option->name,
                          SAY("ต้องมีข้อความ", "a text is needed: give the option, or a line on "
                                            "standard input"));
    }
    *ret_value = json_string(line);
    free(line);
    return *ret_value
               ? EXIT_OK
               : griev_fail(griev, EXIT_REFUSED, option->name, SAY("ไม่ใช่ UTF-8", "is not UTF-8"));
}

/* What a row stands for that is given by no name; NULL where nothing is. */
static json_t *value_unnamed(const struct griev *griev, const struct option *option,
                             size_t *operand)
{
    if (option->kind == OPTION_FIXED)
        return json_string(option->name);
    (*operand)++;
    return *operand < griev->operand_count ? json_string(griev->operands[*operand]) : NULL;
}

int options_to_body(const struct griev *griev, json_t *body)
{
    size_t operand = 0;

    for (const struct option *option = griev->verb->options; option && option->name; option++) {
        json_t *given = json_object_get(griev->given, option->name);
        json_t *value = NULL;
        int code = EXIT_OK;

        if (is_named(option) && option->kind != OPTION_ASKED && !given)
            continue;
        if (option->member[0] == '\0')
            continue;
        if (!is_named(option))
            value = value_unnamed(griev, option, &operand);
        else if (!given)
            code = ask_text(griev, option, &value);
        else if (option->kind >= OPTION_FILE)
            code = value_of_file(griev, option, json_string_value(given), &value);
        else if ((option->kind == OPTION_TEXT || option->kind == OPTION_DATE) &&
                 json_string_length(given) == 0)
            value = json_null();
        else
            value = json_incref(given);
        if (code != EXIT_OK)
            return code;
        if (value)
            json_object_set_new(body, option->member, value);
    }
    return EXIT_OK;
}

/* ---- usage ---- */

static void add_options(struct table *table, const struct print *print,
                        const struct option *options)
{
    for (; options && options->name; options++) {
        if (!is_named(options))
            continue;
        table_add(table,
                  memory_printf("--%s%s%s", options->name, options->value ? " " : "",
                                options->value ? options->value : ""),
                  STYLE_PLAIN, false);
        table_add(table, memory_printf("%s", print_text(print, options->help)), STYLE_PLAIN, false);
    }
}

void options_print_usage(const struct griev *griev, const struct verb *verb)
{
    const struct print *print = &griev->print;
    struct table table = {.column_count = 2};

    if (verb) {
        print_line(print, STYLE_STRONG, "griev %s%s%s%s", verb->name, verb->operands[0] ? " " : "",
                   verb->operands, verb->options ? " [OPTION…]" : "");
        print_line(print, STYLE_PLAIN, "  %s\n", print_text(print, verb->help));
        add_options(&table, print, verb->options);
    }
    add_options(&table, print, common_options);
    table_print(&table, print, 2);
}

static void print_choices(const struct print *print, const struct option *option)
{
    const char *words = option && option->kind == OPTION_CHOICE ? option->value : "";

    for (; *words; words += strspn(words, "|")) {
        const size_t len = strcspn(words, "|");

        fprintf(print->out, "%.*s\n", (int)len, words);
        words += len;
    }
}

static void print_names(const struct print *print, const struct option *options)
{
    for (; options && options->name; options++) {
        if (is_named(options))
            fprintf(print->out, "--%s\n", options->name);
    }
}

void options_print_words(const struct griev *griev, const struct verb *verb)
{
    const struct option *own = verb ? verb->options : NULL;
    const char *last = griev->operand_count > 0 ? griev->operands[griev->operand_count - 1] : "";

    if (strncmp(last, "--", 2) == 0) {
        const struct option *common = find_option(common_options, span_of(last + 2));

        print_choices(&griev->print, common ? common : find_option(own, span_of(last + 2)));
        return;
    }
    print_names(&griev->print, common_options);
    print_names(&griev->print, own);
}
