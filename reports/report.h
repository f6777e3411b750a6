/* The reports of one run: audit-, kpi- and staff-PERIOD as .pdf and .xlsx, results-PERIOD.json and findings-PERIOD.ndjson. The same result gives the same
 * bytes on any day and any machine that has the same font: dates come from the period's end, no path and no clock gets in. */
#ifndef SLA_REPORTS_REPORT_H
#define SLA_REPORTS_REPORT_H
#include <stdbool.h>
#include "engine/audit/result.h"
#include "engine/base/buf.h"

enum { REPORT_AUDIT = 1, REPORT_KPI = 2, REPORT_STAFF = 4, REPORT_ALL_KINDS = 7 };
enum { REPORT_PDF = 1, REPORT_XLSX = 2, REPORT_JSON = 4, REPORT_ALL_FORMATS = 7, REPORT_HTML = 8, REPORT_OSCAL = 16 /* the last two on request only */ };
typedef enum report_paper { REPORT_A4, REPORT_LETTER } report_paper;
typedef struct report_options {
    unsigned kinds, formats;         /* sets of the above; 0: all of REPORT_ALL_… */
    const char *lang;                /* of texts.h; NULL: zh */
    const char *out;                 /* folder, made if missing; NULL or "": where the program stands */
    const char *font, *font_bold;    /* TrueType files to set the PDFs in; NULL: chosen (font.h). font without font_bold: bold is the file beside it, if any */
    report_paper paper;
    size_t sheet_rows;               /* for tests: rows of a table on one sheet of a workbook; 0: as many as there is room for */
    bool one_person;                 /* the result holds one person: no page about the team */
} report_options;

/* Writes the files asked for. JSON is written whenever asked for, whatever the kinds. REPORT_HTML is one page, report-PERIOD.html, of the audit and KPI reports among the
 * kinds; figures about single people do not go into a page that is passed around. REPORT_OSCAL is
 * oscal-PERIOD.json (oscal.h). Each file is whole or not there: temporary name, then renamed.
 * notes (may be NULL): lines for people: files written, characters the font lacks. Nothing is written for a kind whose building failed.
 * Errors SLA_IO (cannot write), SLA_NAME (a text or font is missing), SLA_UNKNOWN_FORMAT (a font that cannot be used), SLA_NOMEM. */
sla_status report_write(const audit_result *r, const report_options *o, buf *notes, err *e);

/* The two machine-readable ones, appended to out. */
sla_status report_json(const audit_result *r, bool english, buf *out, err *e);
sla_status report_ndjson(const audit_result *r, bool english, buf *out, err *e);
#endif
