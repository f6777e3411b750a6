/* Which of the places where records may be (json_shape.h) is what a file is about: each is tried as a table, and the one that fits best is taken. */
#ifndef SLA_IMPORTERS_JSON_CHOICE_H
#define SLA_IMPORTERS_JSON_CHOICE_H
#include "engine/base/dict.h"
#include "importers/json_shape.h"
#include "importers/plan.h"

enum { JSON_COLUMNS_MAX = 1024 };
/* Records as a table. {0} before; json_table_close also after an error. */
typedef struct json_table {
    planner plan;                       /* open; the caller settles it */
    json_shape at;
    char key[128];                      /* path of the list, for people */
    dict *columns;                      /* path of a column -> its number */
    arena mem;
} json_table;

/* The places, and what came of trying each. envelope: the record that is taken out of a document's only object; "": another place is taken. */
typedef struct json_places { json_search at[SHAPES_MAX]; sla_status st[SHAPES_MAX]; plan_fit fit[SHAPES_MAX]; size_t n; slice envelope; } json_places;

/* Finds the places in the head of a file and chooses. Errors SLA_UNKNOWN_FORMAT: nothing known is found, with what is missing; of the planner; SLA_NOMEM, not always said */
sla_status json_table_open(json_table *t, const input *in, json_places *places, arena *scratch, err *e);
void json_table_close(json_table *t);
#endif
