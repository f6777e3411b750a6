/* Random records, judged by the pack and by plain C beside it, which knows the rules' texts only; threads and the order of rows change nothing. */
#include <stdlib.h>
#include "engine/base/buf.h"
#include "engine/base/mem.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

typedef struct row {
    char id[16];
    const char *type, *priority, *category, *assignee, *accepter, *status;
    int created, responded, resolved, accepted, closed; /* minutes since 2025-06-25 00:00; -1: missing */
    int impact, urgency, reopened, score;               /* -1: missing */
} row;
enum { ROWS_MAX = 600, FROM = 6 * 1440, TO = FROM + 92 * 1440 };
static uint32_t seed;

static int draw(int below)
{
    seed = seed * 1664525U + 1013904223U;
    return (int)((seed >> 8) % (unsigned)below);
}

static int later(int t, int missing) { return t < 0 || draw(100) < missing ? -1 : t + draw(60 * draw(20) + 1) - (draw(50) == 0 ? 5 : 0); }

static void make(row *r, int i)
{
    static const char *const types[] = {"incident", "request", "change", "problem", "complaint"}, *const priorities[] = {"P1", "P2", "P1", "P2", ""},
                      *const categories[] = {"系统维护", "软件升级", "故障排除", "用户支持", "别的", ""}, *const people[] = {"u1", "u2", "u3", "u4", "gone", ""};
    snprintf(r->id, sizeof r->id, "T%04d", i);
    r->type = types[draw(5)], r->priority = priorities[draw(20) ? draw(4) : 4], r->category = categories[draw(30) ? draw(4) : 4 + draw(2)];
    r->assignee = people[draw(20) ? draw(4) : 4 + draw(2)], r->accepter = people[draw(5) ? draw(4) : 5];
    r->created = draw(100 * 1440);
    r->responded = later(r->created, 5), r->resolved = later(r->responded, 10), r->accepted = later(r->resolved, 20), r->closed = later(r->accepted, 10);
    r->status = r->closed >= 0 ? "closed" : draw(6) == 0 ? "cancelled" : r->resolved >= 0 ? "resolved" : draw(8) ? "in_progress" : "";
    r->impact = draw(15) ? 1 + draw(3) : -1, r->urgency = draw(15) ? 1 + draw(3) : -1, r->reopened = draw(10) ? draw(10) == 0 : -1, r->score = draw(3) ? 1 + draw(5) : -1;
}

static void put_time(buf *b, int t)
{
    if (t >= 0) {
        int day = t / 1440; /* 0: 25 June */
        static const int month_days[] = {6, 31, 31, 30, 31, 30};
        int month = 6;
        for (; day >= month_days[month - 6]; month++) day -= month_days[month - 6];
        buf_printf(b, "2025-%02d-%02d %02d:%02d:00", month, month == 6 ? 25 + day : 1 + day, t % 1440 / 60, t % 60);
    }
    buf_char(b, ',');
}

static void put_number(buf *b, int n)
{
    if (n >= 0) buf_i64(b, n);
    buf_char(b, ',');
}

static void import_rows(audited *t, const row *r, int n, bool backwards)
{
    buf b = {0};
    buf_text(&b, "id,type,priority,category,assignee,accepter,status,created_at,responded_at,resolved_at,accepted_at,closed_at,impact,urgency,reopen_count,satisfaction,title\n");
    for (int k = 0; k < n; k++) {
        const row *x = &r[backwards ? n - 1 - k : k];
        buf_printf(&b, "%s,%s,%s,%s,%s,%s,%s,", x->id, x->type, x->priority, x->category, x->assignee, x->accepter, x->status);
        put_time(&b, x->created), put_time(&b, x->responded), put_time(&b, x->resolved), put_time(&b, x->accepted), put_time(&b, x->closed);
        put_number(&b, x->impact), put_number(&b, x->urgency), put_number(&b, x->reopened), put_number(&b, x->score);
        buf_text(&b, "x\n");
    }
    audited_csv(t, "ticket", buf_cstr(&b));
    buf_free(&b);
    audited_csv(t, "staff", "id,name,level,hired_on,left_on\nu1,甲,junior,2020-01-01,\nu2,乙,senior,2020-01-01,\nu3,丙,expert,2020-01-01,2025-08-15\nu4,丁,,2020-01-01,\n");
}

/* ---- the twin: 1 good, 0 bad, 2 unknown, 3 running, -1 no member ---- */
static bool within(int t) { return t >= FROM && t < TO; }
static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }
static int known(int t) { return t >= TO ? -1 : t; } /* as_of is the period's end: what lies after it has not happened; at that very instant it has */

