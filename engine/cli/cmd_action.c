/* slaudit action import: the filled-in register of findings back into the workspace. */
#include <stdio.h>
#include <string.h>
#include "engine/base/jsonw.h"
#include "engine/base/mem.h"
#include "engine/cli/steps.h"
#include "importers/workbook.h"
#include "reports/register.h"
#include "reports/texts.h"

typedef struct taking { register_back *reg; const char *file; arena *mem; stored_action *items; size_t n, cap, rows; errlist errors; bool of_others; } taking;

static sla_status take_row(void *ctx, const char *sheet, uint32_t row, const slice *cells, size_t n, err *e)
{
    taking *t = ctx;
    stored_action a;
    register_word w = register_take(t->reg, t->file, sheet, row, cells, n, &a, &t->errors);
    t->rows += w != REGISTER_NOTHING;
    if (w == REGISTER_NOMEM) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the register");
    if (w != REGISTER_ANSWER) return SLA_OK;
    if (mem_grow(&t->items, &t->cap, t->n + 1, sizeof *t->items)) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the answers");
    slice *fields[] = {&a.fingerprint, &a.owner, &a.due, &a.status, &a.response};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!(*fields[i] = arena_slice(t->mem, *fields[i])).ptr) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the answers");
    t->items[t->n++] = a;
    return SLA_OK;
}

/* In the language that the register was written in: the first in which one of its sheets bears the register's name. */
static sla_status read_register(const audit_result *r, taking *t, char *sha256, err *e)
{
    file_list langs = {0};
    TRY(texts_languages(t->mem, &langs, e));
    for (size_t i = 0; i < langs.n; i++) {
        TRY(register_open(r, langs.paths[i], &t->reg, e));
        t->n = t->rows = 0;
        sla_status st = workbook_rows(t->file, take_row, t, sha256, e);
        bool found = register_found(t->reg);
        t->of_others = register_of_others(t->reg);
        register_close(t->reg);
        t->reg = NULL;
        if (st != SLA_OK || found) return st;
    }
    err_set(e, SLA_UNKNOWN_FORMAT, (srcpos){t->file, 0, 0}, "holds no register of findings");
    err_hint(e, "give the audit's workbook, audit-PERIOD.xlsx, as 'slaudit report' wrote it");
    return SLA_UNKNOWN_FORMAT;
}

static sla_status keep(session *s, const audit_result *r, const taking *t, const char *sha256, err *e)
{
    buf b = {0};
    jsonw w;
    jsonw_begin(&w, &b, 0);
    jsonw_open(&w, '{');
    jsonw_kv_i64(&w, "run", r->run), jsonw_kv_text(&w, "register", slice_of(sha256)), jsonw_kv_i64(&w, "answers", (int64_t)t->n);
    jsonw_close(&w, '}');
    sla_status st = b.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for the answers") : store_actions_put(s->ws, t->items, t->n, (slice){b.ptr, b.len}, e);
    buf_free(&b);
    return st;
}

static int run(const options *o, err *e)
{
    session s = {0};
    audit_result *r = NULL;
    char sha256[65] = "";
    int64_t id = 0;
    if (strcmp(o->args[0], "import") != 0 || o->nargs < 2) {
        err_set(e, SLA_USAGE, SRCPOS_NONE, "usage: slaudit action import [-w FILE] [--run N] REGISTER.xlsx");
        return EXIT_USAGE;
    }
    if (o->value[OPT_ID_RUN] && read_run_number(o->value[OPT_ID_RUN], &id, e) != SLA_OK) return EXIT_USAGE;
    taking t = {.file = o->args[1], .mem = &s.mem};
    sla_status st = session_open(&s, o, STORE_EXISTING, e);
    if (st == SLA_OK) st = result_load(s.ws, id, &r, e);
    if (st == SLA_OK) st = read_register(r, &t, sha256, e);
    bool refused = st == SLA_OK && t.errors.n + t.errors.dropped;
    if (refused) {
        say_errors(&t.errors, "error");
        size_t wrong = t.errors.n + t.errors.dropped;
        st = err_set(e, SLA_CONFLICT, (srcpos){t.file, 0, 0}, "%zu cell%s not as %s must be; nothing was taken in", wrong, wrong == 1 ? " is" : "s are", wrong == 1 ? "it" : "they");
        if (t.of_others) err_hint(e, "a register of another run: take it with --run N; of another version of slaudit: write it anew (slaudit report --run %lld --kind audit -o DIR) and copy response, owner, due date and status to the rows of the same findings", (long long)r->run);
        else err_hint(e, "fill in response, owner, due date and status only, in the register of run %lld", (long long)r->run);
    }
    if (st == SLA_OK && t.n) st = keep(&s, r, &t, sha256, e);
    if (st == SLA_OK) printf("%zu findings in the register, %zu answers are new or changed\n", t.rows, t.n);
    mem_free(t.items);
    errlist_clear(&t.errors);
    result_free(r);
    session_close(&s);
    return st == SLA_OK ? EXIT_DONE : EXIT_CANNOT;
}

const command cmd_action = {
    "action", "take the filled-in register of findings back in", "import [-w FILE] [--run N] REGISTER.xlsx",
    "The audit's workbook has a register with columns for response, owner, due date and status.\n"
    "What people filled in goes into the workspace, and the next reports show it, with the days\n"
    "that it is late. A register of another run, and one whose other cells were changed, is\n"
    "refused with sheet and cell, and nothing of it is taken.\n\n"
    "example: slaudit action import -w q3.db audit-2025Q3.xlsx",
    OPT(WORKSPACE) | OPT(RUN),
    1, 2, run,
};
