/* Each kind about several rows beside a brute force that knows the definitions only, over random rows: ties, missing keys, rows outside the period, rows that may or may not count. */
#include <stdlib.h>
#include "engine/base/buf.h"
#include "tests/support/audited.h"
#include "tests/support/check.h"

#define PACK "pack: {id: kinds, version: \"1\", title: {zh: 类, en: Kinds}}\nchapters:\n  - id: \"1\"\n    title: {zh: 章, en: C}\n    clauses: [{id: \"1.1\", title: {zh: 条, en: C}, basis: text}]\n"
#define MODEL "datasets:\n  log:\n    title: {zh: 志, en: L}\n    time: at\n    fields: {at: {type: time}, key: {type: text}, what: {type: text}, n: {type: number}}\n" \
              "  ticket:\n    title: {zh: 单, en: J}\n    key: [id]\n    time: at\n    fields: {id: {type: text}, at: {type: time}, ends: {type: time, planned: true}, key: {type: text}}\n" \
              "  system: {title: {zh: 系统, en: S}, key: [id], valid: [since, until], fields: {id: {type: text}, since: {type: date, planned: true}, until: {type: date, planned: true}}}\n"
#define CALENDARS "calendars:\n  always: {title: {zh: 全, en: A}, hours: always}\n"
#define HEAD(id, kind) "  - id: 1.1-" id "\n    severity: major\n    kind: " kind "\n"
#define EVENT "{dataset: log, where: what = \"x\", key: [key]}"
#define SUBJECT "    subject: {dataset: system, key: [id]}\n    event: " EVENT "\n"
#define RULES "rules:\n" \
    HEAD("a", "precedence") "    event: " EVENT "\n    cover: {dataset: ticket, from: at, to: ends, key: [key]}\n" \
    HEAD("b", "precedence") "    event: " EVENT "\n    before: {dataset: log, where: what = \"y\", key: [key]}\n    within: 6h\n" \
    HEAD("c", "response") "    trigger: " EVENT "\n    match: {dataset: log, where: what = \"y\", key: [key]}\n    within: 6h\n" \
    HEAD("d", "response") "    trigger: " EVENT "\n    match: {dataset: log, where: what = \"y\", key: [key]}\n    within: 6h\n    absent: true\n" \
    HEAD("e", "periodic") SUBJECT "    cell: week\n    n: 2\n" \
    HEAD("f", "periodic") SUBJECT "    cell: month\n    n: 5\n" \
    HEAD("g", "periodic") SUBJECT "    gap: 10d\n" \
    HEAD("h", "periodic") SUBJECT "    reach: 80d\n" \
    HEAD("i", "periodic") "    event: {dataset: log, where: what = \"z\"}\n    cell: day\n" \
    HEAD("j", "sequence") "    case: {dataset: ticket, at: at, key: [id]}\n    event: {dataset: log, where: 'what in (\"x\", \"y\", \"z\")', key: [key]}\n    activities: {X: 'what = \"x\"', Y: 'what = \"y\"', Z: 'what = \"z\"'}\n    pattern: /^X?Y*Z?X+$/\n    steps: XYZ\n    within: 10d\n" \
    HEAD("k", "metric") "    over: log\n    where: what = \"x\"\n    value: sum(n)\n    by: key\n    least_n: 3\n    target: \"<= 60\"\n" \
    HEAD("l", "evidence") "    requires: [{dataset: log, where: what = \"x\", key: [key], n: 12, each: {dataset: system, key: [id]}}]\n" \
    HEAD("m", "burst") "    event: {dataset: log, where: what = \"x\"}\n    n: 4\n    within: 1h\n    by: {key: [key]}\n"

enum { DAY = 1440, FROM = 6 * DAY, TO = FROM + 92 * DAY, LOGS = 260, JOBS = 30, SYSTEMS = 8, KINDS = 13 }; /* minutes since 2025-06-25 00:00, a Wednesday */
enum { OUT = -1, BAD, GOOD, UNKNOWN, RUNNING };
typedef struct logged { int at; char key, what; int n; } logged;          /* key 0, what 0, n -1: missing */
typedef struct job { int at, ends; char key; } job;                         /* its id is its letter, 'a' + index % 26 */
typedef struct systems { int since, until; } systems;                       /* days; -1: missing */
typedef struct world { logged l[LOGS]; job j[JOBS]; systems s[SYSTEMS]; int nlogs, as_of; } world;
static char folder[256];
static uint32_t seed;

