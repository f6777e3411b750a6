#include "importers/logsink.h"
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include "engine/base/bits.h"
#include "engine/base/mem.h"

enum { REPEATS_MAX = 10000, SHOWN_MAX = 20, PENDING = 64 };
/* Of each event, a bit a field: whether it has it. */
typedef struct marks { uint16_t of[PENDING], some, all; } marks;
/* Events that wait. fixed: the text is that of the event's rule, and v[f] says nothing. form: the message is made of it and of the numbers, and v has only what is its own; NULL: v has it all. */
struct pending {
    size_t n, nmade; int64_t at[PENDING]; uint32_t line[PENDING]; uint16_t rule[PENDING]; marks there, fixed; slice v[LOG_SLOTS][PENDING];
    const log_form *form[PENDING]; uint32_t numbers[PENDING][LOG_MADE_NUMBERS];
};

/* ---- counting by name ---- */
static sla_status count(log_counter *c, slice name, uint64_t n)
{
    uint32_t code = dict_intern(c->names, name);
    size_t before = c->cap;
    if (code == DICT_NONE || mem_grow(&c->counts, &c->cap, code + 1u, sizeof *c->counts)) return SLA_NOMEM;
    if (c->cap > before) memset(c->counts + before, 0, (c->cap - before) * sizeof *c->counts);
    c->counts[code] += n;
    return SLA_OK;
}

static void counts_clear(log_counts *c)
{
    dict_free(c->unknown.names);
    mem_free(c->unknown.counts);
    *c = (log_counts){0};
}

/* ---- the sink ---- */
sla_status log_sink_open(log_sink *s, const input *in, err *e)
{
    srcpos at = {in->name, 0, 0};
    *s = (log_sink){.ds = schema_dataset(in->model, SLICE_LIT("log")), .patterns = in->patterns, .zone = in->options->zone};
    s->at = s->ds ? dataset_field(s->ds, SLICE_LIT("at")) : -1;
    if (s->at < 0 || s->ds->fields[s->at].type != VT_TIME) return err_set(e, SLA_NAME, at, "the model has no dataset 'log' with a time 'at', into which log lines go");
    for (int i = 0; i < LOG_FIELDS; i++) {
        int f = s->fields[i] = dataset_field(s->ds, slice_of(log_field_names[i]));
        s->number[i] = f >= 0 && s->ds->fields[f].type == VT_NUMBER;
        if (f >= 0 && !s->number[i] && s->ds->fields[f].type != VT_TEXT) s->fields[i] = -1;
        if (s->fields[i] >= 0 && !s->number[i]) s->texts |= 1u << i;
    }
    s->counts.unknown.names = dict_new();
    s->batches = batch_pool_new(s->ds);
    return s->counts.unknown.names && s->batches ? SLA_OK : err_set(e, SLA_NOMEM, at, "no memory to read the log");
}

void log_sink_close(log_sink *s)
{
    batch_pool_free(s->batches);
    counts_clear(&s->counts);
}

void log_sink_restart(log_sink *s)
{
    dict *names = s->counts.unknown.names;
    uint64_t *counts = s->counts.unknown.counts;
    size_t cap = s->counts.unknown.cap;
    dict_reset(names);
    if (cap) memset(counts, 0, cap * sizeof *counts);
    s->counts = (log_counts){.unknown = {names, counts, cap}};
}

sla_status log_sink_take(log_sink *s, block *b, err *e)
{
    const log_counts *c = b->extra;
    if (!c) return SLA_OK;
    s->counts.events += c->events;
    s->counts.repeats += c->repeats;
    s->counts.broken_priority += c->broken_priority;
    s->counts.untimed += c->untimed;
    s->counts.marks += c->marks;
    s->counts.repeated += c->repeated;
    s->counts.skipped += c->skipped;
    paging_add(&s->counts.page, &c->page);
    for (uint32_t i = 0; i < dict_count(c->unknown.names); i++)
        if (count(&s->counts.unknown, dict_text(c->unknown.names, i), c->unknown.counts[i]) != SLA_OK) return err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory to read the log");
    return SLA_OK;
}

