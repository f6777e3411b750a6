/* One line of syslog: RFC 3164 ("Mar 27 13:06:56 host program[pid]: message", also with a year, a fraction, ISO 8601 times, without host), RFC 5424 with
 * structured data, each with or without <PRI>; CEF and LEEF behind such a header or bare. */
#ifndef SLA_IMPORTERS_LOGSYSLOG_H
#define SLA_IMPORTERS_LOGSYSLOG_H
#include "importers/logkind.h"

/* Fills time, host, program, message; structured data, CEF and LEEF become names of the record, and so does the number of the process (procid). broken: the priority is none (0 to 191); the line is read all the
 * same. false: no such line. f must be empty (log_framed_reset), f->scratch set. */
bool log_frame_syslog(slice line, log_framed *f, bool *broken);
/* The same for lines as nearly all are, "Jul  1 09:00:00 host name[pid]: message", of whose message no names are to be taken. false: log_frame_syslog is to look, when f is empty again. */
bool log_frame_usual(slice line, log_framed *f);
/* The length of a file's name and its colon at the line's beginning, as grep writes them: "auth.log.1:Jul  1 …"; 0: none. */
size_t log_file_prefix(slice line);
/* A line that journalctl puts between records or in their place, and no event: "-- Boot 1f… --", "-- No entries --", "-- Logs begin at …, end at …. --". */
bool log_journal_mark(slice line);
/* "last message repeated 11 times": 11; else 0. */
uint32_t log_last_repeated(slice message);
#endif
