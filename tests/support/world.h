/* A small world for tests: schema and calendars from YAML, tables from text, all in Asia/Shanghai.
 *   world_table(tw, "ticket", "id | priority | created_at\n" "T1 | P1 | 2025-07-01 09:00\n");
 * A cell that is empty is missing. A table that was never given is not imported. Every failure ends the program with a message. */
#ifndef SLA_TESTS_WORLD_H
#define SLA_TESTS_WORLD_H
#include "engine/lang/lang.h"

typedef struct test_world {
    arena a;
    schema *schema;
    zone *zone;
    cal_set cals;
    dict *dict;
    lang_env env;
    world w;
} test_world;
void world_begin(test_world *tw, const char *model_yaml, const char *calendars_yaml); /* calendars_yaml NULL: none */
table *world_table(test_world *tw, const char *dataset_name, const char *text);
void world_cell(test_world *tw, table *t, size_t col, size_t row, slice text);         /* "" : missing */
table *world_empty_table(test_world *tw, const char *dataset_name, size_t nrows);      /* all cells missing */
void world_end(test_world *tw);
#endif
