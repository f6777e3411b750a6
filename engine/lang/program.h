/* What the checker writes and the machine runs: nodes in the order of their operands, equal ones only once. */
#ifndef SLA_LANG_PROGRAM_H
#define SLA_LANG_PROGRAM_H
#include "engine/lang/lang.h"
#include "engine/lang/ops.h"

#define NODE_NONE UINT32_MAX
enum { NODE_ARGS_MAX = KEY_MAX };
typedef union imm { int64_t i; double f; const void *p; uint64_t u; } imm;   /* compared as bits */
typedef struct node {
    uint8_t op, reg;            /* opcode, regtype */
    uint8_t nargs;
    imm val;
    uint32_t args[NODE_ARGS_MAX];
} node;

/* Rows of a dataset by the values of some columns. unique: by its key, one row each. */
typedef struct look_def { const dataset *ds; uint32_t cols[KEY_MAX]; uint32_t ncols; bool unique; } look_def;
typedef struct regex_def { slice pattern; bool nocase; } regex_def;
/* Codes (RANK_IN: ranks + 1) in ascending order. */
typedef struct code_set { uint32_t *codes; uint32_t n; } code_set;
enum { DAY_FIRST = -25567, DAY_LAST = 84005, DAYS_KNOWN = DAY_LAST - DAY_FIRST + 1 };    /* 1900-01-01 .. 2199-12-31 */

typedef struct agg_def {
    aggkind kind;
    uint32_t look;              /* index into looks */
    struct program *sub;        /* over the child dataset; holds the condition */
    int cond;                   /* its slot in sub; -1: every row counts */
    int pre;                    /* each: slot, in the program of the child dataset, of what the condition asks of the child row alone; -1: nothing */
    int field;                  /* column of the child dataset that is summed, …; -1: none (count, any) */
    bool derived;               /* field counts the dataset's derived columns */
    bool each;                  /* the condition looks at outer.x */
    slice text;                 /* each: the condition as written, to tell two of them apart */
} agg_def;

struct program {
    const lang_env *env;
    const dataset *ds, *outer;  /* outer: what outer.x means; NULL: nothing */
    dict *dict;
    arena *a;
    node *nodes; uint32_t nnodes, cap_nodes;
    uint32_t *hash, cap_hash;   /* open addressing, node number + 1 */
    uint32_t *slots; expr_type *types; size_t nslots, cap_slots;
    look_def *looks; size_t nlooks, cap_looks;
    regex_def *regexes; size_t nregexes, cap_regexes;
    code_set *sets; size_t nsets, cap_sets;
    agg_def *aggs; size_t naggs, cap_aggs;
    struct program *subs[DATASETS_MAX];     /* for conditions over child rows that do not look at outer */
    day_names days;                         /* [DAYS_KNOWN] codes, where used */
    bool makes_text;                        /* LOWER, EXTRACT or TEXT_OF occurs in it */
};

/* Adds a node, or finds the equal one. NODE_NONE: no memory (p->a->failed is set, as it is by all that follows), or an operand is NODE_NONE. */
uint32_t program_node(program *p, opcode op, regtype reg, imm val, const uint32_t *args, size_t nargs);
uint32_t node0(program *p, opcode op, regtype reg, imm val);
uint32_t node1(program *p, opcode op, regtype reg, imm val, uint32_t a);
uint32_t node2(program *p, opcode op, regtype reg, uint32_t a, uint32_t b);
uint32_t node3(program *p, opcode op, regtype reg, uint32_t a, uint32_t b, uint32_t c);
uint32_t node_i64(program *p, int64_t v);
uint32_t node_f64(program *p, double v);
uint32_t node_bool(program *p, bool v);
uint32_t node_text(program *p, slice s);
bool node_is_const(const program *p, uint32_t n);
/* Numbers of things that nodes refer to; an equal one is found again. SIZE_MAX: no memory. */
size_t program_look(program *p, const look_def *d);
size_t program_regex(program *p, slice pattern, bool nocase);
size_t program_set(program *p, uint32_t *codes, size_t n);     /* sorts codes, drops doubles */
size_t program_agg(program *p, const agg_def *d);
const uint32_t *program_day_names(program *p, day_name kind);
int program_slot(program *p, uint32_t node, expr_type t);      /* -1: no memory */
/* The program for conditions over rows of ds seen from p; each: a new one in which outer is p's dataset. NULL: no memory. */
program *program_sub(program *p, const dataset *ds, bool each);

/* Calls fn for every node below a slot, those of conditions over child rows too, and for the slot's own. */
typedef void node_seen(void *ctx, const program *p, uint32_t node);
sla_status program_visit(const program *p, int slot, node_seen *fn, void *ctx, err *e);

/* GATHER: the dataset, and which of its columns. */
static inline imm gather_imm(const dataset *ds, size_t column, bool derived) { return (imm){.u = (uint64_t)ds->idx << 32 | (uint64_t)derived << 31 | column}; }
static inline size_t gather_dataset(imm v) { return (size_t)(v.u >> 32); }
static inline bool gather_derived(imm v) { return (v.u >> 31) & 1; }
static inline size_t gather_column(imm v) { return (size_t)(v.u & 0x7FFFFFFF); }
regtype regtype_of(vtype t);
const char *opcode_name(opcode op);
#endif
