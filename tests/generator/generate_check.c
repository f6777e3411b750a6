/* What follows from the tickets as they are: recounted record by record, the slow way. */
#include "tests/generator/generate.h"
#include <stdlib.h>
#include <string.h>

static bool within(int64_t t) { return t >= PERIOD_FROM && t < PERIOD_TO; }
static void list(manifest *m, const char *rule, const char *verdict, const ticket *t, const char *what)
{
    manifest_add(m, rule, verdict, "ticket", t->id, "ticket.csv", 0, what);
    m->v[m->n - 1].t = t;
}
/* The need is confirmed before work begins; at the same second it cannot be said. */
static void answers(const tickets *ts, manifest *m)
{
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type == PROBLEM || !within(t->at[STARTED])) continue;
        if (t->at[RESPONDED] == t->at[STARTED]) list(m, "2.1-e", "unknown", t, "答复与开始处理同一秒");
        else if (!t->at[RESPONDED] || t->at[RESPONDED] > t->at[STARTED]) list(m, "2.1-e", "nonconforming", t, "开始处理之前没有答复");
    }
}
static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}
static bool has_problem(const tickets *ts, const char *sv, const char *category, int64_t from)
{
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type == PROBLEM && t->service && t->category && !strcmp(t->service, sv) && !strcmp(t->category, category) && t->at[CREATED] >= from && t->at[CREATED] <= PERIOD_TO && gen_worktime(from, t->at[CREATED]) <= 10 * WORKDAY) return true;
    }
    return false;
}
/* Three incidents of one service and category in 30 days: the third is the trigger; what follows in 30 days from the one before belongs to it. */
static void repeats_of(const tickets *ts, const char *sv, const char *category, int64_t *at, manifest *m)
{
    size_t n = 0;
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->type == INCIDENT && t->service && t->category && !strcmp(t->service, sv) && !strcmp(t->category, category) && t->at[CREATED] <= PERIOD_TO) at[n++] = t->at[CREATED];
    }
    qsort(at, n, sizeof *at, by_time);
    for (size_t first = 0; first + 2 < n; first++) {
        if (at[first + 2] - at[first] > 30 * DAY) continue;
        size_t last = first + 2;
        while (last + 1 < n && at[last + 1] - at[last] <= 30 * DAY) last++;
        int64_t opened = at[first + 2], to = gen_advance(opened, 10 * WORKDAY, true);
        if (within(opened) && !has_problem(ts, sv, category, opened)) {
            int y, mo, d;
            gen_date(opened, &y, &mo, &d);
            const char *key = gen_text("%s %s at %04d-%02d-%02d %02d:%02d:%02d", sv, category, y, mo, d, (int)(opened % DAY / HOUR), (int)(opened % HOUR / MINUTE), (int)(opened % MINUTE));
            manifest_add(m, "2.4-b", to > PERIOD_TO ? "running" : "nonconforming", "ticket", key, "ticket.csv", 0, "三起同类事件之后没有建立问题");
        }
        first = last;
    }
}
static void repeats(const tickets *ts, manifest *m)
{
    int64_t *at = calloc(ts->n + 1, sizeof *at);
    if (!at) { fputs("generate: out of memory\n", stderr); exit(1); }
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        bool seen = t->type != INCIDENT || !t->service || !t->category;
        for (size_t k = 0; k < i && !seen; k++) {
            const ticket *u = &ts->v[k];
            seen = u->type == INCIDENT && u->service && u->category && !strcmp(u->service, t->service) && !strcmp(u->category, t->category);
        }
        if (!seen) repeats_of(ts, t->service, t->category, at, m);
    }
    free(at);
}
static int by_count(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
/* Nobody resolves more than 1.5 times the team's median, nor more than a fifth of it outside office hours. */
static void loads(const world *w, const tickets *ts, manifest *m)
{
    int load[PEOPLE] = {0}, off[PEOPLE] = {0};
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        for (int p = 0; p < w->npeople; p++) {
            if (!within(t->at[RESOLVED]) || !t->assignee || !(t->at[ASSIGNED] || t->hist[ASSIGNED]) || strcmp(t->assignee, w->people[p].id)) continue;
            load[p]++;
            off[p] += !gen_office(t->at[RESOLVED]);
        }
    }
    for (int p = 0; p < w->npeople; p++) {
        int team[PEOPLE], n = 0;
        for (int q = 0; q < w->npeople; q++)
            if (!strcmp(w->people[q].team, w->people[p].team) && load[q]) team[n++] = load[q];
        qsort(team, (size_t)n, sizeof *team, by_count);
        if (!load[p] || (2 * load[p] <= 3 * team[(n + 1) / 2 - 1] && 5 * off[p] <= load[p])) continue;
        manifest_add(m, "5.4-a", "nonconforming", "staff", w->people[p].id, "staff.csv", p + 2, gen_text("处理%d张,其中非工作时间%d张", load[p], off[p]));
    }
}
void consequences_list(const world *w, const tickets *ts, manifest *m)
{
    answers(ts, m);
    repeats(ts, m);
    loads(w, ts, m);
}
bool tickets_quiet(const tickets *ts, const char *system, int64_t from, int64_t to)
{
    for (size_t i = 0; i < ts->n; i++) {
        const ticket *t = &ts->v[i];
        if (t->system && !strcmp(t->system, system) && t->at[CREATED] >= from && t->at[CREATED] <= to) return false;
    }
    return true;
}