void log_sink_drop(block *b)
{
    if (b->extra) counts_clear(b->extra);
    mem_free(b->extra);
    b->extra = NULL;
}

typedef struct by_count { slice name; uint64_t n; } by_count;
static int more_first(const void *x, const void *y)
{
    const by_count *a = x, *b = y;
    return a->n != b->n ? (a->n < b->n) - (a->n > b->n) : slice_cmp(a->name, b->name);
}

static void note_unknown(const log_counter *c, buf *out)
{
    uint32_t n = dict_count(c->names);
    uint64_t sum = 0, rest = 0;
    by_count *list = mem_zero(n, sizeof *list);
    if (!list) {
        out->failed = true;
        return;
    }
    for (uint32_t i = 0; i < n; i++) list[i] = (by_count){dict_text(c->names, i), c->counts[i]}, sum += c->counts[i];
    qsort(list, n, sizeof *list, more_first);
    buf_printf(out, "%llu events are of no known form and were taken as action other, by program:", (unsigned long long)sum);
    for (uint32_t i = 0; i < n && i < SHOWN_MAX; i++) buf_printf(out, "%s %.*s %llu", i ? "," : "", SLICE_ARG(list[i].name), (unsigned long long)list[i].n);
    for (uint32_t i = SHOWN_MAX; i < n; i++) rest += list[i].n;
    if (rest) buf_printf(out, ", %u other programs %llu", n - SHOWN_MAX, (unsigned long long)rest);
    buf_char(out, '\n');
    mem_free(list);
}

void log_sink_notes(const log_sink *s, buf *out)
{
    const log_counts *c = &s->counts;
    paging_note(&c->page, c->events + c->untimed, out);
    if (c->repeats) buf_printf(out, "%llu lines say that a message was repeated; each repetition is an event\n", (unsigned long long)c->repeats);
    if (c->repeated) buf_printf(out, "%llu local times occur twice when the clock is put back; the first is taken\n", (unsigned long long)c->repeated);
    if (c->skipped) buf_printf(out, "%llu local times do not occur, the clock being put forward; they are moved on\n", (unsigned long long)c->skipped);
    if (c->broken_priority) buf_printf(out, "%llu lines have a priority that is none (0 to 191); they were read all the same\n", (unsigned long long)c->broken_priority);
    if (c->marks) buf_printf(out, "%llu line%s journalctl's own, where a boot or the journal begins or that there are no entries, and no event%s; skipped\n", (unsigned long long)c->marks, c->marks == 1 ? " is" : "s are", c->marks == 1 ? "" : "s");
    if (dict_count(c->unknown.names)) note_unknown(&c->unknown, out);
}

static sla_status put_caveat(const log_sink *s, const char *kind, uint64_t n, const char *zh, const char *en, store *st, int64_t source, err *e)
{
    const field *at = &s->ds->fields[s->at];
    const unsigned long long some = n, all = s->counts.events;
    buf z = {0}, x = {0};
    if (n == 0) return SLA_OK;
    dataset_put_titles(s->ds, at->name, &z, &x);
    buf_printf(&z, "：%llu 个值中有 %llu 个%s", all, some, zh);
    buf_printf(&x, ": %llu of %llu values %s", some, all, en);
    const caveat c = {source, slice_of(kind), s->ds->name, at->name, (int64_t)n, (int64_t)all, {z.ptr, z.len}, {x.ptr, x.len}};
    sla_status done = z.failed || x.failed ? err_set(e, SLA_NOMEM, SRCPOS_NONE, "no memory for what the log cannot prove") : store_caveat_put(st, &c, e);
    buf_free(&z);
    buf_free(&x);
    return done;
}

sla_status log_sink_caveats(const log_sink *s, store *st, int64_t source, err *e)
{
    TRY(put_caveat(s, "repeated", s->counts.repeated, "在夏令时结束时出现两次，取前一次", "occur twice as the clock is put back; the first is taken", st, source, e));
    return put_caveat(s, "skipped", s->counts.skipped, "在夏令时开始时并不存在，顺延", "do not exist as the clock is put forward; they are moved on", st, source, e);
}

