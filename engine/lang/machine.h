/* What runs a program: bound look-ups and memos (one for all threads), registers (one machine a thread). Inside the room only. */
#ifndef SLA_LANG_MACHINE_H
#define SLA_LANG_MACHINE_H
#include <pthread.h>
#include <stdatomic.h>
#include "engine/base/bits.h"
#include "engine/lang/index.h"
#include "engine/lang/regex.h"

enum { VEC_WORDS = VEC_ROWS / 64 };

/* A register. data: values, for BOOL the bitmap of the true rows (a subset of known). Both may point into a table. */
typedef struct reg {
    const void *data;
    const uint64_t *known;
    void *own;
    uint64_t *own_known;
    bool is_const;
} reg;

/* code -> place in an enumeration + 1; codes past the end are no terms. */
typedef struct rank_table { const enumeration *en; uint16_t *rank; uint32_t n; struct rank_table *next; } rank_table;
typedef struct rank_set { uint32_t lo, hi; bool range; uint8_t *has; uint32_t n; } rank_set;
/* One result for each text with a code in [first, first + n), filled in as texts come up; threads may both work one out and write the same. Others are worked out each time. */
typedef struct text_memo { _Atomic uint8_t *bytes; _Atomic uint32_t *words; uint32_t first, n; } text_memo;

/* A value for each group, being gathered or done. */
typedef struct acc {
    aggkind kind;
    regtype reg;                /* of the result */
    size_t n;
    void *val;                  /* [n] double, int64_t or uint32_t; ANY: none */
    double *rest;               /* SUM of numbers: what rounding left over (engine/base/sum.h) */
    uint64_t *has, *unknown;    /* some row counted; some row could not be decided */
    int64_t *at;                /* FIRST, LAST: time of the row that val is of … */
    uint64_t *seen;             /* … if there was one; its value may still be missing */
    const tcolumn *field, *times;
    bool timed;                 /* the dataset has a time field: rows without that time are neither first nor last */
} acc;
sla_status acc_init(acc *a, const agg_def *d, const program *p, const world *w, size_t n, err *e);
void acc_reset(acc *a);
void acc_feed(acc *a, size_t group, size_t row, bool truth, bool known);
void acc_free(acc *a);
/* MEDIAN: once all rows are there. The nearest-rank 50th percentile of the rows of each group that count and have a value. truth, known NULL: all rows count. */
sla_status acc_median(acc *a, const uint32_t *group_of, size_t nrows, const uint64_t *truth, const uint64_t *known, err *e);

typedef struct bound bound;
struct bound {
    const program *p;
    const world *w;
    lang_shared *shared;
    bool *live;                 /* [nnodes] needed by a slot */
    bool *makers;               /* [nnodes] needed to make a text; NULL: the program makes none, or is one of child rows */
    row_index **looks;          /* borrowed from shared */
    regex **regexes;
    void **aux;                 /* [nnodes] rank_table (borrowed), rank_set, text_memo, bitmap of codes */
    bound *subs[DATASETS_MAX], **each_subs;
    row_index *each_looks;      /* by aggregate: the look-up of an EACH, its rows only those that can count */
    acc *aggs;                  /* by group; unused for those worked out row by row */
    uint64_t **slot_true, **slot_known; /* as a sub-program: the conditions over all its rows */
    bound *next;
};

/* A text on which a node failed: the first in byte order. */
typedef struct failure { const program *p; uint32_t node, code; } failure;
sla_status machine_fail(machine *m, uint32_t self, uint32_t code, err *e);    /* thread-safe */

struct lang_shared { const world *w; pthread_mutex_t lock, failing; failure *failures; size_t nfailures, cap_failures; row_index **indexes; size_t nindexes, cap_indexes; rank_table *ranks; bound *bounds; };

struct machine {
    const bound *b;
    const program *p;
    const world *w;
    reg *regs;
    uint32_t *run; size_t nrun;             /* nodes to compute, in order: all, but in the first run only makers */
    size_t row0, n, nw;
    const uint32_t *rows, *outer_rows;      /* pairs of a child row and the row it belongs to; NULL: rows row0 … */
    uint64_t full[VEC_WORDS], none[VEC_WORDS];
    const void *zeros;                      /* values of a column that is not there */
    zone_cursor zone;
    regex_scratch *scratch;
    bool may_intern;                        /* first run, alone: texts made by expressions enter the dictionary */
    machine **each; acc *each_acc;          /* [naggs] */
    uint32_t *pair_child, *pair_outer, *pair_lane;
    void *block;
};

sla_status bound_get(lang_shared *s, const program *p, bound **out, err *e);   /* takes the lock */
sla_status machine_make(const bound *b, bool may_intern, machine **out, err *e);
sla_status machine_run(machine *m, err *e);  /* n, nw, row0 or rows are set */
void machine_set_n(machine *m, size_t n);
/* Feeds acc (by lane) with the child rows of the lanes [from, to) of an OP_EACH; with seen, notes each pair whose condition is true. */
typedef struct pair_seen { row_ref *out; size_t n, max; int dataset; } pair_seen;
sla_status machine_pairs(machine *m, const node *each, size_t from, size_t to, acc *a, pair_seen *seen, err *e);

typedef sla_status kernel(machine *m, uint32_t self, err *e);
#define OP(name, text, fn) kernel kernel_##fn;
OP_LIST(OP)
#undef OP
static inline const node *m_node(const machine *m, uint32_t self) { return &m->p->nodes[self]; }
static inline reg *m_arg(const machine *m, uint32_t self, int i) { return &m->regs[m->p->nodes[self].args[i]]; }
static inline size_t m_row(const machine *m, size_t lane) { return m->rows ? m->rows[lane] : m->row0 + lane; }
/* Bytes 0 or 1 -> bits, eight at a time: byte i of a word is moved to bit i of its top byte. Little-endian, like the column chunks. */
static inline uint64_t pack64(const uint8_t b[64])
{
    uint64_t out = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t v;
        memcpy(&v, b + 8 * i, sizeof v);
        out |= ((v * UINT64_C(0x0102040810204080)) >> 56) << (8 * i);
    }
    return out;
}
/* How a value reads as text: text(x), findings. */
void number_print(buf *b, double v);
void scalar_print(buf *b, vtype t, const zone *z, const reg *r, size_t i);
#endif