static int draw(int below)
{
    seed = seed * 1664525U + 1013904223U;
    return (int)((seed >> 8) % (unsigned)below);
}

static int by_time(const void *a, const void *b) { return ((const logged *)a)->at - ((const logged *)b)->at; }

static void make(world *w, bool dense)
{
    w->nlogs = 40 + draw(LOGS - 40);
    w->as_of = draw(2) ? TO : FROM + 40 * DAY + draw(40 * DAY);
    for (int i = 0; i < w->nlogs; i++) {
        int day = dense ? 20 + draw(12) : draw(105);
        w->l[i] = (logged){day * DAY + draw(dense ? 90 : DAY), (char)(draw(25) ? 'a' + draw(SYSTEMS) : 0), (char)(draw(15) ? "xyzxx"[draw(5)] : 0), draw(10) ? draw(30) : -1};
    }
    qsort(w->l, (size_t)w->nlogs, sizeof *w->l, by_time); /* rows of one instant keep no order: the twins may not depend on it */
    for (int i = 0; i < JOBS; i++) w->j[i].at = (dense ? 15 + draw(12) : draw(105)) * DAY + draw(DAY), w->j[i].ends = draw(8) ? w->j[i].at + draw(6 * DAY) : -1, w->j[i].key = (char)(draw(10) ? 'a' + draw(SYSTEMS) : 0);
    for (int i = 0; i < SYSTEMS; i++) w->s[i].since = draw(4) ? draw(60) : -1, w->s[i].until = draw(3) ? -1 : 50 + draw(60);
}

/* ---- as files ---- */
static void put_date(buf *b, int day)
{
    static const int days[] = {30, 31, 31, 30, 31};
    int month = 6, d = 25 + day;
    for (; d > days[month - 6]; month++) d -= days[month - 6];
    buf_printf(b, "2025-%02d-%02d", month, d);
}

static void put_time(buf *b, int at)
{
    if (at >= 0) put_date(b, at / DAY), buf_printf(b, " %02d:%02d:00", at % DAY / 60, at % 60);
}

static void import(audited *t, const world *w, bool backwards)
{
    buf l = {0}, j = {0}, s = {0};
    buf_text(&l, "at,key,what,n\n"), buf_text(&j, "id,at,ends,key\n"), buf_text(&s, "id,since,until\n");
    for (int k = 0; k < w->nlogs; k++) {
        const logged *x = &w->l[backwards ? w->nlogs - 1 - k : k];
        put_time(&l, x->at), buf_printf(&l, ",%.1s,%.1s,", x->key ? &x->key : "", x->what ? &x->what : "");
        if (x->n >= 0) buf_i64(&l, x->n);
        buf_char(&l, '\n');
    }
    for (int k = 0; k < SYSTEMS; k++) buf_printf(&j, "%c,", 'a' + k), put_time(&j, w->j[k].at), buf_char(&j, ','), put_time(&j, w->j[k].ends), buf_printf(&j, ",%.1s\n", w->j[k].key ? &w->j[k].key : "");
    for (int k = 0; k < SYSTEMS; k++) {
        buf_printf(&s, "%c,", 'a' + k);
        if (w->s[k].since >= 0) put_date(&s, w->s[k].since);
        buf_char(&s, ',');
        if (w->s[k].until >= 0) put_date(&s, w->s[k].until);
        buf_char(&s, '\n');
    }
    audited_csv(t, "log", buf_cstr(&l)), audited_csv(t, "ticket", buf_cstr(&j)), audited_csv(t, "system", buf_cstr(&s));
    buf_free(&l), buf_free(&j), buf_free(&s);
}

/* ---- the twins ---- */
static int is(char what, char want) { return !what ? UNKNOWN : what == want; }
static bool in_period(const world *w, int at) { return at >= FROM && at < TO && at <= w->as_of; }

