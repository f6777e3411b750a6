/* pause: random histories, judged by the pack and by plain C beside it that counts minute by minute. */
#include <stdlib.h>
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

enum { TICKETS = 60, STEPS = 18, FROM = 3 * 1440 }; /* minutes since 2025-06-28 (a Saturday) 00:00; the period begins at FROM */
typedef struct step { int at; const char *field, *to, *actor; } step;
typedef struct ticket { char id[16]; const char *type, *priority, *requester, *status; int created, resolved; step steps[STEPS]; int n; } ticket;
static ticket tickets[TICKETS];
static uint32_t seed;

static int draw(int below)
{
    seed = seed * 1664525U + 1013904223U;
    return (int)((seed >> 8) % (unsigned)below);
}

/* ---- what the clock showed, minute by minute ---- */
static const int limits[] = {240, 480, 3 * 480, 5 * 480}; /* minutes, by priority */
static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }

static bool works(const ticket *t, int minute)
{
    int weekday = (minute / 1440 + 5) % 7, m = minute % 1440; /* 0: Monday */
    if (t->priority[1] <= '2') return true;
    return weekday < 5 && ((m >= 540 && m < 720) || (m >= 780 && m < 1080));
}

/* The status in that minute; of several steps at one instant the last holds. */
static const char *status_in(const ticket *t, int minute, int as_of)
{
    const char *s = "";
    for (int k = 0; k < t->n; k++)
        if (is(t->steps[k].field, "status") && t->steps[k].at <= minute && t->steps[k].at <= as_of) s = t->steps[k].to;
    return s;
}

static int used_before(const ticket *t, int minute, int as_of)
{
    int used = 0;
    for (int m = t->created; m < minute; m++) {
        const char *s = status_in(t, m, as_of);
        used += works(t, m) && !is(s, "resolved") && strncmp(s, "pending", 7) != 0;
    }
    return used;
}

/* The minute at which about as much was used as the limit allows, if the record runs on from `at`. */
static int near_limit(const ticket *t, int at)
{
    int want = limits[t->priority[1] - '1'] - 40 + draw(50), used = used_before(t, at, at);
    while (used < want && at < 40 * 1440) used += works(t, at++);
    return at;
}

/* Open, pausing and resolved in turn, with words of the customer and of others between; some changes at one instant, some without an actor. */
static void make(ticket *t, int i)
{
    static const char *const types[] = {"incident", "request", "change", ""}, *const priorities[] = {"P1", "P2", "P3", "P4", ""}, *const requesters[] = {"wang", "zhao", ""},
                      *const states[] = {"in_progress", "pending_customer", "in_progress", "pending_supplier", "resolved"}, *const actors[] = {"li", "wang", "zhao", "li", ""};
    *t = (ticket){.type = types[draw(12) ? draw(2) : 2 + draw(2)], .priority = priorities[draw(15) ? draw(4) : 4], .requester = requesters[draw(12) ? draw(2) : 2], .created = draw(10 * 1440), .resolved = -1};
    snprintf(t->id, sizeof t->id, "T%03d", i);
    int at = t->created, slow = t->priority[0] && t->priority[1] > '2' ? 500 : 80, end = 6 + draw(STEPS - 6);
    t->steps[t->n++] = (step){at, "status", "new", "li"};
    while (t->n < end) {
        at += draw(8) ? 1 + draw(slow) : 0;
        bool talk = draw(4) == 0;
        if (t->priority[0] && strcmp(t->steps[t->n - 1].to, "in_progress") == 0 && draw(3) == 0) {
            at = near_limit(t, at);
            t->steps[t->n++] = (step){at, "status", "pending_customer", "li"};
            continue;
        }
        t->steps[t->n++] = (step){at, talk ? "comment" : "status", talk ? "" : states[draw(5)], actors[draw(10) ? draw(4) : 4]};
    }
    t->status = "new";
    for (int k = 0; k < t->n; k++) {
        if (strcmp(t->steps[k].field, "status")) continue;
        t->status = t->steps[k].to;
        t->resolved = strcmp(t->status, "resolved") == 0 ? t->steps[k].at : -1;
    }
}

