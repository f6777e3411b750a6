/* What the export doctor looks at, a kind of thing in a file: the values of fields (doctor_terms.c), the numbers of records (doctor_numbers.c), exports that come in pages (doctor_pages.c). For
 * doctor.c, which reads the tables, hands them on and looks at the rest itself. */
#ifndef SLA_IMPORTERS_DOCTOR_PARTS_H
#define SLA_IMPORTERS_DOCTOR_PARTS_H
#include "engine/base/buf.h"
#include "engine/store/store.h"

/* What was found, in order; texts are copies in mem. nomem: memory was wanting somewhere, and the list is not to be believed. {0} is empty. */
typedef struct caveat_list { caveat *items; size_t n, cap; arena mem; bool nomem; } caveat_list;
void caveat_list_clear(caveat_list *l);
/* A caveat of the workspace. kind: a constant; fields: as caveat.field; zh, en: what is said, freed here. No memory: l->nomem. */
void caveat_list_add(caveat_list *l, const char *kind, const dataset *ds, slice fields, int64_t n, int64_t of, buf *zh, buf *en);

/* How often each text of a dictionary is a field's value: by[code - from], of n codes; a field's texts lie near each other. by is the owner's to free. {0}: no text at all. */
typedef struct terms { int64_t *by; size_t from, n; } terms;
/* Adds the values of field f, whose codes are of texts. false: no memory. On any thread. */
bool terms_count(const table *t, size_t f, const dict *texts, terms *k);
/* Adds what was counted by the codes of texts to what is counted by those of to_texts, which takes in the texts that it lacks. false: no memory. */
bool terms_add(terms *to, dict *to_texts, const terms *k, const dict *texts);
/* Values outside the enumeration of field f. k: of all rows, by the codes of texts; given up: {0} afterwards. */
void doctor_terms(caveat_list *to, const dataset *ds, size_t f, const dict *texts, terms *k);

/* Keys that end in numbers: gaps between them, and tables whose rows stand in another one, too. t has its key and its time; texts: of the codes. Tables without a history are left alone. */
void doctor_numbers(caveat_list *to, const table *t, const dict *texts);

/* Files that say of how many records they are a part, or that others follow. Errors of the store */
sla_status doctor_pages(caveat_list *to, store *s, const schema *m, err *e);
#endif
