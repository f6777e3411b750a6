/* Messages as what they are made of: what they look like, and what fills the places in it that differ, most of which are fields of the same event (templates of model/batch.h). What a
 * message looks like is told by the usual text it matched (logform.h), or else by what stands around the event's object. */
#ifndef SLA_IMPORTERS_LOGMADE_H
#define SLA_IMPORTERS_LOGMADE_H
#include "engine/model/batch.h"
#include "importers/logform.h"
#include "importers/logpattern.h"

enum { LOG_FORMS_MAX = 200, LOG_AROUND_MAX = 16, LOG_MADE_FORMS = LOG_FORMS_MAX + LOG_AROUND_MAX + 1, LOG_MADE_NUMBERS = 4 };
_Static_assert((int)LOG_MADE_FORMS <= (int)TEMPLATES_MAX, "a batch has room for a template for each form");
/* own: what stands where the form leaves open what follows. */
typedef struct log_made { const log_form *form; slice own; uint32_t numbers[LOG_MADE_NUMBERS]; } log_made;
/* What stood around objects, a thread's own: forms with a number behind those of usual texts. */
typedef struct log_around { log_form forms[LOG_AROUND_MAX]; size_t n, last; } log_around;

/* May messages of a usual text, whose places have their fields, be taken apart at all? */
bool log_made_fits(const log_form *f);
/* Takes the event's message apart, so that the texts of those fields that texts tells (a bit each) and the numbers put it together again, byte by byte. message: what was matched;
 * found: the places of ev->form in it. false: it is nothing of the kind, and must be kept as it is. */
bool log_made_of(const log_event *ev, slice message, const size_t *found, unsigned texts, log_around *around, log_made *out);
/* The form as a template; columns: by field. Returns how many parts. */
size_t log_made_parts(const log_form *f, const int *columns, template_part out[TEMPLATE_PARTS]);
#endif