/* ---- the writer ---- */
sla_status log_writer_begin(log_writer *w, log_sink *s, block *b)
{
    *w = (log_writer){.sink = s, .b = b, .m = log_matcher_new(s->patterns), .counts = mem_zero(1, sizeof *w->counts), .clock = {.zone = {.z = s->zone}}, .pending = mem_zero(1, sizeof *w->pending),
                      .codes = mem_resize(NULL, log_patterns_count(s->patterns) + 1, LOG_FIELDS * sizeof *w->codes)};
    if (w->counts) w->counts->unknown.names = dict_new();
    if (w->m) log_regex_around(log_matcher_state(w->m), b->records);
    return w->m && w->counts && w->counts->unknown.names && w->pending && w->codes ? SLA_OK : SLA_NOMEM;
}

void log_framed_reset(log_framed *f)
{
#define F(code, name) f->ev.v[LOG_##code].len = 0;
    LOG_FIELD_LIST(F)
#undef F
    f->ev.fixed = 0;
    f->ev.form = NULL;
    f->source = (slice){0};
    f->n = 0;
}

uint32_t log_repeated(slice *message)
{
    static const char head[] = "message repeated ";
    size_t n = sizeof head - 1, i = n;
    uint32_t times = 0;
    if (message->len < n + 12 || message->ptr[0] != 'm' || memcmp(message->ptr, head, n) != 0) return 1;
    while (i < message->len && message->ptr[i] >= '0' && message->ptr[i] <= '9' && times <= REPEATS_MAX) times = times * 10 + (uint32_t)(message->ptr[i++] - '0');
    const char *open = memchr(message->ptr + i, '[', message->len - i);
    if (!open || !times || times > REPEATS_MAX) return 1;
    slice in = {open + 1, message->len - (size_t)(open + 1 - message->ptr)};
    if (in.len && in.ptr[in.len - 1] == ']') in.len--;
    *message = slice_trim(in);
    return times;
}

/* 203023, 1,048,576, 12.5 GB: with the unit's factor of 1024 for bytes. false: no such number. */
static bool read_number(slice s, bool bytes, double *out)
{
    double v = 0, scale = 1;
    size_t i = 0;
    bool any = false, fraction = false;
    for (; i < s.len && i < 24; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9') {
            v = v * 10 + (c - '0');
            if (fraction) scale *= 10;
            any = true;
        } else if (c == '.' && bytes && !fraction) fraction = true;
        else if (c != ',' || !bytes) break;
    }
    *out = v / scale;
    while (i < s.len && s.ptr[i] == ' ') i++;
    if (i == s.len) return any;
    static const char units[] = "BKMGTP";
    const char *unit = bytes && any && s.len - i <= 5 ? memchr(units, s.ptr[i] & ~32, sizeof units - 1) : NULL;
    for (const char *u = units; unit && u < unit; u++) *out *= 1024;
    return unit != NULL;
}

/* Does it end in the block, eight bytes or more behind its beginning? */
static bool behind_eight(const log_writer *w, slice s) { return (uintptr_t)s.ptr + s.len - (uintptr_t)w->b->records.ptr - 8 <= w->b->records.len; }

static void write_numbers(const log_writer *w, const slice *v, log_field f, uint64_t which, uint64_t fixed, const uint16_t *rule, size_t row, column *c)
{
    double *data = (double *)c->data + row;
    uint64_t good = 0;
    for (; which; which &= which - 1) {
        size_t i = (size_t)__builtin_ctzll(which);
        slice text = fixed >> i & 1 ? log_fixed_text(w->sink->patterns, rule[i], f) : v[i];
        double number;
        uint32_t whole;
        if (behind_eight(w, text) && slice_whole(text, &whole)) number = whole; /* as nearly all are */
        else if (!read_number(text, f == LOG_BYTES, &number)) continue;
        data[i] = number;
        good |= UINT64_C(1) << i;
    }
    bits_or(c->valid, row, good);
    c->used = c->used || good;
}

/* Part of the block, which outlives the batch: it need not be copied. */
static bool stands(const log_writer *w, slice s)
{
    slice all = w->b->records;
    return s.ptr >= all.ptr && s.ptr + s.len <= all.ptr + all.len;
}

