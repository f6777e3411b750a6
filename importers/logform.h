/* Texts as programs usually write them, with places for what differs: "Failed password for {user} from {src_ip} port {#} ssh2". What matches such a text is found in one go, without
 * an expression, and must be what the expression that it stands beside finds; where none matches, the expression decides.
 *   {user}      one byte or more, none of them a blank or a control character; the expression's group of that name; {} alone: no group's
 *   {user?}     the same, or nothing
 *   {src_ip:.}  digits and points, one or more
 *   {#}         digits, one or more; {port:#} a group's
 *   *           at the end: anything may follow; without it the text ends there */
#ifndef SLA_IMPORTERS_LOGFORM_H
#define SLA_IMPORTERS_LOGFORM_H
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/yaml.h"

enum { LOG_FORM_PLACES = 12, LOG_FORM_LITERAL = 64 };
typedef enum log_run { RUN_NONE, RUN_WORD, RUN_ADDRESS, RUN_DIGITS } log_run;
/* before: the literal text in front of it, of n bytes, and as many ones as it has in mask, byte by byte; group: where its place in the text goes, from unnamed on of one without a name;
 * empty: it may have no bytes; field: of an event, which the group fills (logmade.h); -1: none. */
typedef struct log_place { char before[LOG_FORM_LITERAL], mask[LOG_FORM_LITERAL]; size_t n; log_run run; bool empty; uint32_t group; int field; } log_place;
/* The last place has RUN_NONE; open: anything may follow; bit g: it has the group g, which has a name; fields: a bit each; number: from 1, among all forms whose messages are stored as what they are made of (logmade.h); 0: they are not. */
typedef struct log_form { log_place places[LOG_FORM_PLACES]; size_t n; bool open; uint32_t groups; uint16_t number; unsigned fields; } log_form;
/* group_of: the number of a group by its name, less than unnamed, 0: there is none. Adds what is wrong to errors. */
void log_form_read(log_form *f, const ynode *text, uint32_t unnamed, uint32_t (*group_of)(const void *of, slice name), const void *of, errlist *errors);
/* Its group g lies in [groups[2g], groups[2g+1]), of unnamed + LOG_FORM_PLACES. Other groups are left as they are; false: groups may have been written. readable: how far memory may be read, the text's end or behind (slice_readable). */
bool log_form_match(const log_form *f, slice text, const char *readable, size_t *groups);
#endif
