/* The register of findings that comes back filled in (register.c writes it as a sheet of the audit's workbook). */
#ifndef SLA_REPORTS_REGISTER_H
#define SLA_REPORTS_REGISTER_H
#include "engine/audit/result.h"

typedef struct register_back register_back;
/* r must outlive it. lang: the language that the register was written in (texts.h). */
sla_status register_open(const audit_result *r, const char *lang, register_back **out, err *e);
void register_close(register_back *b);                  /* NULL allowed */
typedef enum register_word { REGISTER_NOTHING /* no row of the register */, REGISTER_SAME, REGISTER_ANSWER, REGISTER_WRONG /* errors were added */, REGISTER_NOMEM } register_word;
/* One row of a workbook, in order, from 1. REGISTER_ANSWER: *out is an answer that the workspace does not have yet; its texts are those of the cells. Errors name sheet and cell:
 * the register's own cells that say something else than the run does, unknown fingerprints, rows that come twice, dates and states that are none. */
register_word register_take(register_back *b, const char *file, const char *sheet, uint32_t row, const slice *cells, size_t n, stored_action *out, errlist *errors);
bool register_found(const register_back *b);            /* whether a sheet was the register */
/* After the last row: a column of the register's own says something else in most rows. Nobody does that cell by cell: another run's register says other things, another version of the program words them otherwise
 * (or only some columns were sorted). */
bool register_of_others(const register_back *b);
#endif
