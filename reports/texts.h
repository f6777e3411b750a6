/* The sentences and labels of the reports, one YAML file a language: texts/zh.yaml, texts/en.yaml. A further language needs a file and no C: its `language` says
 * which of the pack's languages (zh, en) stands where a text is the pack's, and how percentages and quotation marks are set.
 * A text may hold {name}: filled in by name, so that each language has its own order of words. */
#ifndef SLA_REPORTS_TEXTS_H
#define SLA_REPORTS_TEXTS_H
#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/file.h"

typedef struct texts { arena mem; char lang[16]; bool english; /* of the pack's languages */ struct text_item { slice key, text; } *items; size_t n; } texts;
/* lang: "zh", "en" or the name of another file. Texts are owned by out->mem. Errors: SLA_NAME where there is no such file (the hint lists those there are), SLA_SYNTAX from YAML. */
sla_status texts_load(const char *lang, texts *out, err *e);
/* The languages there are, in byte order; paths are their names. */
sla_status texts_languages(arena *a, file_list *out, err *e);
void texts_free(texts *t);
slice texts_get(const texts *t, const char *key);              /* ptr NULL: there is none */
typedef struct text_fill { const char *name; slice value; } text_fill;  /* a list ends with name NULL */
slice texts_filled(slice pattern, const text_fill *fill, arena *a);  /* ptr NULL: no memory; a {name} without value stays as it is */
#endif
