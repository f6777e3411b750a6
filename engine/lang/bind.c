/* What a program needs of its world before it runs: indexes, tables over codes, patterns, and conditions over whole child datasets. */
#include "engine/base/mem.h"
#include "engine/base/pool.h"
#include "engine/lang/machine.h"

enum { PART_ROWS = 65536 };
static sla_status bound_make(lang_shared *s, const program *p, bool with_rows, bound **out, err *e);

static sla_status no_memory(err *e) { return err_set(e, SLA_NOMEM, SRCPOS_NONE, "out of memory"); }

/* ---- shared ---- */
sla_status lang_shared_new(const world *w, lang_shared **out, err *e)
{
    lang_shared *s = mem_zero(1, sizeof *s);
    if (!s) return no_memory(e);
    s->w = w;
    if (pthread_mutex_init(&s->lock, NULL) != 0) {
        mem_free(s);
        return no_memory(e);
    }
    if (pthread_mutex_init(&s->failing, NULL) != 0) {
        pthread_mutex_destroy(&s->lock);
        mem_free(s);
        return no_memory(e);
    }
    *out = s;
    return SLA_OK;
}

/* ---- what could not be worked out ---- */
static failure *failure_of(const lang_shared *s, const program *p, uint32_t at)
{
    for (size_t i = 0; i < s->nfailures; i++)
        if (s->failures[i].p == p && s->failures[i].node == at) return &s->failures[i];
    return NULL;
}

sla_status machine_fail(machine *m, uint32_t self, uint32_t code, err *e)
{
    lang_shared *s = m->b->shared;
    sla_status st = SLA_OK;
    pthread_mutex_lock(&s->failing);
    failure *f = failure_of(s, m->p, self);
    if (f && slice_cmp(dict_text(m->w->dict, code), dict_text(m->w->dict, f->code)) < 0) f->code = code;
    else if (!f && mem_grow(&s->failures, &s->cap_failures, s->nfailures + 1, sizeof *f) != 0) st = no_memory(e);
    else if (!f) s->failures[s->nfailures++] = (failure){m->p, self, code};
    pthread_mutex_unlock(&s->failing);
    return st;
}

typedef struct failure_search { const lang_shared *s; lang_failure *out; } failure_search;
static void put_first(failure_search *q, lang_failure found)
{
    int order = q->out->text.ptr ? slice_cmp(found.pattern, q->out->pattern) : -1;
    if (order < 0 || (order == 0 && slice_cmp(found.text, q->out->text) < 0)) *q->out = found;
}

static void look_at_column(failure_search *q, size_t ds, size_t column)
{
    const lang_failure *failed = q->s->w->derived[ds].failed;
    if (failed && failed[column].text.ptr) put_first(q, failed[column]);
}

static void look_at_node(void *ctx, const program *p, uint32_t node_no)
{
    failure_search *q = ctx;
    const node *n = &p->nodes[node_no];
    const failure *f = failure_of(q->s, p, node_no);
    if (f) put_first(q, (lang_failure){p->regexes[n->val.u].pattern, dict_text(q->s->w->dict, f->code)});
    if (n->op == OP_DERIVED) look_at_column(q, p->ds->idx, n->val.u);
    if (n->op == OP_OUTER_DERIVED) look_at_column(q, p->outer->idx, n->val.u);
    if (n->op == OP_GATHER && gather_derived(n->val)) look_at_column(q, gather_dataset(n->val), gather_column(n->val));
    if ((n->op == OP_AGG || n->op == OP_EACH) && p->aggs[n->val.u].derived) look_at_column(q, p->looks[p->aggs[n->val.u].look].ds->idx, (size_t)p->aggs[n->val.u].field);
}

sla_status lang_failed(const lang_shared *s, const program *p, int slot, lang_failure *out, err *e)
{
    *out = (lang_failure){{0}, {0}};
    return program_visit(p, slot, look_at_node, &(failure_search){s, out}, e);
}

