/* History out of JSON: lists of changes that stand within records (Jira's changelog, Redmine's journals, Bugzilla's history, Zendesk's audits), by the paths
 * of a profile's `history`. Read on any thread, kept in order, delivered at the end: only then is it known what names the numbers of states go by. */
#ifndef SLA_IMPORTERS_CHANGES_H
#define SLA_IMPORTERS_CHANGES_H
#include "engine/base/buf.h"
#include "importers/cells.h"

typedef struct changes changes;
typedef struct change_list change_list;     /* those of one block */
/* names: the table's columns, which live as long. */
sla_status changes_new(const profile *pf, const zone *z, const slice *names, size_t n, changes **out);
/* Reads the changes of a slab's records and adds them to *list (made if NULL). Broken JSON within a cell cannot be: the record was read strictly. */
sla_status changes_read(const changes *c, const cells *from, change_list **list);
bool changes_use(const changes *c, int col);
void changes_keep(changes *c, change_list *list);                        /* takes the list over; NULL allowed */
sla_status changes_finish(changes *c, sla_status (*put)(void *ctx, const batch *b, err *e), void *ctx, err *e);
void changes_notes(const changes *c, buf *out);
void change_list_free(change_list *list);                                /* NULL allowed */
void changes_free(changes *c);                                           /* NULL allowed */
#endif