/* Whether a row of `what` and key lies in [from, to]. */
static int any(const world *w, char what, char key, int from, int to)
{
    int answer = 0;
    for (int i = 0; i < w->nlogs; i++)
        if (w->l[i].key == key && w->l[i].at >= from && w->l[i].at <= to && w->l[i].at <= w->as_of) {
            int here = is(w->l[i].what, what);
            if (here == GOOD) return 1;
            if (here == UNKNOWN) answer = UNKNOWN;
        }
    return answer;
}

static int member_of(const world *w, const logged *x) /* a row that may be an x */
{
    return !in_period(w, x->at) || is(x->what, 'x') == BAD ? OUT : !x->key || !x->what ? UNKNOWN : GOOD;
}

static int covered(const world *w, const logged *x)
{
    if (member_of(w, x) != GOOD) return member_of(w, x);
    for (int i = 0; i < SYSTEMS; i++)
        if (w->j[i].key == x->key && w->j[i].at <= x->at && w->j[i].ends >= x->at) return GOOD;
    return BAD;
}
static int preceded(const world *w, const logged *x) { return member_of(w, x) != GOOD ? member_of(w, x) : any(w, 'y', x->key, x->at - 360, x->at); }
static int answered(const world *w, const logged *x)
{
    if (member_of(w, x) != GOOD) return member_of(w, x);
    int found = any(w, 'y', x->key, x->at, x->at + 360);
    return found ? found : x->at + 360 > w->as_of ? RUNNING : BAD;
}
static int unanswered(const world *w, const logged *x)
{
    int a = answered(w, x);
    return a == GOOD ? BAD : a == BAD ? GOOD : a;
}

typedef struct counts { int64_t c[4]; } counts;
static void add(counts *c, int judged)
{
    if (judged != OUT) c->c[judged]++;
}

static void valid(const world *w, int s, int *from, int *to)
{
    *from = FROM, *to = TO;
    if (w->s[s].since >= 0 && w->s[s].since * DAY > *from) *from = w->s[s].since * DAY;
    if (w->s[s].until >= 0 && (w->s[s].until + 1) * DAY < *to) *to = (w->s[s].until + 1) * DAY;
}

/* A cell [from, to) that wants n events of what; key 0: of any. */
static int cell(const world *w, char what, char key, int from, int to, int n)
{
    int sure = 0, perhaps = 0;
    for (int i = 0; i < w->nlogs; i++) {
        if ((key && w->l[i].key != key) || w->l[i].at < from || w->l[i].at >= to || w->l[i].at > w->as_of) continue;
        if (is(w->l[i].what, what) == GOOD) sure++;
        if (is(w->l[i].what, what) == UNKNOWN) perhaps++;
    }
    return sure >= n ? GOOD : sure + perhaps >= n ? UNKNOWN : to > w->as_of ? RUNNING : BAD;
}

static void cells(const world *w, counts *weeks, counts *months, counts *days)
{
    static const int month[] = {FROM, FROM + 31 * DAY, FROM + 62 * DAY, TO};
    for (int s = 0; s < SYSTEMS; s++) {
        int from, to;
        valid(w, s, &from, &to);
        for (int d = FROM / DAY + 6; d + 7 <= TO / DAY; d += 7) /* Monday, 7 July */
            if (from < (d + 7) * DAY && to > d * DAY && from < to) add(weeks, cell(w, 'x', (char)('a' + s), d * DAY, (d + 7) * DAY, 2));
        for (int m = 0; m < 3; m++)
            if (from < month[m + 1] && to > month[m] && from < to) add(months, cell(w, 'x', (char)('a' + s), month[m], month[m + 1], 5));
    }
    for (int d = FROM / DAY; d < TO / DAY; d++) add(days, cell(w, 'z', 0, d * DAY, (d + 1) * DAY, 1));
}