static bool same_look(const look_def *a, const look_def *b)
{
    return a->ds == b->ds && a->ncols == b->ncols && a->unique == b->unique && memcmp(a->cols, b->cols, a->ncols * sizeof a->cols[0]) == 0;
}

/* Made by make_indexes. */
static row_index *shared_index(const lang_shared *s, const look_def *d)
{
    size_t i = 0;
    while (!same_look(&s->indexes[i]->def, d)) i++;
    return s->indexes[i];
}

/* The indexes that a program looks into and that are not there yet are made side by side, those of which rows are walked in order of time with that order. */
typedef struct wanted_index { look_def *def; bool sorted; row_index *made; } wanted_index;
typedef struct index_job { const world *w; wanted_index *wanted; } index_job;

static sla_status make_index(void *ctx, size_t i, err *e)
{
    index_job *j = ctx;
    wanted_index *x = &j->wanted[i];
    TRY(index_new(j->w, x->def, &x->made, e));
    return x->sorted ? index_sort_rows(x->made, e) : SLA_OK;
}

static bool is_wanted(const lang_shared *s, const wanted_index *list, size_t n, const look_def *d)
{
    for (size_t i = 0; i < s->nindexes; i++)
        if (same_look(&s->indexes[i]->def, d)) return true;
    for (size_t i = 0; i < n; i++)
        if (same_look(list[i].def, d)) return true;
    return false;
}

static bool walks_rows(const program *p, uint32_t look)
{
    for (uint32_t i = 0; i < p->nnodes; i++)
        if (p->nodes[i].op == OP_GAP && same_look(&p->looks[p->nodes[p->nodes[i].args[0]].val.u], &p->looks[look])) return true;
    for (size_t i = 0; i < p->naggs; i++)
        if (p->aggs[i].each && same_look(&p->looks[p->aggs[i].look], &p->looks[look])) return true;
    return false;
}

static sla_status make_indexes(lang_shared *s, const bound *b, err *e)
{
    const program *p = b->p;
    wanted_index *list = mem_zero(p->nlooks + 1, sizeof *list);
    size_t n = 0;
    if (!list || mem_grow(&s->indexes, &s->cap_indexes, s->nindexes + p->nlooks + 1, sizeof *s->indexes) != 0) {
        mem_free(list);
        return no_memory(e);
    }
    for (uint32_t i = 0; i < p->nnodes; i++) {
        const node *x = &p->nodes[i];
        if (b->live[i] && (x->op == OP_LOOKUP || x->op == OP_GROUP) && !is_wanted(s, list, n, &p->looks[x->val.u]))
            list[n++] = (wanted_index){&p->looks[x->val.u], walks_rows(p, (uint32_t)x->val.u), NULL};
    }
    sla_status st = pool_each(n, make_index, &(index_job){s->w, list}, e);
    for (size_t i = 0; i < n; i++)
        if (list[i].made) s->indexes[s->nindexes++] = list[i].made;
    mem_free(list);
    return st;
}

static sla_status shared_ranks(lang_shared *s, const enumeration *en, void **out, err *e)
{
    uint32_t top = 0;
    for (rank_table *r = s->ranks; r; r = r->next)
        if (r->en == en) {
            *out = r;
            return SLA_OK;
        }
    if (en->n >= UINT16_MAX) return err_set(e, SLA_LIMIT, SRCPOS_NONE, "the enumeration %.*s has too many values", SLICE_ARG(en->name));
    for (size_t i = 0; i < en->n; i++) {
        uint32_t code = dict_find(s->w->dict, en->values[i]);
        if (code != DICT_NONE && code >= top) top = code + 1;
    }
    rank_table *r = mem_zero(1, sizeof *r);
    if (r) r->rank = mem_zero((size_t)top + 1, sizeof *r->rank);
    if (!r || !r->rank) {
        mem_free(r);
        return no_memory(e);
    }
    *r = (rank_table){en, r->rank, top, s->ranks};
    for (size_t i = 0; i < en->n; i++) {
        uint32_t code = dict_find(s->w->dict, en->values[i]);
        if (code != DICT_NONE && !r->rank[code]) r->rank[code] = (uint16_t)(i + 1);
    }
    s->ranks = r;
    *out = r;
    return SLA_OK;
}

