/* Which words of a file were read as which terms of the model: 特急 and 紧急 as P1, "4 - Low" as P4. Who signs what rests on priorities wants to see it. */
#ifndef SLA_IMPORTERS_SPOKEN_H
#define SLA_IMPORTERS_SPOKEN_H
#include "engine/base/buf.h"
#include "engine/model/schema.h"

typedef struct spoken spoken;
spoken *spoken_new(const dataset *ds);                                       /* NULL: no memory */
void spoken_free(spoken *s);                                                 /* NULL allowed */
/* On any thread; once for each word is enough. false: no memory. Words that are no terms are not kept: the doctor counts those. */
bool spoken_add(spoken *s, size_t f, slice word, slice term);
/* A line for each field, in the order of its terms; and one for each term of an ordered field that several words were read as: what they differed in is lost. */
void spoken_notes(const spoken *s, buf *out);
#endif
