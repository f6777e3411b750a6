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
    /* Counts members into out (population … groups) and appends its findings. Everything kept is there. */
    sla_status (*judge)(const rule *r, pass *ps, rule_outcome *out, err *e);
    bool (*of_rows)(const rule *r);                         /* its members are rows of r->sel.ds: out->members is there, and findings tell of rows */
} rule_kind;
bool kind_of_rows(const rule *r);                           /* always */
bool kind_of_no_rows(const rule *r);                        /* never: judge counts into out->all and calls judge_share itself */
/* Moves out->extra, grown with mem_grow, into memory that dies with the pass. */
sla_status outcome_keep_extra(rule_outcome *out, pass *ps);
const rule_kind *kind_by_name(slice name);
const char *const *kind_names(size_t *n);
#endif