/* ---- one program ---- */
static void free_aux(bound *b, uint32_t i)
{
    void *x = b->aux[i];
    if (!x) return;
    switch (b->p->nodes[i].op) {
    case OP_RANK: return; /* shared */
    case OP_RANK_IN: mem_free(((rank_set *)x)->has); break;
    case OP_MATCH: case OP_TEXTCHECK: case OP_LENGTH: case OP_LOWER: case OP_EXTRACT:
        mem_free((void *)((text_memo *)x)->bytes);
        mem_free((void *)((text_memo *)x)->words);
        break;
    default: break;
    }
    mem_free(x);
}

static void bound_free(bound *b)
{
    if (!b) return;
    const program *p = b->p;
    for (uint32_t i = 0; b->aux && i < p->nnodes; i++) free_aux(b, i);
    for (size_t i = 0; b->regexes && i < p->nregexes; i++) regex_free(b->regexes[i]);
    for (size_t i = 0; b->aggs && i < p->naggs; i++) acc_free(&b->aggs[i]);
    for (size_t i = 0; b->each_subs && i < p->naggs; i++) bound_free(b->each_subs[i]);
    for (size_t i = 0; b->each_looks && i < p->naggs; i++)
        if (p->aggs[i].pre >= 0) index_free_rows(&b->each_looks[i]);
    for (size_t i = 0; i < DATASETS_MAX; i++) bound_free(b->subs[i]);
    for (size_t i = 0; b->slot_true && i < p->nslots; i++) mem_free(b->slot_true[i]);
    for (size_t i = 0; b->slot_known && i < p->nslots; i++) mem_free(b->slot_known[i]);
    mem_free(b->slot_true);
    mem_free(b->slot_known);
    mem_free(b->aux);
    mem_free(b->regexes);
    mem_free(b->aggs);
    mem_free(b->each_subs);
    mem_free(b->each_looks);
    mem_free(b->looks);
    mem_free(b->live);
    mem_free(b->makers);
    mem_free(b);
}

void lang_shared_trim(lang_shared *s)
{
    for (bound *b = s->bounds, *next; b; b = next) {
        next = b->next;
        bound_free(b);
    }
    s->bounds = NULL;
}

