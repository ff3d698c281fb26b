/*
 * griev - the client of grievd, the register of complaints
 *
 * verbs.c says what it can do, docs/man/griev.1 how it is used. Here are the run
 * from its options to its exit code, and the verbs that explain the others.
 */
#include <stdio.h>
#include <stdlib.h>

#include "griev.h"
#include "memory.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* ---- help ---- */

#define X(name, code, th, en) {TEXT(th, en), code},
static const struct {
    struct text text;
    int code;
} exit_texts[] = {EXIT_TABLE(X)};
#undef X

/* All verbs, or those of a group. */
static void print_verbs(const struct print *print, const char *group)
{
    struct table table = {.column_count = 2};

    for (size_t i = 0; i < verb_count; i++) {
        if (group && !options_in_group(&verbs[i], group))
            continue;
        table_add(&table, memory_printf("%s %s", verbs[i].name, verbs[i].operands), STYLE_PLAIN,
                  false);
        table_add(&table, memory_printf("%s", print_text(print, verbs[i].help)), STYLE_PLAIN,
                  false);
    }
    table_print(&table, print, 2);
}

static void print_overview(const struct griev *griev)
{
    const struct print *print = &griev->print;

    print_line(print, STYLE_STRONG, "griev VERB [OPERAND…] [OPTION…]");
    print_verbs(print, NULL);

    print_line(print, STYLE_STRONG, "\n%s",
               print_text(print, SAY("ตัวเลือกทั่วไป", "Every verb takes")));
    options_print_usage(griev, NULL);

    print_line(print, STYLE_STRONG, "\n%s", print_text(print, SAY("รหัสสิ้นสุด", "Exit codes")));
    for (size_t i = 0; i < COUNT_OF(exit_texts); i++)
        print_line(print, STYLE_PLAIN, "  %d  %s", exit_texts[i].code,
                   print_text(print, exit_texts[i].text));
}

/* True if the operands begin with the verb's one word or two. */
static bool begin_with(const struct griev *griev, const char *name)
{
    const char *blank = strchr(name, ' ');

    if (!blank)
        return griev->operand_count > 0 && strcmp(griev->operands[0], name) == 0;
    return griev->operand_count > 1 &&
           span_eq(span_of(griev->operands[0]), (struct span){name, (size_t)(blank - name)}) &&
           strcmp(griev->operands[1], blank + 1) == 0;
}

/* The verb that the operands begin with; NULL if there is none. */
static const struct verb *named_verb(const struct griev *griev)
{
    for (size_t i = 0; i < verb_count; i++) {
        if (begin_with(griev, verbs[i].name))
            return &verbs[i];
    }
    return NULL;
}

/* The group that was named instead of a verb, by `griev box --help` or `griev help box`. */
static const char *named_group(const struct griev *griev)
{
    for (size_t i = 0; griev->operand_count == 1 && i < verb_count; i++) {
        if (options_in_group(&verbs[i], griev->operands[0]))
            return griev->operands[0];
    }
    return griev->group;
}

int run_help(struct griev *griev)
{
    const struct verb *verb = named_verb(griev);
    const char *group = named_group(griev);

    if (!verb && !group && griev->operand_count > 0)
        return griev_fail(
            griev, EXIT_USAGE, griev->operands[0],
            SAY("ไม่มีคำสั่งนี้ (ดู griev help)", "there is no such command (see griev help)"));
    if (verb) {
        options_print_usage(griev, verb);
    } else if (group) {
        print_line(&griev->print, STYLE_STRONG, "griev %s VERB [OPERAND…] [OPTION…]", group);
        print_verbs(&griev->print, group);
    } else {
        print_overview(griev);
    }
    return EXIT_OK;
}

/* One word a line: first words of verbs, second words, options, or what an option may be. */
int run_complete(struct griev *griev)
{
    const struct verb *verb = named_verb(griev);
    const size_t count = griev->operand_count;

    if (verb || (count > 0 && strncmp(griev->operands[count - 1], "--", 2) == 0)) {
        options_print_words(griev, verb);
        return EXIT_OK;
    }
    for (size_t i = 0; i < verb_count; i++) {
        const char *blank = strchr(verbs[i].name, ' ');
        const size_t first = blank ? (size_t)(blank - verbs[i].name) : strlen(verbs[i].name);

        if (griev->operand_count == 0)
            printf("%.*s\n", (int)first, verbs[i].name);
        else if (blank && span_eq(span_of(griev->operands[0]), (struct span){verbs[i].name, first}))
            printf("%s\n", blank + 1);
    }
    return EXIT_OK;
}

/* ---- one run ---- */

/* What most verbs do: the request of the row, and print the answer. */
static int run_row(struct griev *griev)
{
    struct answer answer = {0};
    char *target = griev_target(griev);
    int code;

    if (strcmp(griev->verb->method, "GET") == 0) {
        code = griev_get(griev, target, &answer);
    } else {
        json_t *body = json_object();

        code = options_to_body(griev, body);
        json_t *given = json_deep_copy(body);
        if (code == EXIT_OK)
            code = griev_post(griev, target, given, body, 0, &answer);
        json_decref(given);
        json_decref(body);
    }
    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&answer);
    free(target);
    return code;
}

static int run(struct griev *griev)
{
    if (griev->version) {
        puts("griev " GRIEVD_VERSION);
        return EXIT_OK;
    }
    if (griev->help && griev->verb) {
        options_print_usage(griev, griev->verb);
        return EXIT_OK;
    }
    if (griev->help)
        return run_help(griev);
    if (griev->verb->method) {
        const int code = griev_configure(griev);

        if (code != EXIT_OK)
            return code;
    }
    return griev->verb->run ? griev->verb->run(griev) : run_row(griev);
}

/* True if JSON is asked for, although the rest of the command line may be wrong. */
static bool asks_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0 || strncmp(argv[i], "--json=", strlen("--json=")) == 0)
            return true;
    }
    return false;
}

/* A problem document of our own, where no answer of the server was printed. */
static void print_failure(const struct griev *griev, int code)
{
    const struct failure *failure = griev->failure;
    const char *title = "";

    for (size_t i = 0; i < COUNT_OF(exit_texts); i++) {
        if (exit_texts[i].code == code)
            title = print_text(&griev->print, exit_texts[i].text);
    }
    json_t *problem =
        json_pack("{s:s, s:s, s:s*, s:i, s:O*}", "type", "urn:grievd:problem:client", "title",
                  title, "detail", failure->detail, "exit", code, "errors", failure->errors);

    griev_print_json(griev, problem, SPAN(""));
    json_decref(problem);
}

static void griev_done(struct griev *griev)
{
    https_free(griev->https);
    settings_done(&griev->settings);
    json_decref(griev->given);
    json_decref(griev->taxonomy);
    free(griev->config_path);
    free(griev->checkpoint);
}

int main(int argc, char **argv)
{
    struct failure failure = {0};
    struct griev griev = {.failure = asks_json(argc, argv) ? &failure : NULL};

    griev_prepare_print(&griev);
    int code = options_parse(&griev, argc, argv);
    if (code == EXIT_OK) {
        griev_prepare_print(&griev);
        code = run(&griev);
    }
    if (code != EXIT_OK && griev.failure && !failure.answered)
        print_failure(&griev, code);
    if (fflush(stdout) != 0 && code == EXIT_OK)
        code = griev_fail(&griev, EXIT_LOCAL, NULL,
                          SAY("พิมพ์ผลไม่ได้", "the output could not be written"));
    griev_done(&griev);
    free(failure.detail);
    json_decref(failure.errors);
    return code;
}