/* The texts of rules: each is looked up once a batch. */
static sla_status write_fixed(log_writer *w, log_field f, uint64_t which, const uint16_t *rule, size_t n, column *c, uint32_t *data)
{
    uint32_t *codes = w->codes + (size_t)f * log_patterns_count(w->sink->patterns), all = 0;
    if (which == bits_tail(n)) { /* as nearly always */
        for (size_t i = 0; i < n; i++) all |= data[i] = codes[rule[i]];
        if (all < BATCH_ROWS_MAX) return SLA_OK; /* none is DICT_NONE */
    }
    for (; which; which &= which - 1) {
        size_t i = (size_t)__builtin_ctzll(which);
        uint32_t *code = &codes[rule[i]];
        if (*code == DICT_NONE && (*code = dict_intern(c->codes, log_fixed_text(w->sink->patterns, rule[i], f))) == DICT_NONE) return SLA_NOMEM;
        data[i] = *code;
    }
    return SLA_OK;
}

/* Those of the n texts that which tells, side by side: as they are where it tells all. */
static const slice *gather(const slice *v, uint64_t which, size_t n, slice *out, size_t *m)
{
    *m = n;
    if (which == bits_tail(n)) return v;
    for (*m = 0; which; which &= which - 1) out[(*m)++] = v[__builtin_ctzll(which)];
    return out;
}

/* All at the same place, as the names of programs are in a log of one (find_program). */
static bool one_place(const slice *texts, size_t n)
{
    size_t i = 1;
    while (i < n && texts[i].ptr == texts[0].ptr && texts[i].len == texts[0].len) i++;
    return i == n;
}

static sla_status write_one(slice text, uint64_t which, column *c, uint32_t *data)
{
    uint32_t code = dict_intern(c->codes, text);
    for (; which; which &= which - 1) data[__builtin_ctzll(which)] = code;
    return code == DICT_NONE ? SLA_NOMEM : SLA_OK;
}

static sla_status write_own(const log_writer *w, const slice *texts, size_t m, uint64_t which, size_t n, column *c, uint32_t *data)
{
    uint32_t codes[PENDING];
    if (one_place(texts, m)) return write_one(texts[0], which, c, data);
    if (m == n) return dict_intern_many(c->codes, texts, n, data, w->b->records) ? SLA_OK : SLA_NOMEM;
    if (!dict_intern_many(c->codes, texts, m, codes, w->b->records)) return SLA_NOMEM;
    for (m = 0; which; which &= which - 1) data[__builtin_ctzll(which)] = codes[m++];
    return SLA_OK;
}

/* Texts that nearly surely are new. */
static sla_status write_new(const log_writer *w, const slice *texts, size_t m, uint64_t which, column *c, uint32_t *data)
{
    bool in_place = true;
    for (size_t i = 0; i < m && in_place; i++) in_place = stands(w, texts[i]);
    uint32_t code = in_place ? dict_append_many_in_place(c->codes, texts, m) : 0;
    for (size_t i = 0; which; which &= which - 1, i++) {
        if (!in_place) code = dict_append(c->codes, texts[i]);
        if (code == DICT_NONE) return SLA_NOMEM;
        data[__builtin_ctzll(which)] = in_place ? code++ : code;
    }
    return SLA_OK;
}

static void sum_up(marks *m, size_t n)
{
    for (size_t i = n; i < PENDING; i++) m->of[i] = m->of[0];
    m->some = 0, m->all = UINT16_MAX;
    for (size_t i = 0; i < PENDING; i++) m->some |= m->of[i], m->all &= m->of[i];
}

/* Bit i: the event first + i has the field. Of most fields all have it or none has. */
static uint64_t marked(const marks *m, log_field f, size_t first, size_t n)
{
    if (m->all >> f & 1) return bits_tail(n);
    return m->some >> f & 1 ? bits_column16(m->of, PENDING, f) >> first & bits_tail(n) : 0;
}