void lang_shared_free(lang_shared *s)
{
    if (!s) return;
    lang_shared_trim(s);
    for (size_t i = 0; i < s->nindexes; i++) index_free(s->indexes[i]);
    for (rank_table *r = s->ranks, *next; r; r = next) {
        next = r->next;
        mem_free(r->rank);
        mem_free(r);
    }
    mem_free(s->indexes);
    mem_free(s->failures);
    pthread_mutex_destroy(&s->failing);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

static void mark_live(bound *b)
{
    const program *p = b->p;
    for (size_t i = 0; i < p->nslots; i++) b->live[p->slots[i]] = true;
    for (uint32_t i = p->nnodes; i-- > 0;)
        for (size_t k = 0; b->live[i] && k < p->nodes[i].nargs; k++) b->live[p->nodes[i].args[k]] = true;
}

/* The codes that can come up: those of the column, where the text is just a field's; else all there are. */
static void codes_of(const bound *b, uint32_t node_no, text_memo *t)
{
    const node *x = &b->p->nodes[node_no];
    const tcolumn *c = x->op == OP_FIELD ? world_column(b->w, b->p->ds, x->val.u, false) : NULL;
    const uint32_t *codes = c ? c->data : NULL;
    uint32_t lo = UINT32_MAX, hi = 0;
    t->n = dict_count(b->w->dict);
    for (size_t r = 0; codes && r < b->w->tables[b->p->ds->idx]->nrows; r++) {
        if (!column_has(c, r)) continue;
        lo = codes[r] < lo ? codes[r] : lo;
        hi = codes[r] > hi ? codes[r] : hi;
    }
    if (lo <= hi) t->first = lo, t->n = hi - lo + 1;
}

static sla_status make_memo(bound *b, uint32_t i, bool words, err *e)
{
    text_memo *t = mem_zero(1, sizeof *t);
    if (!t) return no_memory(e);
    b->aux[i] = t;
    codes_of(b, b->p->nodes[i].args[0], t);
    if (words) t->words = mem_zero((size_t)t->n + 1, sizeof *t->words);
    else t->bytes = mem_zero((size_t)t->n + 1, sizeof *t->bytes);
    return t->words || t->bytes ? SLA_OK : no_memory(e);
}

static sla_status make_rank_set(bound *b, uint32_t i, err *e)
{
    const code_set *set = &b->p->sets[b->p->nodes[i].val.u];
    const enumeration *en = b->p->nodes[b->p->nodes[i].args[0]].val.p;
    rank_set *r = mem_zero(1, sizeof *r);
    if (!r) return no_memory(e);
    b->aux[i] = r;
    r->n = (uint32_t)en->n + 1;
    if (!(r->has = mem_zero((size_t)r->n + 1, 1))) return no_memory(e);
    for (uint32_t k = 0; k < set->n; k++) r->has[set->codes[k]] = 1;
    r->lo = set->n ? set->codes[0] : 1;
    r->hi = set->n ? set->codes[set->n - 1] : 1;
    r->range = set->n && r->hi - r->lo + 1 == set->n;
    return SLA_OK;
}

static sla_status make_bitmap(bound *b, uint32_t i, err *e)
{
    const code_set *set = &b->p->sets[b->p->nodes[i].val.u];
    uint64_t *bits = mem_zero(BITS_WORDS((size_t)set->codes[set->n - 1] + 1), sizeof *bits);
    if (!bits) return no_memory(e);
    b->aux[i] = bits;
    for (uint32_t k = 0; k < set->n; k++) bits_set(bits, set->codes[k]);
    return SLA_OK;
}

static sla_status bind_node(bound *b, uint32_t i, err *e)
{
    const node *n = &b->p->nodes[i];
    switch (n->op) {
    case OP_RANK: return shared_ranks(b->shared, n->val.p, &b->aux[i], e);
    case OP_RANK_IN: return make_rank_set(b, i, e);
    case OP_CODE_IN: return make_bitmap(b, i, e);
    case OP_LENGTH: case OP_LOWER: return make_memo(b, i, true, e);
    case OP_TEXTCHECK: return make_memo(b, i, false, e);
    case OP_MATCH: case OP_EXTRACT:
        TRY(make_memo(b, i, n->op == OP_EXTRACT, e));
        if (b->regexes[n->val.u]) return SLA_OK;
        return regex_new(b->p->regexes[n->val.u].pattern, b->p->regexes[n->val.u].nocase, &b->regexes[n->val.u], e);
    case OP_GAP: return index_sort_rows(b->looks[b->p->nodes[n->args[0]].val.u], e);
    case OP_LOOKUP: case OP_GROUP: b->looks[n->val.u] = shared_index(b->shared, &b->p->looks[n->val.u]); return SLA_OK;
    default: return SLA_OK;
    }
}

static bool makes_text(const program *p)
{
    if (p->makes_text) return true;
    for (size_t i = 0; i < p->naggs; i++)
        if (p->aggs[i].each && makes_text(p->aggs[i].sub)) return true;
    return false;
}

/* What the texts that expressions make are made of. */
static void mark_makers(bound *b)
{
    const program *p = b->p;
    for (uint32_t i = p->nnodes; i-- > 0;) {
        const node *n = &p->nodes[i];
        bool makes = n->op == OP_LOWER || n->op == OP_TEXT_OF || n->op == OP_EXTRACT || (n->op == OP_EACH && makes_text(p->aggs[n->val.u].sub));
        b->makers[i] = b->makers[i] || makes;
        for (size_t k = 0; b->makers[i] && k < n->nargs; k++) b->makers[n->args[k]] = true;
    }
}

/* ---- runs over whole datasets ---- */
typedef struct whole { bound *b; size_t nrows; } whole;

static sla_status whole_part(void *ctx, size_t part, err *e)
{
    whole *h = ctx;
    bound *b = h->b;
    machine *m = NULL;
    sla_status st = machine_make(b, false, &m, e);
    size_t end = (part + 1) * PART_ROWS < h->nrows ? (part + 1) * PART_ROWS : h->nrows;
    for (size_t row = part * PART_ROWS; st == SLA_OK && row < end; row += VEC_ROWS) {
        st = machine_eval(m, row, end - row < VEC_ROWS ? end - row : VEC_ROWS, e);
        for (size_t i = 0; st == SLA_OK && i < b->p->nslots; i++) {
            vec v = machine_result(m, (int)i);
            memcpy(b->slot_true[i] + row / 64, v.v.bits, m->nw * sizeof(uint64_t));
            memcpy(b->slot_known[i] + row / 64, v.known, m->nw * sizeof(uint64_t));
        }
    }
    machine_free(m);
    return st;
}

/* The conditions of a sub-program over all rows of its dataset. */
static sla_status run_whole(bound *b, err *e)
{
    const table *t = b->w->tables[b->p->ds->idx];
    whole h = {b, t ? t->nrows : 0};
    b->slot_true = mem_zero(b->p->nslots + 1, sizeof *b->slot_true);
    b->slot_known = mem_zero(b->p->nslots + 1, sizeof *b->slot_known);
    if (!b->slot_true || !b->slot_known) return no_memory(e);
    for (size_t i = 0; i < b->p->nslots; i++) {
        b->slot_true[i] = mem_zero(BITS_WORDS(h.nrows) + 1, sizeof(uint64_t));
        b->slot_known[i] = mem_zero(BITS_WORDS(h.nrows) + 1, sizeof(uint64_t));
        if (!b->slot_true[i] || !b->slot_known[i]) return no_memory(e);
    }
    return h.nrows && b->p->nslots ? pool_each((h.nrows + PART_ROWS - 1) / PART_ROWS, whole_part, &h, e) : SLA_OK;
}

/* Texts that expressions make enter the dictionary here, before several threads read it. */
static sla_status first_run(bound *b, err *e)
{
    const table *t = b->w->tables[b->p->ds->idx];
    machine *m = NULL;
    if (!(b->makers = mem_zero((size_t)b->p->nnodes + 1, sizeof *b->makers))) return no_memory(e);
    mark_makers(b);
    sla_status st = machine_make(b, true, &m, e);
    for (size_t row = 0; st == SLA_OK && t && row < t->nrows; row += VEC_ROWS) st = machine_eval(m, row, t->nrows - row < VEC_ROWS ? t->nrows - row : VEC_ROWS, e);
    machine_free(m);
    return st;
}

static sla_status reduce(void *ctx, size_t i, err *e)
{
    bound *b = ctx;
    const agg_def *d = &b->p->aggs[i];
    const row_index *ix = b->looks[d->look];
    if (d->each || !ix) return SLA_OK; /* no index: no live expression wants it */
    acc *a = &b->aggs[i];
    TRY(acc_init(a, d, b->p, b->w, ix->ngroups, e));
    const bound *sub = b->subs[ix->def.ds->idx];
    const uint64_t *t = d->cond >= 0 ? sub->slot_true[d->cond] : NULL, *k = d->cond >= 0 ? sub->slot_known[d->cond] : NULL;
    for (size_t row = 0; ix->t && row < ix->t->nrows; row++)
        if (ix->group_of[row] != ROW_NONE) acc_feed(a, ix->group_of[row], row, !t || bits_get(t, row), !k || bits_get(k, row));
    return d->kind == AGG_MEDIAN ? acc_median(a, ix->group_of, ix->t ? ix->t->nrows : 0, t, k, e) : SLA_OK;
}

static sla_status bind_subs(lang_shared *s, bound *b, err *e)
{
    const program *p = b->p;
    for (size_t i = 0; i < DATASETS_MAX; i++)
        if (p->subs[i]) TRY(bound_make(s, p->subs[i], true, &b->subs[i], e));
    for (size_t i = 0; i < p->naggs; i++) {
        if (!p->aggs[i].each || !b->looks[p->aggs[i].look]) continue;
        TRY(index_sort_rows(b->looks[p->aggs[i].look], e));
        TRY(bound_make(s, p->aggs[i].sub, false, &b->each_subs[i], e));
        b->each_looks[i] = *b->looks[p->aggs[i].look];
        const bound *sub = b->subs[b->each_looks[i].def.ds->idx];
        if (p->aggs[i].pre >= 0) TRY(index_keep_rows(&b->each_looks[i], sub->slot_true[p->aggs[i].pre], sub->slot_known[p->aggs[i].pre], e));
    }
    return pool_each(p->naggs, reduce, b, e);
}

static bool allocate(bound *b)
{
    const program *p = b->p;
    b->live = mem_zero((size_t)p->nnodes + 1, sizeof *b->live);
    b->aux = mem_zero((size_t)p->nnodes + 1, sizeof *b->aux);
    b->looks = mem_zero(p->nlooks + 1, sizeof *b->looks);
    b->regexes = mem_zero(p->nregexes + 1, sizeof *b->regexes);
    b->aggs = mem_zero(p->naggs + 1, sizeof *b->aggs);
    b->each_subs = mem_zero(p->naggs + 1, sizeof *b->each_subs);
    b->each_looks = mem_zero(p->naggs + 1, sizeof *b->each_looks);
    return b->live && b->aux && b->looks && b->regexes && b->aggs && b->each_subs && b->each_looks;
}

/* with_rows: a condition over all rows of a child dataset; its slots are worked out at once. */
static sla_status bound_make(lang_shared *s, const program *p, bool with_rows, bound **out, err *e)
{
    bound *b = mem_zero(1, sizeof *b);
    if (!b) return no_memory(e);
    *b = (bound){.p = p, .w = s->w, .shared = s};
    sla_status st = allocate(b) ? SLA_OK : no_memory(e);
    if (st == SLA_OK) mark_live(b);
    if (st == SLA_OK) st = make_indexes(s, b, e);
    for (uint32_t i = 0; st == SLA_OK && i < p->nnodes; i++)
        if (b->live[i]) st = bind_node(b, i, e);
    if (st == SLA_OK) st = bind_subs(s, b, e);
    if (st == SLA_OK && !p->outer && makes_text(p)) st = first_run(b, e);
    if (st == SLA_OK && with_rows) st = run_whole(b, e);
    if (st != SLA_OK) {
        bound_free(b);
        return st;
    }
    *out = b;
    return SLA_OK;
}

sla_status bound_get(lang_shared *s, const program *p, bound **out, err *e)
{
    sla_status st = SLA_OK;
    bound *b;
    pthread_mutex_lock(&s->lock);
    for (b = s->bounds; b && b->p != p; b = b->next) {}
    if (!b && (st = bound_make(s, p, false, &b, e)) == SLA_OK) {
        b->next = s->bounds;
        s->bounds = b;
    }
    pthread_mutex_unlock(&s->lock);
    if (st == SLA_OK) *out = b;
    return st;
}
