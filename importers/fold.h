/* Update logs: each row is one update of a record. The last row of a record is the record; what changed from row to row is its history. */
#ifndef SLA_IMPORTERS_FOLD_H
#define SLA_IMPORTERS_FOLD_H
#include "engine/base/buf.h"
#include "importers/cells.h"

typedef struct fold fold;
/* *ds: the dataset that rows are read into: the profile's, with the update's time, actor and sequence behind its fields. Lives in a. */
sla_status fold_new(const profile *pf, arena *a, fold **out, const dataset **ds, err *e);
void fold_place(const fold *f, target *fields, const slice *names, size_t n);     /* says which columns the three extra fields are */
sla_status fold_add(fold *f, const batch *b, err *e);                             /* in file order; copies what it needs */
/* Delivers the records, then their history, in order of first appearance. */
sla_status fold_finish(fold *f, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e);
void fold_restart(fold *f);                                                       /* forgets all rows */
void fold_notes(const fold *f, buf *out);
void fold_free(fold *f);                                                          /* NULL allowed */
#endif