/* A column of the n events from the first on. */
static sla_status write_field(log_writer *w, log_field f, size_t first, size_t n, size_t row)
{
    const struct pending *p = w->pending;
    const slice *v = p->v[f] + first, *own_texts;
    uint64_t there = marked(&p->there, f, first, n), fixed = there ? marked(&p->fixed, f, first, n) : 0, own = there & ~fixed;
    column *c = &w->out->cols[w->sink->fields[f]];
    if (!there) return SLA_OK;
    if (w->sink->number[f]) return write_numbers(w, v, f, there, fixed, p->rule + first, row, c), SLA_OK;
    uint32_t *data = (uint32_t *)c->data + row;
    slice texts[PENDING];
    size_t m;
    c->used = true;
    bits_or(c->valid, row, there);
    if (there & fixed) TRY(write_fixed(w, f, there & fixed, p->rule + first, n, c, data));
    if (!own) return SLA_OK;
    own_texts = gather(v, own, n, texts, &m);
    return dict_all_new(c->codes, c->made ? row - c->made->nrows : row) ? write_new(w, own_texts, m, own, c, data) : write_own(w, own_texts, m, own, n, c, data);
}

/* The first of a form's messages in a batch; -1: no memory. Room for the numbers of all that wait is made, too, as it is for none without a template. */
static int add_template(log_writer *w, const log_form *form)
{
    template_part parts[TEMPLATE_PARTS];
    size_t f = (size_t)w->sink->fields[LOG_MESSAGE];
    int added = batch_template_add(w->out, f, parts, log_made_parts(form, w->sink->fields, parts));
    if (added < 0 || batch_made_reserve(w->out, f, PENDING) != SLA_OK) return -1;
    w->templates[form->number] = (uint8_t)added;
    return added;
}

/* Messages that are made of a form. What is their own has been written, unless it is an empty text. */
static sla_status write_made(log_writer *w, size_t first, size_t n, size_t row)
{
    const struct pending *p = w->pending;
    size_t f = (size_t)w->sink->fields[LOG_MESSAGE];
    if (w->out->cols[f].made) TRY(batch_made_reserve(w->out, f, n));
    for (size_t i = first; i < first + n; i++, row++) {
        const log_form *form = p->form[i];
        if (!form) continue;
        int number = w->templates[form->number];
        if (!number && (number = add_template(w, form)) < 0) return SLA_NOMEM;
        if (form->open && !p->v[LOG_MESSAGE][i].len) TRY(batch_set_text(w->out, row, f, SLICE_LIT("")));
        batch_set_made(w->out, row, f, number, p->numbers[i]);
    }
    return SLA_OK;
}

static sla_status write_rows(log_writer *w, size_t first, size_t n)
{
    const struct pending *p = w->pending;
    size_t row = w->out->nrows;
    column *at = &w->out->cols[w->sink->at];
    for (size_t i = 0; i < n; i++) batch_add_row(w->out, p->line[first + i]);
    memcpy((int64_t *)at->data + row, p->at + first, n * sizeof *p->at);
    bits_or(at->valid, row, bits_tail(n));
    at->used = true;
    for (int f = 0; f < LOG_FIELDS; f++)
        if (w->sink->fields[f] >= 0) TRY(write_field(w, (log_field)f, first, n, row));
    return p->nmade ? write_made(w, first, n, row) : SLA_OK;
}

/* Copies the event's texts to the columns to[0], to[1] …, at i; bit f of what is returned: it has the field. No text is as long as 4 GiB, being part of a block. */
static inline unsigned copy_texts(slice (*to)[PENDING], size_t i, const slice *from)
{
    unsigned missing = 0;
#ifdef __SSE2__
#pragma GCC unroll 4
    for (int f = 0; f < LOG_FIELDS; f += 4) {
        __m128i v[4];
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++) v[k] = _mm_loadu_si128((const __m128i *)(const void *)(from + f + k)), _mm_storeu_si128((__m128i *)(void *)&to[f + k][i], v[k]);
        __m128 a = _mm_castsi128_ps(_mm_unpackhi_epi64(v[0], v[1])), b = _mm_castsi128_ps(_mm_unpackhi_epi64(v[2], v[3])); /* their lengths */
        __m128i none = _mm_cmpeq_epi32(_mm_castps_si128(_mm_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0))), _mm_setzero_si128());
        missing |= (unsigned)_mm_movemask_ps(_mm_castsi128_ps(none)) << f;
    }
