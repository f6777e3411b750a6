/* The Linux audit log: "type=SYSCALL msg=audit(1751332831.371:479): k=v …". Records with one serial are one event; values that auditd writes in
 * hexadecimal, as they hold blanks or quotes (exe, cmd, cwd, proctitle, arguments …), are decoded. Also as "ausearch -i" interprets it: "msg=audit(07/01/2025 09:20:31.371:479) :", a
 * local time in the form of the locale, names of users, texts without quotes. A type that is a number becomes its name. */
#ifndef SLA_IMPORTERS_LOGAUDIT_H
#define SLA_IMPORTERS_LOGAUDIT_H
#include "importers/logkind.h"

typedef struct audit_line { slice type, host, id, body; int64_t ms; bool interpreted; } audit_line;   /* id: "1751332831.371:479"; ms since 1970, UTC, or of an interpreted one local */
/* order: of the date of an interpreted one (dates.h). false: no record of the audit log, or one without a time. */
bool log_audit_read(slice line, const char *order, audit_line *out);
/* The same of what the kernel and journald pass on to syslog: "[12.3] audit: type=1112 audit(…): …" with the type as a number, "USER_LOGIN pid=9 …" without a time (then id is empty). */
bool log_audit_told(slice message, audit_line *out);
/* The fields of a record behind f's pairs: also those within msg='…'; result (success, fail) from res, success; of an address (saddr, also interpreted) family, addr, port or
 * path; of EXECVE cmdline, the arguments together. f->scratch must be set. */
void log_audit_fields(const audit_line *l, log_framed *f);
#endif
