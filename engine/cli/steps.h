/* The steps that commands are made of: each opens, does one thing and reports it on stderr. */
#ifndef SLA_CLI_STEPS_H
#define SLA_CLI_STEPS_H
#include "engine/audit/audit.h"
#include "engine/cli/command.h"
#include "engine/store/store.h"
#include "engine/time/period.h"
#include "engine/time/zone.h"

/* What most commands work with. {0} is empty; session_close frees what was opened. */
typedef struct session {
    store *ws;
    zone *zn;
    pack *pk;
    const char *pack_dir;       /* where it was loaded from */
    struct import_own *own;     /* for an import */
    arena mem;
} session;

/* Opens the workspace (option -w) and its zone; with STORE_CREATE the zone given by --zone becomes the workspace's. */
sla_status session_open(session *s, const options *o, store_mode mode, err *e);
/* Loads the pack (--pack, default itss-2025) with a tailoring (NULL: none). Its errors and warnings are on stderr already when it fails: e then only says how many. */
sla_status session_load_pack(session *s, const options *o, const char *profile, err *e);
/* Opens the workspace, unless it is open, and loads the pack; side by side with it what imports know of exports and logs. */
sla_status session_open_for_import(session *s, const options *o, const char *profile, err *e);
void session_close(session *s);

/* A run's number as the user wrote it; SLA_USAGE if it is none. */
sla_status read_run_number(const char *text, int64_t *out, err *e);
/* SLA_USAGE, with the forms there are, when --period is missing or is no period. */
sla_status session_check_period(const options *o, err *e);

/* Imports the operands; says on stderr what each file was taken for. *incomplete: something named or found could not be taken in. */
sla_status step_import(session *s, const options *o, const char *import_profile, bool *incomplete, err *e);
/* Prints a draft of an import profile for each table among the operands; no workspace is touched. */
sla_status step_draft(const options *o, err *e);
/* Audits the period; prints the summary on stdout. *failed: a rule of --fail-on's severity or a graver one fails. *incomplete: a rule could not be judged. */
sla_status step_audit(session *s, const options *o, int64_t *run, bool *failed, bool *incomplete, err *e);
/* Writes the reports of a run (0: the latest). */
sla_status step_report(session *s, const options *o, int64_t run, err *e);
#endif