static void put_time(buf *b, int t)
{
    int day = t / 1440 - 3; /* 0: 1 July */
    if (t >= 0) buf_printf(b, "2025-0%d-%02d %02d:%02d:00", day < 0 ? 6 : 7, day < 0 ? 31 + day : 1 + day, t % 1440 / 60, t % 60);
}

static void import_all(audited *a)
{
    buf t = {0}, h = {0};
    buf_text(&t, "id,type,priority,requester,assignee,status,created_at,resolved_at\n");
    buf_text(&h, "ticket_id,at,actor,field,new\n");
    for (int i = 0; i < TICKETS; i++) {
        const ticket *x = &tickets[i];
        buf_printf(&t, "%s,%s,%s,%s,li,%s,", x->id, x->type, x->priority, x->requester, x->status);
        put_time(&t, x->created), buf_char(&t, ','), put_time(&t, x->resolved), buf_char(&t, '\n');
        for (int k = 0; k < x->n; k++) buf_printf(&h, "%s,", x->id), put_time(&h, x->steps[k].at), buf_printf(&h, ",%s,%s,%s\n", x->steps[k].actor, x->steps[k].field, x->steps[k].to);
    }
    audited_csv(a, "ticket", buf_cstr(&t));
    audited_csv(a, "history", buf_cstr(&h));
    buf_free(&t);
    buf_free(&h);
}

/* ---- the twin's judgement ---- */
static int next_status(const ticket *t, int k)
{
    for (k++; k < t->n; k++)
        if (is(t->steps[k].field, "status")) return k;
    return -1;
}

/* 1 good, 0 bad, 2 unknown, 3 running, -1 no member */
static int judge(const ticket *t, int k, int as_of)
{
    const step *s = &t->steps[k];
    int next = next_status(t, k);
    if (!is(s->field, "status") || !is(s->to, "pending_customer") || s->at < FROM || s->at > as_of || t->created > as_of) return -1;
    if (next >= 0 && t->steps[next].at == s->at) return -1; /* it never happened */
    if (is(t->type, "change")) return -1;
    if (!t->type[0]) return 2;
    if (next < 0 || t->steps[next].at > as_of) return 3;
    if (!t->priority[0]) return 2;
    int left = limits[t->priority[1] - '1'] - used_before(t, s->at, as_of);
    if (left < 0 || left > 30) return 1;
    if (!t->steps[next].actor[0] || !t->requester[0]) return 2;
    for (int i = 0; i < t->n; i++)
        if (t->steps[i].at > s->at && t->steps[i].at <= t->steps[next].at && is(t->steps[i].actor, t->requester)) return 1;
    return 0;
}

static int compare(audited *a, int as_of)
{
    const res_rule *x = audited_rule(a, "4.1-f");
    int64_t c[5] = {0};
    for (int i = 0; i < TICKETS; i++)
        for (int k = 0; k < tickets[i].n; k++) {
            int j = judge(&tickets[i], k, as_of);
            c[j + 1]++;
            if (j != 0) continue;
            buf key = {0};
            bool listed = false;
            buf_printf(&key, "%s at ", tickets[i].id), put_time(&key, tickets[i].steps[k].at);
            for (size_t f = 0; f < x->nfindings; f++) listed = listed || slice_is(a->r->findings[x->first_finding + f].key, buf_cstr(&key));
            if (!listed) fail_msg("%s is not listed", buf_cstr(&key));
            buf_free(&key);
        }
    if (x->nonconforming != c[1] || x->conforming != c[2] || x->unknown != c[3] || x->running != c[4])
        fail_msg("good %d (twin %d) bad %d (%d) unknown %d (%d) running %d (%d)", (int)x->conforming, (int)c[2], (int)x->nonconforming, (int)c[1], (int)x->unknown, (int)c[3], (int)x->running, (int)c[4]);
    assert_int_equal(x->nfindings, c[1]);
    return (int)c[1];
}

