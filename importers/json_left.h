/* Lists of objects beside the records of a JSON file, which are not read: what they hold must not be missed in silence. */
#ifndef SLA_IMPORTERS_JSON_LEFT_H
#define SLA_IMPORTERS_JSON_LEFT_H
#include "engine/base/buf.h"
#include "importers/json_shape.h"

/* Their names, each once, as far as there is room, and how many objects they hold. {0}: none. No memory: scratch->failed, and the count falls short. */
typedef struct left_lists { char names[160]; uint64_t objects; } left_lists;
/* A list that was found; end: of the text in which it lies. */
void left_lists_add(left_lists *l, const json_search *list, const char *end, arena *scratch);
/* The value of a member, by its source: a list, or an object with lists in it. Others change nothing. */
void left_lists_add_value(left_lists *l, slice source, slice key, arena *scratch);
void left_lists_note(const left_lists *l, buf *out);     /* a line, if there are any */
#endif
