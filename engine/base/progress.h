/* One line on a terminal's stderr while long work runs; silent elsewhere. Nothing here reaches a report. */
#ifndef SLA_BASE_PROGRESS_H
#define SLA_BASE_PROGRESS_H
#include <stdint.h>
void progress_begin(const char *what, uint64_t total_bytes);     /* total 0: not known */
/* The same for work that is counted in things, such as "rules": so many of total. what goes on: the line changes. */
void progress_count(const char *what, uint64_t total, const char *unit);
void progress_add(uint64_t bytes, uint64_t rows);                /* thread-safe, cheap */
void progress_end(void);                                         /* removes the line */
#endif