static void random_pauses(void **state)
{
    int bad = 0;
    (void)state;
    for (uint32_t world = 1; world <= 12; world++) {
        audited a;
        seed = world * 77;
        for (int i = 0; i < TICKETS; i++) make(&tickets[i], i);
        audited_begin(&a, "rules/itss-2025", NULL);
        import_all(&a);
        audited_run(&a, "2025Q3", NULL);
        bad += compare(&a, 92 * 1440 + FROM);
        audited_run(&a, "2025Q3", "2025-07-06 12:00:00");
        bad += compare(&a, 8 * 1440 + 720);
        audited_end(&a);
    }
    if (bad < 20) fail_msg("only %d suspicious pauses: the worlds say little", bad);
}

#define PACK "pack: {id: pauses, version: \"1\", title: {zh: 停, en: Pauses}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n"
#define MODEL "datasets:\n" \
    "  ticket:\n    title: {zh: 单, en: T}\n    key: [id]\n    time: at\n    changes: {dataset: history, record: ticket, at: at, field: field, old: old, new: new, actor: actor}\n" \
    "    fields: {id: {type: text}, at: {type: time}, done: {type: time}, status: {type: text, enum: status}, customer: {type: text}}\n" \
    "  history:\n    title: {zh: 史, en: H}\n    time: at\n    fields: {ticket: {type: text}, at: {type: time}, actor: {type: text}, field: {type: text}, old: {type: text}, new: {type: text}}\n"

/* Whatever number of statuses pause a clock: the last of them is one. */
static void many_pausing_statuses(void **state)
{
    enum { WAITS = 40 };
    audited a;
    buf model = {0}, waits = {0};
    char folder[256];
    (void)state;
    for (int i = 0; i < WAITS; i++) buf_printf(&waits, "%swait%d", i ? ", " : "", i);
    buf_printf(&model, "enums:\n  status: {values: [work, %s, done], phases: {run: [work], pause: [%s], final: [done]}}\n%s", buf_cstr(&waits), buf_cstr(&waits), MODEL);
    snprintf(folder, sizeof folder, "%s", test_path("pauses"));
    audited_file(folder, "pack.yaml", PACK), audited_file(folder, "model.yaml", buf_cstr(&model));
    audited_file(folder, "calendars/c.yaml", "calendars:\n  always: {title: {zh: 全, en: A}, hours: always}\n");
    audited_file(folder, "clocks.yaml", "clocks:\n  resolution: {over: ticket, start: at, stop: done, status: status, pauses: history, limits: {limit: 4h, calendar: always}}\n");
    audited_file(folder, "rules/1.yaml", "rules:\n  - {id: 1.1-a, severity: minor, kind: pause, clock: resolution, customer: customer, before: 30m}\n");
    audited_begin(&a, folder, NULL);
    audited_csv(&a, "ticket", "id,at,done,status,customer\nT1,2025-07-01 09:00:00,,work,wang\n");
    audited_csv(&a, "history", "ticket,at,actor,field,old,new\nT1,2025-07-01 09:00:00,li,status,,work\nT1,2025-07-01 12:45:00,li,status,work,wait39\nT1,2025-07-01 14:00:00,li,status,wait39,work\n");
    audited_run(&a, "2025Q3", NULL);
    assert_string_equal(audited_keys(&a, "1.1-a"), "T1 at 2025-07-01 12:45:00");
    audited_end(&a);
    buf_free(&model), buf_free(&waits);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(random_pauses), cmocka_unit_test(many_pausing_statuses)};
    return cmocka_run_group_tests_name("pauses", tests, NULL, NULL);
}
