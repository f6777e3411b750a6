/* Status codes: what every function that can fail returns. One list makes the enum and the names. */
#ifndef SLA_BASE_STATUS_H
#define SLA_BASE_STATUS_H

/* S(code, name shown to people) */
#define STATUS_LIST(S) \
    S(OK, "ok") \
    S(NOMEM, "out of memory") \
    S(IO, "input/output error") \
    S(SYNTAX, "syntax error") \
    S(TYPE, "type error") \
    S(NAME, "unknown name") \
    S(RANGE, "out of range") \
    S(LIMIT, "limit exceeded") \
    S(CONFLICT, "contradiction") \
    S(UNKNOWN_FORMAT, "format not recognised") \
    S(DB, "workspace error") \
    S(USAGE, "wrong usage")

typedef enum sla_status {
#define S(code, text) SLA_##code,
    STATUS_LIST(S)
#undef S
    SLA_STATUS_COUNT
} sla_status;

/* Static text of a code ("out of memory"); never NULL, also for values outside the list. */
const char *status_name(sla_status st);

#endif