static int category_in_scope(const row *r) { return !within(r->created) ? -1 : !r->category[0] ? 2 : !is(r->category, "别的"); }

static int matrix(const row *r)
{
    if (!within(r->created) || (!is(r->type, "incident") && !is(r->type, "request"))) return -1;
    if (r->impact < 0 || r->urgency < 0 || !r->priority[0]) {
        /* unknown unless nothing that is missing matters: any pair that gives another priority decides nothing here */
        return 2;
    }
    int sum = r->impact + r->urgency;
    const char *want = sum == 2 ? "P1" : sum == 3 ? "P2" : sum == 4 ? "P3" : "P4";
    return is(r->priority, want);
}

static int separate_accepter(const row *r) { return !within(r->accepted) ? -1 : !r->assignee[0] || !r->accepter[0] ? 2 : !is(r->assignee, r->accepter); }

static int in_order(const row *r)
{
    if (!within(r->created)) return -1;
    const int t[] = {r->created, known(r->responded), known(r->resolved), known(r->accepted), known(r->closed)};
    int last = -1;
    for (int i = 0; i < 5; i++) {
        if (t[i] < 0) continue;
        if (t[i] < last) return 0;
        last = t[i];
    }
    return 1;
}

static int employed(const row *r)
{
    if (!within(r->resolved)) return -1;
    if (!r->assignee[0]) return 2;
    if (is(r->assignee, "gone")) return 0;
    return !is(r->assignee, "u3") || r->resolved / 1440 <= 51; /* 15 August is day 51 */
}

static int senior(const row *r)
{
    if (!within(r->resolved) || (!is(r->type, "incident") && !is(r->type, "request"))) return -1;
    if (!r->priority[0]) return 2;
    if (!r->assignee[0] || is(r->assignee, "gone") || is(r->assignee, "u4")) return 2;
    return is(r->assignee, "u2") || is(r->assignee, "u3");
}

static int clock_twin(const row *r, int stop, int limit_p1, int limit_p2)
{
    if (!within(r->created) || (!is(r->type, "incident") && !is(r->type, "request"))) return -1;
    bool stop_later = stop >= TO;
    stop = known(stop);
    if (stop < 0 && !stop_later && is(r->status, "cancelled")) return -1;
    if (stop >= 0 && stop < r->created) return 2;
    if (stop < 0 && !stop_later && (is(r->status, "closed") || is(r->status, "resolved"))) return 2;
    if (!r->priority[0]) return 2;
    int limit = is(r->priority, "P1") ? limit_p1 : limit_p2, elapsed = (stop >= 0 ? stop : TO) - r->created;
    if (elapsed > limit) return stop < 0 && !stop_later && !r->status[0] ? 2 : 0;
    return stop >= 0 ? 1 : !r->status[0] && !stop_later ? 2 : 3;
}
static int response_clock(const row *r) { return clock_twin(r, r->responded, 15, 30); }

static int reopened(const row *r) { return !within(r->resolved) || r->reopened < 0 ? -1 : r->reopened == 0; }

static const struct twin { const char *rule; int (*judge)(const row *r); } twins[] = {
    {"1.1-a", category_in_scope}, {"2.1-c", matrix}, {"2.3-b", separate_accepter}, {"6.1-b", in_order}, {"2.2-f", employed}, {"2.2-a", senior}, {"4.1-a", response_clock}, {"2.3-d", reopened},
};

static void compare(const audited *t, const row *r, int n, const struct twin *w)
{
    const res_rule *x = audited_rule(t, w->rule);
    int64_t c[5] = {0}; /* by judgement + 1 */
    for (int i = 0; i < n; i++) {
        int j = w->judge(&r[i]);
        c[j + 1]++;
        if (j != 0) continue;
        bool listed = false;
        for (size_t k = 0; k < x->nfindings && !listed; k++) listed = slice_is(t->r->findings[x->first_finding + k].key, r[i].id);
        if (!listed) fail_msg("%s: %s is not listed", w->rule, r[i].id);
    }
    if (x->nonconforming != c[1] || x->conforming != c[2] || x->unknown != c[3] || x->running != c[4])
        fail_msg("%s: good %d (twin %d) bad %d (%d) unknown %d (%d) running %d (%d)", w->rule, (int)x->conforming, (int)c[2], (int)x->nonconforming, (int)c[1], (int)x->unknown, (int)c[3],
                 (int)x->running, (int)c[4]);
    assert_int_equal(x->nfindings, c[1]);
    assert_int_equal(x->population, c[1] + c[2] + c[3]);
}

