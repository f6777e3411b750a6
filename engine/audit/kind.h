/* A kind of rule behind a table of functions; kinds.c is the only list of them. */
#ifndef SLA_AUDIT_KIND_H
#define SLA_AUDIT_KIND_H
#include "engine/audit/pack.h"
#include "engine/audit/pass.h"

typedef struct rule_kind {
    const char *name;
    const char *const *keys;                                /* of its own, besides those of every rule; NULL-terminated */
    void (*load)(pack_loader *l, const ynode *n, rule *r);  /* after what every rule has was read */
    /* Which slots of which program the kind wants kept for all rows (pass_keep). */
    void (*prepare)(const rule *r, pass *ps);
    /* Counts members into out (population … groups) and appends its findings. Everything kept is there. SLA_LIMIT: the rule is in error, out->reason says why. */
    sla_status (*judge)(const rule *r, pass *ps, rule_outcome *out, err *e);
    bool (*of_rows)(const rule *r);                         /* its members are rows of r->sel.ds: out->members is there, and findings tell of rows */
} rule_kind;
bool kind_of_rows(const rule *r);                           /* always */
bool kind_of_no_rows(const rule *r);                        /* never: judge counts into out->all and calls judge_share itself */
slice record_key_text(pass *ps, const table *t, size_t row); /* findings.c: a record as people name it */
/* Whether such a member with that key is told of: it does not conform, or explain asks for it (by its key, or by what its key begins with). */
bool outcome_tells(const pass *ps, member m, slice key);
/* Adds a finding that is no record; copies what was seen and the rows it rests on. A key without a pointer: no memory. */
sla_status outcome_find(rule_outcome *out, pass *ps, const extra_finding *f);
void outcome_count(rule_outcome *out, member m);            /* a member that is no row, into out->all */
/* st, and what outcome_find was told into memory that dies with the pass. */
sla_status outcome_keep(rule_outcome *out, pass *ps, const rule *r, sla_status st, err *e);
/* The end of a judge that counted members and findings itself: st, the verdict from out->all, and the findings into memory that dies with the pass. */
sla_status outcome_close(rule_outcome *out, pass *ps, const rule *r, sla_status st, err *e);
const rule_kind *kind_by_name(slice name);
const char *const *kind_names(size_t *n);
#endif