/* Whether some minute of [from, stop) begins more than `limit` without an event. */
static bool gap_over(const world *w, char key, int from, int stop, int limit, bool perhaps)
{
    for (int p = -1; p < w->nlogs; p++) {
        int begin = p < 0 ? from : w->l[p].at, next = stop;
        if (p >= 0 && (w->l[p].key != key || begin < from || begin >= stop || !(is(w->l[p].what, 'x') == GOOD || (perhaps && !w->l[p].what)))) continue;
        for (int i = 0; i < w->nlogs; i++)
            if (w->l[i].key == key && w->l[i].at > begin && w->l[i].at < next && (is(w->l[i].what, 'x') == GOOD || (perhaps && !w->l[i].what))) next = w->l[i].at;
        if (next - begin > limit) return true;
    }
    return false;
}

static void stretches(const world *w, counts *gaps, counts *reach)
{
    for (int s = 0; s < SYSTEMS; s++) {
        int from, to, end = TO < w->as_of ? TO : w->as_of;
        valid(w, s, &from, &to);
        if (from >= to || from >= w->as_of) continue;
        int stop = to < w->as_of ? to : w->as_of;
        char key = (char)('a' + s);
        add(gaps, !gap_over(w, key, from, stop, 10 * DAY, false) ? GOOD : !gap_over(w, key, from, stop, 10 * DAY, true) ? UNKNOWN : BAD);
        add(reach, any(w, 'x', key, 0, end - 80 * DAY));
    }
}

/* ^X?Y*Z?X+$ by a machine: 1 one X, which may be the first or the last; 2 in the Ys; 3 after Z; 4 in the last Xs; 5 lost */
static int walk(const char *s, int n)
{
    static const int next[6][3] = {{1, 2, 3}, {4, 2, 3}, {4, 2, 3}, {4, 5, 5}, {4, 5, 5}, {5, 5, 5}};
    int state = 0;
    for (int i = 0; i < n; i++) state = next[state][s[i] - 'x'];
    return state;
}

/* All orders of those of one instant: bit 0: some order fits; 1: some does not; 2: some could still. */
static int orders(char *s, const int *at, int n, int i)
{
    if (i == n) return walk(s, n) == 1 || walk(s, n) == 4 ? 1 : walk(s, n) == 5 ? 2 : 6;
    int seen = 0;
    for (int k = i; k < n && at[k] == at[i]; k++) {
        char c = s[i];
        s[i] = s[k], s[k] = c;
        seen |= orders(s, at, n, i + 1);
        s[k] = s[i], s[i] = c;
    }
    return seen;
}

static void sequences(const world *w, counts *c)
{
    for (int s = 0; s < SYSTEMS; s++) {
        char letters[LOGS];
        int at[LOGS], n = 0;
        bool known = true, running = w->j[s].at + 10 * DAY > w->as_of;
        if (!in_period(w, w->j[s].at)) continue;
        for (int i = 0; i < w->nlogs; i++) {
            if (w->l[i].key != 'a' + s || w->l[i].at > w->as_of || w->l[i].at < w->j[s].at || w->l[i].at > w->j[s].at + 10 * DAY) continue;
            if (!w->l[i].what) known = false;
            else letters[n] = w->l[i].what, at[n++] = w->l[i].at;
        }
        int seen = known && n ? orders(letters, at, n, 0) : 0;
        add(c, seen == 1 ? running ? RUNNING : GOOD : (seen & 3) != 2 ? UNKNOWN : seen & 4 && running ? RUNNING : BAD);
    }
}

static void sums(const world *w, counts *c)
{
    for (char key = 'a'; key < 'a' + SYSTEMS; key++) {
        int n = 0, sum = 0;
        for (int i = 0; i < w->nlogs; i++)
            if (w->l[i].key == key && w->l[i].what == 'x' && w->l[i].n >= 0 && in_period(w, w->l[i].at)) n++, sum += w->l[i].n;
        if (n >= 3) add(c, sum <= 60 ? GOOD : BAD);
    }
}

/* Twelve events of what is x for each system that was there in the period, at any time up to as_of. */
static void evidence(const world *w, counts *c)
{
    for (int s = 0; s < SYSTEMS; s++) {
        int sure = 0, perhaps = 0;
        if (w->s[s].since >= TO / DAY || (w->s[s].until >= 0 && w->s[s].until < FROM / DAY)) continue;
        for (int i = 0; i < w->nlogs; i++) {
            if (w->l[i].key != 'a' + s || w->l[i].at > w->as_of) continue;
            sure += w->l[i].what == 'x', perhaps += !w->l[i].what;
        }
        add(c, sure >= 12 ? GOOD : sure + perhaps >= 12 ? UNKNOWN : BAD);
    }
}

