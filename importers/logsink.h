/* From framed log records to batches of the dataset log: what every log importer shares. */
#ifndef SLA_IMPORTERS_LOGSINK_H
#define SLA_IMPORTERS_LOGSINK_H
#include "engine/base/dict.h"
#include "importers/importer.h"
#include "importers/logkind.h"
#include "importers/logmade.h"
#include "importers/paging.h"

typedef struct log_counter { dict *names; uint64_t *counts; size_t cap; } log_counter;
typedef struct log_counts {
    log_counter unknown;                /* events no pattern knows, by program */
    uint64_t events, repeats, broken_priority, untimed, marks;   /* marks: lines of journalctl's own (log_journal_mark) */
    uint64_t repeated, skipped;           /* lines whose local time occurs twice or never (logtime.h) */
    paging page;                          /* what answers that hold events say of the whole */
} log_counts;

/* Part of an importer: what its blocks have in common. Not changed while blocks are parsed, but for counts (in take, in order). */
typedef struct log_sink {
    const dataset *ds;
    const log_patterns *patterns;
    const zone *zone;
    int at, fields[LOG_FIELDS];         /* of the dataset; -1: the model has none */
    bool number[LOG_FIELDS];
    unsigned texts;                     /* bit f: field f is a column of texts */
    batch_pool *batches;
    log_counts counts;
} log_sink;
sla_status log_sink_open(log_sink *s, const input *in, err *e);         /* the model must have a dataset log with a time at */
void log_sink_close(log_sink *s);
void log_sink_restart(log_sink *s);                                     /* the file is read once more: forgets the counts */
sla_status log_sink_take(log_sink *s, block *b, err *e);                 /* adds up b->extra */
void log_sink_drop(block *b);
void log_sink_notes(const log_sink *s, buf *out);                        /* repetitions, broken priorities, what no pattern knows */

/* What the file cannot prove: local times that occur twice or never. The other part of importer_kind.caveats. */
sla_status log_sink_caveats(const log_sink *s, store *st, int64_t source, err *e);

/* A block's own: one thread. */
typedef struct log_writer {
    log_sink *sink;
    block *b;
    batch *out;
    log_matcher *m;
    log_counts *counts;
    log_clock clock;
    arena scratch;                      /* for values of the record at hand; emptied by the caller */
    arena names;                        /* of the programs that stood in texts which went */
    slice program, source; int program_id;
    bool over_lines;                    /* set by the caller: what is put has a message over several lines, which patterns for one line may not know */
    log_around around;
    uint8_t templates[LOG_MADE_FORMS];  /* by a form's number, that of its template in out; 0: not added yet */
    struct pending *pending;            /* events that wait to be written, column by column */
    uint32_t *codes;                    /* of the patterns' own texts in out, by field and rule; DICT_NONE: not looked up yet */
} log_writer;
sla_status log_writer_begin(log_writer *w, log_sink *s, block *b);
/* Finds out what the record means and adds it, times times. f's texts must live until log_writer_settle or log_writer_end unless they are in f->scratch; its time must have a year. A record whose day is none is rejected. */
sla_status log_writer_put(log_writer *w, log_framed *f, uint32_t line, uint32_t times, slice whole);
/* A line that cannot be an event. */
sla_status log_writer_reject(log_writer *w, uint32_t line, slice text, const char *reason);
/* Writes what waits: texts put so far need not live any longer. */
sla_status log_writer_settle(log_writer *w);
/* Hands the counts over to the block, or frees all when st is an error; returns st, told in e: SLA_NOMEM also where values in scratch or composed texts are not what they were to be. */
sla_status log_writer_end(log_writer *w, sla_status st, err *e);
void log_framed_reset(log_framed *f);
/* "message repeated 5 times: [ Failed password …]": the message within and how often it came; else 1. */
uint32_t log_repeated(slice *message);
#endif
