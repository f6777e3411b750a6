/* Text <-> code. Codes count up from 0 in order of first appearance. One writer at a time; readers may share a dict no one writes. */
#ifndef SLA_BASE_DICT_H
#define SLA_BASE_DICT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/base/slice.h"
#include "engine/base/status.h"

typedef struct dict dict;
#define DICT_NONE UINT32_MAX
dict *dict_new(void);                                   /* NULL: no memory */
void dict_free(dict *d);
void dict_reset(dict *d);                               /* empty again, memory kept: for reuse batch after batch */
uint32_t dict_intern(dict *d, slice s);                 /* code, added if new; DICT_NONE: no memory or 2^32-1 entries */
/* The same for n texts at once, in order. around: memory in which most of them lie, all of which may be read: what lies there is found faster. false: no memory, and some of them may be in. */
bool dict_intern_many(dict *d, const slice *texts, size_t n, uint32_t *codes, slice around);
/* The same without copying the new texts (none of which may be NULL): they must stay where they are until the dict is freed or reset. dict_take_block makes the dict
 * the owner of a block from mem_resize in which such texts lie; false: no memory, and it is still the caller's. */
bool dict_intern_in_place(dict *d, const slice *texts, size_t n, uint32_t *codes, slice around);
bool dict_take_block(dict *d, void *block);
/* For columns of texts that are nearly all different, where looking costs more than it spares: whether of the texts seen so far nearly all were new … */
bool dict_all_new(const dict *d, size_t seen);
/* … and a text taken as new without being looked for: one that is there already gets one more code, and no look-up finds this one. DICT_NONE as above. */
uint32_t dict_append(dict *d, slice s);
uint32_t dict_append_in_place(dict *d, slice s);        /* the same, not copied (dict_intern_in_place) */
/* Of n texts so taken at once, each gets the code behind the one before; returns the first's. n > 0. */
uint32_t dict_append_many_in_place(dict *d, const slice *texts, size_t n);
uint32_t dict_find(const dict *d, slice s);             /* DICT_NONE: not there */
slice dict_text(const dict *d, uint32_t code);          /* borrowed until the dict is freed or reset; code < dict_count */
uint32_t dict_count(const dict *d);
size_t dict_bytes(const dict *d);                       /* all texts together, in bytes */
#endif