/* Each burst by its text: opened where the third predecessor lies within the hour, going on while the next one is within the hour of the last. */
static void bursts(const world *w, counts *c)
{
    for (char key = 'a'; key < 'a' + SYSTEMS; key++) {
        int at[LOGS], n = 0;
        for (int i = 0; i < w->nlogs; i++)
            if (w->l[i].key == key && w->l[i].what == 'x' && w->l[i].at <= w->as_of) at[n++] = w->l[i].at;
        for (int i = 0, begin = 0; i < n; i++) {
            if (i - 3 < begin || at[i] - at[i - 3] > 60) continue;
            if (in_period(w, at[i])) add(c, BAD);
            while (i + 1 < n && at[i + 1] - at[i] <= 60) i++;
            begin = i + 1;
        }
    }
}

static void judge(const world *w, counts out[KINDS])
{
    for (int i = 0; i < w->nlogs; i++) {
        const logged *x = &w->l[i];
        add(&out[0], covered(w, x)), add(&out[1], preceded(w, x)), add(&out[2], answered(w, x)), add(&out[3], unanswered(w, x));
    }
    cells(w, &out[4], &out[5], &out[8]);
    stretches(w, &out[6], &out[7]);
    sequences(w, &out[9]);
    sums(w, &out[10]);
    evidence(w, &out[11]);
    bursts(w, &out[12]);
}

static void compare(const audited *t, const world *w, unsigned number, counts seen[KINDS])
{
    counts want[KINDS] = {{{0}}};
    judge(w, want);
    for (int k = 0; k < KINDS; k++) {
        const char id[] = {'1', '.', '1', '-', (char)('a' + k), 0};
        const res_rule *x = audited_rule(t, id);
        if (x->nonconforming != want[k].c[BAD] || x->conforming != want[k].c[GOOD] || x->unknown != want[k].c[UNKNOWN] || x->running != want[k].c[RUNNING])
            fail_msg("world %u, %s: good %d (twin %d) bad %d (%d) unknown %d (%d) running %d (%d)", number, id, (int)x->conforming, (int)want[k].c[GOOD], (int)x->nonconforming, (int)want[k].c[BAD],
                     (int)x->unknown, (int)want[k].c[UNKNOWN], (int)x->running, (int)want[k].c[RUNNING]);
        assert_int_equal(x->nfindings, x->nonconforming);
        for (int v = BAD; v <= RUNNING; v++) seen[k].c[v] += want[k].c[v];
    }
}

static void begin(audited *t)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "%s", test_path("kinds"));
        audited_file(folder, "pack.yaml", PACK), audited_file(folder, "model.yaml", MODEL), audited_file(folder, "calendars/c.yaml", CALENDARS), audited_file(folder, "rules/1.yaml", RULES);
    }
    audited_begin(t, folder, NULL);
}

static void random_worlds(void **state)
{
    (void)state;
    static world w;
    counts seen[KINDS] = {{{0}}};
    for (unsigned number = 1; number <= 32; number++) {
        audited t;
        buf as_of = {0};
        seed = number;
        make(&w, number % 3 == 0);
        put_time(&as_of, w.as_of);
        begin(&t);
        import(&t, &w, number % 2 == 0);
        audited_run(&t, "2025Q3", buf_cstr(&as_of));
        compare(&t, &w, number, seen);
        audited_end(&t);
        buf_free(&as_of);
    }
    for (int k = 0; k < KINDS; k++) /* nothing was compared in vain; a burst is always a finding */
        assert_true(seen[k].c[BAD] > 5 && (k == 12 || (seen[k].c[GOOD] > 5 && (k == 10 || seen[k].c[UNKNOWN]))));
    assert_true(seen[2].c[RUNNING] && seen[4].c[RUNNING] && seen[8].c[RUNNING]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(random_worlds)};
    return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
