/* Rows of a table that are no records: who made it and when it was printed, sums, titles of sections ("打印时间 | 2025-07-31" below "工单号 | 创建时间"). They have few of the values that
 * records have, and where the key should stand something that looks like no record's key: a colon, blanks or letters that are not Latin where no key has any, no digit where all have one. */
#ifndef SLA_IMPORTERS_FOOTERS_H
#define SLA_IMPORTERS_FOOTERS_H
#include "importers/cells.h"

/* By how many of the mapped columns have a value: rows of the head, and which marks their keys bear. */
typedef struct footer_evidence { struct { size_t rows; unsigned marks; } filled[FIELDS_MAX + 1]; } footer_evidence;

unsigned footers_marks(slice key);                                       /* a bit for each kind of character that tells keys from other texts */
void footers_look(footer_evidence *ev, const plan *p, const cells *c);   /* rows of the head, as they stand */
/* What rows that are no records look like. also: marks that keys get later on, which the head does not show. */
footer_rule footers_settle(const footer_evidence *ev, unsigned also);
#endif
