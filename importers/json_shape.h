/* Where the records of a JSON file are: lines, an array, a list within an object, a member of an envelope, the members of an object that has no others. */
#ifndef SLA_IMPORTERS_JSON_SHAPE_H
#define SLA_IMPORTERS_JSON_SHAPE_H
#include "importers/json_read.h"

enum { SHAPES_MAX = 3 };
/* Where the records are. start: of the head, where the first one may begin; wrappers: objects that are still open there; list: they stand in an array; map: behind keys, as
 * members of an object; member: each lies in that member of its envelope, "" none. */
typedef struct json_shape { size_t start; int wrappers; bool list, map; slice member; } json_shape;
/* A place that was found: of a list its length and its key. */
typedef struct json_search { const char *head; json_shape best; size_t length; const char *key; size_t keylen; bool found; } json_search;

/* The candidates for the head of a file, in the order in which they are tried: records as they stand, then what is within. */
size_t json_shapes(slice head, arena *scratch, json_search out[SHAPES_MAX]);
/* The outermost object of a document that has nothing but objects as members: {"objects": {"Incident::1": {…}, "Incident::2": {…}}}. false: there is none. */
bool json_find_map(slice head, arena *scratch, json_search *out);
/* The longest list of objects below the object at r->p, within objects only; false: there is something wrong, or the text is cut off. s->head: where places count from. */
bool json_find_list(json_reader *r, json_search *s);
/* The member of the object at p that is an object and takes up more than half of it: what lies in an envelope. "": none. */
slice json_find_member(const char *p, const char *end, arena *scratch);
#endif
