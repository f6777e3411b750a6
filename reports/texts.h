/* The sentences and labels of the reports, one YAML file a language: texts/zh.yaml, texts/en.yaml. A further language needs a file and no C.
 * A text may hold {name}: filled in by name, so that each language has its own order of words. */
#ifndef SLA_REPORTS_TEXTS_H
#define SLA_REPORTS_TEXTS_H
#include "engine/base/arena.h"
#include "engine/base/err.h"

typedef struct texts { arena mem; char lang[8]; struct text_item { slice key, text; } *items; size_t n; } texts;
/* lang: "zh", "en". Texts are owned by out->mem. Errors: SLA_NAME where there is no such file, SLA_SYNTAX from YAML. */
sla_status texts_load(const char *lang, texts *out, err *e);
void texts_free(texts *t);
slice texts_get(const texts *t, const char *key);              /* ptr NULL: there is none */
typedef struct text_fill { const char *name; slice value; } text_fill;  /* a list ends with name NULL */
slice texts_filled(slice pattern, const text_fill *fill, arena *a);  /* ptr NULL: no memory; a {name} without value stays as it is */
#endif
