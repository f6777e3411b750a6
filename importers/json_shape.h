/* Where the records of a JSON file are: lines, an array, a list within an object, a member of an envelope, the members of an object that has no others. */
#ifndef SLA_IMPORTERS_JSON_SHAPE_H
#define SLA_IMPORTERS_JSON_SHAPE_H
#include "importers/json_read.h"

enum { JSON_LISTS_MAX = 8, SHAPES_MAX = 2 + JSON_LISTS_MAX };
/* Where the records are. start: of the head, where the first one may begin; wrappers: objects that are still open there; list: they stand in an array; map: behind keys, as
 * members of an object; member: each lies in that member of its envelope, "" none. */
typedef struct json_shape { size_t start; int wrappers; bool list, map; slice member; } json_shape;
/* A place that was found: how many bytes it takes up (of what the head cuts off SIZE_MAX), and its key. alone: it is one object, and no other document follows as far as the head shows. */
typedef struct json_search { const char *head; json_shape best; size_t length; const char *key; size_t keylen; bool found, alone; } json_search;

/* The candidates for the head of a file, what is outermost first: records as they stand, the only object within, lists of objects within in the order of the file. */
size_t json_shapes(slice head, arena *scratch, json_search out[SHAPES_MAX]);
/* Whether the list stands outside of what takes up length bytes from start on. */
bool json_beside(size_t start, size_t length, const json_search *list);
/* The outermost object of a document that has nothing but objects as members: {"objects": {"Incident::1": {…}, "Incident::2": {…}}}. false: there is none. */
bool json_find_map(slice head, arena *scratch, json_search *out);
/* Lists of objects below the object at r->p, within objects only; of more than JSON_LISTS_MAX the longest. head: where places count from. false: there is something wrong, or the text is cut off. */
typedef struct json_lists { const char *head; json_search items[JSON_LISTS_MAX]; size_t n; } json_lists;
bool json_find_lists(json_reader *r, json_lists *out);
/* The member of the object at p that is an object and takes up more than half of it: what lies in an envelope. "": none. value: its source, as far as it goes. */
slice json_find_member(const char *p, const char *end, arena *scratch, slice *value);
#endif
