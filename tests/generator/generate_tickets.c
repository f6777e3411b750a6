/* The quarter's tickets: when they come in, and the files. */
#include "tests/generator/generate.h"
#include <stdlib.h>
#include <string.h>

static const char head[] = "id,type,title,description,category,service,system,priority,impact,urgency,channel,origin,requester,requester_org,assignee,team,handling,status,"
    "created_at,responded_at,classified_at,assigned_at,started_at,resolved_at,verified_at,verifier,accepted_at,accepter,closed_at,due_at,reopen_count,satisfaction,"
    "resolution,root_cause,approver,approved_at,planned_start,planned_end,rollback_plan,complaint_about,related_id";
static const char history_head[] = "ticket_id,at,actor,field,old,new";

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}
/* Instants of demand from 24 June on: four times as many on working days, most of them in the morning and the afternoon, fewer in June. */
static void demand(rng *r, int64_t *out, size_t n)
{
    static const int hours[24] = {2, 1, 1, 1, 1, 2, 4, 10, 40, 90, 85, 60, 22, 40, 80, 75, 60, 35, 14, 9, 7, 6, 4, 3};
    int64_t first = gen_day(2025, 6, 24);
    int days = (int)((PERIOD_TO - first) / DAY), total = 0, sum[128];
    for (int d = 0; d < days; d++) {
        int64_t day = first + d * (int64_t)DAY;
        sum[d] = total += (gen_workday(day) ? 100 : 24) / (day < PERIOD_FROM ? 3 : 1);
    }
    int all = 0;
    for (int h = 0; h < 24; h++) all += hours[h];
    for (size_t i = 0; i < n; i++) {
        int x = (int)rng_below(r, (uint32_t)total), d = 0, y = (int)rng_below(r, (uint32_t)all), h = 0;
        while (sum[d] <= x) d++;
        while (y >= hours[h]) y -= hours[h++];
        out[i] = first + d * (int64_t)DAY + h * HOUR + (int64_t)rng_below(r, HOUR);
    }
    qsort(out, n, sizeof *out, by_time);
}
static kind kind_at(rng *r, int64_t at, size_t i)
{
    uint32_t x = 8 + rng_below(r, 992);
    if (i % 130 == 65) return COMPLAINT; /* 0.77 %, for any seed */
    bool frozen = at > gen_day(2025, 9, 16); /* no changes before the holiday */
    return x < 33 ? PROBLEM : x < 88 && !frozen ? CHANGE : x < 440 ? REQUEST : INCIDENT;
}
static bool repeats(const tickets *ts, const ticket *t)
{
    for (size_t i = ts->n; i-- > 0 && ts->v[i].at[CREATED] >= t->at[CREATED] - HOUR;)
        if (!strcmp(ts->v[i].requester, t->requester) && ts->v[i].service == t->service) return true;
    return false;
}
void tickets_make(world *w, tickets *ts, size_t n)
{
    size_t cap = 0;
    int64_t *at = gen_grow(NULL, &cap, n, sizeof *at);
    demand(&w->r, at, n);
    ts->v = gen_grow(ts->v, &ts->cap, n, sizeof *ts->v);
    for (size_t i = 0; i < n; i++) {
        kind k = kind_at(&w->r, at[i], i);
        do ticket_make(w, &ts->v[i], k, at[i], (uint32_t)i + 1); while (repeats(ts, &ts->v[i]));
        ts->n = i + 1;
    }
    free(at);
}
void tickets_write(tickets *ts, const char *dir, long *line_of)
{
    sink s, h;
    sink_open(&s, dir, "ticket.csv", head);
    sink_open(&h, dir, "history.csv", history_head);
    for (size_t i = 0; i < ts->n; i++) {
        ticket_write(&s, &ts->v[i]);
        line_of[i] = s.line;
        ticket_write_history(&h, &ts->v[i]);
    }
    sink_close(&s);
    sink_close(&h);
}
/* What goes wrong by itself in a real desk: late steps, empty fields, the wrong people. */
static void spoil(world *w, ticket *t)
{
    rng *r = &w->r;
    static const stage late[] = {RESPONDED, CLASSIFIED, ASSIGNED, RESOLVED};
    if (rng_permille(r, 30 * w->faults)) {
        stage s = late[rng_below(r, 4)];
        t->d[s] = ticket_limit(t, s) + rng_between(r, -5, 20 * HOUR);
        if (t->d[s] < MINUTE) t->d[s] = MINUTE;
        ticket_plan(t);
    }
    if (rng_permille(r, 25 * w->faults) && t->type <= REQUEST && t->at[RESOLVED]) { t->reopened = 1, t->reopen_count = 1; ticket_plan(t); }
    switch (rng_below(r, 400 / w->faults)) {
    case 0: t->category = "其他"; break;
    case 1: t->channel = NULL; break;
    case 2: t->at[VERIFIED] = 0; break;
    case 3: t->at[ACCEPTED] = 0; break;
    case 4: t->assignee = "nobody"; break;
    case 5: t->accepter = t->assignee; break;
    case 6: t->impact = 0; break;
    case 7: t->impact = 4 - t->impact; break;
    case 8: t->approved = 0; break;
    case 9: t->requester = t->assignee; break;
    case 10: if (t->at[RESPONDED]) t->at[RESPONDED] += 9 * DAY; break;
    case 11: t->about = t->type == COMPLAINT ? t->assignee : NULL; break;
    case 12: t->satisfaction = 1; break;
    default: break;
    }
}
void tickets_bench(world *w, const char *dir, size_t n, tickets *keep)
{
    size_t cap = 0;
    int64_t *at = gen_grow(NULL, &cap, n, sizeof *at);
    sink s, h;
    ticket t;
    demand(&w->r, at, n);
    sink_open(&s, dir, "ticket.csv", head);
    sink_open(&h, dir, "history.csv", history_head);
    for (size_t i = 0; i < n; i++) {
        ticket_make(w, &t, kind_at(&w->r, at[i], i), at[i], (uint32_t)i + 1);
        spoil(w, &t);
        ticket_write(&s, &t);
        ticket_write_history(&h, &t);
        if ((t.type == INCIDENT && t.prio == 1) || i % 64 == 0) {
            keep->v = gen_grow(keep->v, &keep->cap, keep->n + 1, sizeof *keep->v);
            keep->v[keep->n++] = t;
        }
    }
    sink_close(&s);
    sink_close(&h);
    free(at);
}