#else
    for (int f = 0; f < LOG_FIELDS; f++) to[f][i] = from[f], missing |= (unsigned)(from[f].len == 0) << f;
#endif
    return ~missing & ((1u << LOG_FIELDS) - 1);
}

/* The event waits; it is written with others, a column at a time. */
static sla_status flush(log_writer *w);
static sla_status hold(log_writer *w, const log_event *ev, const log_made *made, int64_t at, uint32_t line)
{
    struct pending *p = w->pending;
    size_t i = p->n++;
    p->at[i] = at;
    p->line[i] = line;
    p->rule[i] = ev->rule;
    p->fixed.of[i] = ev->fixed;
    p->there.of[i] = (uint16_t)(copy_texts(p->v, i, ev->v) | ev->fixed);
    p->form[i] = made ? made->form : NULL;
    if (made) {
        p->nmade++;
        p->v[LOG_MESSAGE][i] = made->own;
        if (!made->own.len) p->there.of[i] &= (uint16_t)~(1u << LOG_MESSAGE);
        memcpy(p->numbers[i], made->numbers, sizeof made->numbers);
    }
    return p->n == PENDING ? flush(w) : SLA_OK;
}

/* Writes what waits. A block without room for it, which only repetitions without end can bring about, says so in its rejects. */
static sla_status flush(log_writer *w)
{
    struct pending *p = w->pending;
    sum_up(&p->there, p->n);
    sum_up(&p->fixed, p->n);
    for (size_t done = 0; done < p->n;) {
        if (!w->out || w->out->nrows == BATCH_ROWS_MAX) {
            if (w->b->n == BLOCK_BATCHES) {
                p->n = p->nmade = 0;
                return reject_list_add(&w->b->rejects, p->line[done], 1, SLICE_LIT("message"), SLICE_LIT("message repeated"), "more repetitions than can be kept", false);
            }
            if (!(w->out = batch_pool_get(w->sink->batches))) return SLA_NOMEM;
            w->b->batches[w->b->n++] = w->out;
            memset(w->codes, 0xFF, log_patterns_count(w->sink->patterns) * LOG_FIELDS * sizeof *w->codes); /* DICT_NONE */
            memset(w->templates, 0, sizeof w->templates);
        }
        size_t room = BATCH_ROWS_MAX - w->out->nrows, n = p->n - done < room ? p->n - done : room;
        TRY(write_rows(w, done, n));
        done += n;
    }
    p->n = p->nmade = 0;
    log_matcher_forget(w->m);
    return SLA_OK;
}

sla_status log_writer_settle(log_writer *w) { return flush(w); }

sla_status log_writer_end(log_writer *w, sla_status st, err *e)
{
    if (w->scratch.failed || (w->m && log_matcher_failed(w->m))) st = SLA_NOMEM; /* values or composed texts are not what they were to be */
    if (st == SLA_OK) st = flush(w);
    mem_free(w->pending);
    mem_free(w->codes);
    log_matcher_free(w->m);
    arena_free(&w->scratch);
    arena_free(&w->names);
    if (st == SLA_OK) {
        w->counts->repeated = w->clock.repeated, w->counts->skipped = w->clock.skipped;
        w->b->extra = w->counts;
        return SLA_OK;
    }
    if (w->counts) counts_clear(w->counts);
    mem_free(w->counts);
    return err_set(e, st, SRCPOS_NONE, "no memory to read the log");
}

static void find_program(log_writer *w, slice *program, slice source)
{
    if (w->program.ptr && slice_eq(*program, w->program) && (w->program_id >= 0 || slice_eq(source, w->source))) {
        *program = w->program; /* the same place: looked up once */
        return;
    }
    w->program = stands(w, *program) ? *program : arena_slice(&w->names, *program); /* without memory: looked up each time */
    w->source = source.len ? source : SLICE_LIT("syslog");
    w->program_id = log_program_find(w->sink->patterns, *program, &w->source);
}