static void random_worlds(void **state)
{
    (void)state;
    static row rows[ROWS_MAX];
    for (uint32_t world = 1; world <= 6; world++) {
        audited t;
        int n = 50 + (int)world * 90;
        seed = world;
        for (int i = 0; i < n; i++) make(&rows[i], i);
        audited_begin(&t, "rules/itss-2025", NULL);
        import_rows(&t, rows, n, false);
        audited_run(&t, "2025Q3", NULL);
        for (size_t k = 0; k < LEN(twins); k++) compare(&t, rows, n, &twins[k]);
        int64_t scores = 0, sum = 0;
        for (int i = 0; i < n; i++)
            if (within(rows[i].closed) && rows[i].score >= 0) scores++, sum += rows[i].score;
        assert_int_equal(audited_metric(&t, "satisfaction")->n, scores);
        if (scores >= 30) assert_true(audited_metric(&t, "satisfaction")->value == (double)sum / (double)scores);
        audited_end(&t);
    }
}

/* Groups add up to the whole; months, priorities and services of a count are complete. */
static void groups_add_up(void **state)
{
    (void)state;
    static row rows[ROWS_MAX];
    audited t;
    seed = 77;
    for (int i = 0; i < 300; i++) make(&rows[i], i);
    audited_begin(&t, "rules/itss-2025", NULL);
    import_rows(&t, rows, 300, false);
    audited_run(&t, "2025Q3", NULL);
    const res_metric *m = audited_metric(&t, "tickets");
    int64_t months = 0, hours = 0;
    for (size_t i = 0; i < m->ngroups; i++) {
        if (slice_is(m->groups[i].by, "month")) months += m->groups[i].n;
        if (slice_is(m->groups[i].by, "hour")) hours += m->groups[i].n;
        if (i && slice_is(m->groups[i].by, "hour") && slice_eq(m->groups[i].by, m->groups[i - 1].by)) assert_true(strtod(m->groups[i - 1].key.ptr, NULL) < strtod(m->groups[i].key.ptr, NULL));
    }
    assert_int_equal(months, m->n);
    assert_int_equal(hours, m->n);
    const res_rule *x = audited_rule(&t, "4.1-a");
    int64_t bad = 0;
    for (size_t i = 0; i < x->ngroups; i++)
        if (slice_is(x->groups[i].by, "priority")) bad += x->groups[i].nonconforming;
    assert_int_equal(bad, x->nonconforming);
    audited_end(&t);
}

/* The same records on one thread, on three, and the other way round: the same findings, counts and figures. */
static void order_and_threads(void **state)
{
    (void)state;
    static row rows[ROWS_MAX];
    audited t[3];
    seed = 5;
    for (int i = 0; i < 500; i++) make(&rows[i], i);
    for (int k = 0; k < 3; k++) {
        setenv("SLAUDIT_THREADS", k == 0 ? "1" : "3", 1);
        audited_begin(&t[k], "rules/itss-2025", NULL);
        import_rows(&t[k], rows, 500, k == 2);
        audited_run(&t[k], "2025Q3", NULL);
    }
    unsetenv("SLAUDIT_THREADS");
    assert_slice_is(t[0].r->digest, t[1].r->digest.ptr); /* also the lines of the records are the same */
    assert_int_equal(t[0].r->nfindings, t[2].r->nfindings);
    for (size_t i = 0; i < t[0].r->nfindings; i++) assert_string_equal(t[0].r->findings[i].fingerprint, t[2].r->findings[i].fingerprint);
    size_t expected = 0;
    for (size_t p = 0; p < t[0].r->nstaff; p++)
        for (size_t i = 0; i < t[0].r->staff[p].nindicators; i++) {
            const res_indicator *x = &t[0].r->staff[p].indicators[i], *y = &t[2].r->staff[p].indicators[i];
            assert_true(x->has_value == y->has_value && x->value == y->value && x->has_expected == y->has_expected && x->expected == y->expected && x->points == y->points);
            expected += x->has_expected;
        }
    assert_true(expected > 0);
    for (size_t i = 0; i < t[0].r->nmetrics; i++) assert_true(t[0].r->metrics[i].value == t[2].r->metrics[i].value && t[0].r->metrics[i].ngroups == t[2].r->metrics[i].ngroups);
    for (int k = 0; k < 3; k++) audited_end(&t[k]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(random_worlds), cmocka_unit_test(groups_add_up), cmocka_unit_test(order_and_threads)};
    return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
