/* Fields that bear their own name and a list of cycles, as Jira Service Management keeps its SLAs: {"name": "Time to first response", "completedCycles": [{"stopTime":
 * {"iso8601": …}}], "ongoingCycle": {…}}. A cycle that still runs counts where none is completed. Such fields also come
 * as a list of their own, of requests: {"values": [{"name": …, "completedCycles": …}]}. Under which number a field stands differs from site to site; its name does not. Each becomes a column of its own behind the table's. */
#ifndef SLA_IMPORTERS_CYCLES_H
#define SLA_IMPORTERS_CYCLES_H
#include "importers/cells.h"

typedef struct cycle_pair { int name, list, running; } cycle_pair;   /* columns: a field's name, its list, the running cycle's time; -1: none. name -1: list is one of such fields */
typedef struct cycle_column { const field_map *map; int column; cycle_pair *pairs; size_t npairs; } cycle_column;
/* What of the profile's cycles the n columns can hold; the first gets column n. In a. */
sla_status cycles_find(const profile *pf, const slice *names, size_t n, arena *a, cycle_column **out, size_t *count);
/* Fills the cycles' cells of a slab: of each row the value of the first cycle. scratch must live as long as the cells. */
void cycles_fill(const cycle_column *columns, size_t count, const cells *c, arena *scratch);
#endif