/* The port behind an address of IPv4, or of IPv6 in brackets, is none of it. */
static slice without_port(slice s)
{
    size_t end = s.len, points = 0;
    while (end && s.ptr[end - 1] >= '0' && s.ptr[end - 1] <= '9') end--;
    if (end == s.len || end < 2 || s.ptr[end - 1] != ':') return s;
    slice address = {s.ptr, end - 1};
    if (address.ptr[0] == '[' && address.ptr[address.len - 1] == ']') return (slice){address.ptr + 1, address.len - 2};
    for (size_t i = 0; i < address.len; i++) {
        if (address.ptr[i] == '.') points++;
        else if (address.ptr[i] < '0' || address.ptr[i] > '9') return s;
    }
    return points == 3 ? address : s;
}

/* An address of IPv4 written as one of IPv6 is the one of IPv4. */
static slice plain_address(const log_writer *w, slice s)
{
    static const char mapped[] = "::ffff:";
    size_t n = sizeof mapped - 1;
    if (slice_find(s, ':', slice_readable(s, w->b->records)) == s.len) return s; /* as nearly all are: of IPv4 */
    s = without_port(s);
    return s.len > n && s.ptr[0] == ':' && memcmp(s.ptr, mapped, n) == 0 && memchr(s.ptr, '.', s.len) ? (slice){s.ptr + n, s.len - n} : s;
}

sla_status log_writer_reject(log_writer *w, uint32_t line, slice text, const char *reason)
{
    w->counts->untimed++;
    return reject_list_add(&w->b->rejects, line, 1, SLICE_LIT("at"), text, reason, true);
}

/* A message over lines counts as a whole, and where that tells nothing, its first line does: most patterns end where a line does. */
static bool match_lines(log_writer *w, log_record *r, log_event *ev)
{
    log_event whole = *ev, first = *ev;
    bool is = log_match(w->m, w->program_id, r, &whole);
    *ev = whole;
    if (is && !slice_is(log_event_text(w->sink->patterns, &whole, LOG_ACTION), "other")) return true;
    r->message = slice_without_cr(slice_line(&(slice){r->message.ptr, r->message.len}));
    if (!log_match(w->m, w->program_id, r, &first)) return is;
    *ev = first;
    return true;
}

sla_status log_writer_put(log_writer *w, log_framed *f, uint32_t line, uint32_t times, slice whole)
{
    int64_t at;
    if (!log_time_utc(&f->time, &w->clock, &at)) return log_writer_reject(w, line, whole, "there is no such day in its year");
    slice *v = f->ev.v;
    find_program(w, &v[LOG_PROGRAM], f->source);
    v[LOG_SOURCE] = w->source;
    log_record r = {v[LOG_MESSAGE], f->pairs, f->n};
    slice program = v[LOG_PROGRAM];
    if (!(w->over_lines ? match_lines(w, &r, &f->ev) : log_match(w->m, w->program_id, &r, &f->ev))) TRY(count(&w->counts->unknown, program.len ? program : SLICE_LIT("(none)"), times));
    if (!(f->ev.fixed >> LOG_ACTION & 1) && !v[LOG_ACTION].len) v[LOG_ACTION] = SLICE_LIT("other");
    if (!(f->ev.fixed >> LOG_OUTCOME & 1) && !v[LOG_OUTCOME].len) v[LOG_OUTCOME] = SLICE_LIT("unknown");
    v[LOG_SRC_IP] = plain_address(w, v[LOG_SRC_IP]);
    w->counts->events += times;
    w->counts->repeats += times > 1;
    log_made made;
    bool apart = times == 1 && w->sink->texts >> LOG_MESSAGE & 1 && log_made_of(&f->ev, r.message, log_regex_found(log_matcher_state(w->m)), w->sink->texts, &w->around, &made);
    for (uint32_t i = 0; i < times; i++) TRY(hold(w, &f->ev, apart ? &made : NULL, at, line));
    return f->scratch && f->scratch->top ? flush(w) : SLA_OK;
}
