#include "importers/logkind.h"
#include <stdio.h>
#include <string.h>
#include "engine/base/dict.h"
#include "engine/base/mem.h"
#include "importers/logclf.h"
#include "importers/logrecords.h"

enum { MESSAGE_MADE = 1000 };
_Static_assert((int)CLF_PARTS <= (int)LOG_GROUPS_MAX, "a line's texts have room for the parts of the common log format");

/* ---- loading ---- */
log_kinds *log_kinds_new(arena *mem)
{
    log_kinds *k = mem_zero(1, sizeof *k);
    if (k) k->mem = mem;
    return k;
}

void log_kinds_free(log_kinds *k)
{
    if (!k) return;
    for (size_t i = 0; i < k->nlines; i++) {
        log_regex_clear(&k->lines[i].re);
        log_regex_clear(&k->lines[i].begin);
        log_regex_clear(&k->lines[i].skip);
    }
    for (size_t i = 0; i < k->nrecords; i++) {
        log_regex_clear(&k->records[i].re);
        log_regex_clear(&k->records[i].skip);
    }
    mem_free(k->lines);
    mem_free(k->records);
    mem_free(k);
}

static void find_uses(log_kind *k, const log_patterns *p)
{
    slice program = k->program.len ? k->program : k->g_program ? (slice){0} : k->name;
    for (size_t g = 0; g < k->re.ngroups; g++) {
        slice name = k->re.names[g];
        log_use u = {k->place[g], (int8_t)log_field_by_name(name), k->re.numbers[g] == k->g_message, log_patterns_ask(p, program, &name), name};
        if (u.field >= 0 || u.asked) k->uses[k->nuses++] = u;
    }
}

void log_kinds_asked(log_kinds *ks, const log_patterns *p)
{
    for (size_t i = 0; i < ks->nlines; i++) find_uses(&ks->lines[i], p);
}

static sla_status names(arena *a, const ynode *n, log_names *out)
{
    size_t count = !n ? 0 : n->kind == YNODE_LIST ? n->n : 1;
    out->items = ARENA_NEW(a, slice, count ? count : 1);
    if (!out->items) return SLA_NOMEM;
    for (size_t i = 0; i < count; i++) out->items[out->n++] = n->kind == YNODE_LIST ? n->items[i]->text : n->text;
    return SLA_OK;
}

static bool has_year(slice form)
{
    for (size_t i = 0; i + 1 < form.len; i++)
        if (form.ptr[i] == '%' && strchr("Yysx", form.ptr[i + 1])) return true;
    return false;
}

static sla_status load_common(log_kinds *ks, const ynode *n, slice source, log_kind *k, errlist *errors)
{
    const ynode *at = yaml_get(n, "zone");
    k->utc = at && slice_is(at->text, "UTC");
    if (at && !k->utc) errlist_add(errors, SLA_TYPE, at->at, "a kind's zone can only be UTC; other times are the workspace's");
    const ynode *title = yaml_get(n, "title");
    k->name = n->key;
    k->title = title && title->kind == YNODE_MAP ? yaml_text(title, "en", n->key) : title ? title->text : n->key;
    k->source = source;
    k->examples = yaml_get(n, "examples");
    TRY(names(ks->mem, yaml_get(n, "time"), &k->times));
    k->clf = k->times.n && slice_is(k->times.items[0], "%d/%b/%Y:%H:%M:%S %z");
    for (size_t i = 0; i < k->times.n; i++) k->yearless = k->yearless || !has_year(k->times.items[i]);
    return SLA_OK;
}

static void read_groups(log_kind *k)
{
    for (size_t i = 0; i < k->re.ngroups; i++) {
        slice g = k->re.names[i];
        uint32_t no = k->re.numbers[i];
        k->place[i] = (uint8_t)i;
        if (slice_is(g, "at")) k->g_at = no;
        else if (slice_is(g, "at_clock")) k->g_clock = no;
        else if (slice_is(g, "at_zone")) k->g_zone = no;
        else if (slice_is(g, "program")) k->g_program = no;
        else if (slice_is(g, "message")) k->g_message = no;
    }
}

static void load_form(log_kind *k, const ynode *form, errlist *errors)
{
    if (!form) return;
    k->common = slice_is(form->text, "common");
    if (!k->common) errlist_add(errors, SLA_SYNTAX, form->at, "'form' is common");
    for (size_t i = 0; k->common && i < k->re.ngroups; i++) {
        int part = log_clf_by_name(k->re.names[i]);
        if (part < 0) errlist_add(errors, SLA_NAME, form->at, "the common log format has no part '%.*s', for which 'match' has a group", SLICE_ARG(k->re.names[i]));
        else k->place[i] = (uint8_t)part;
    }
}

static sla_status load_line(log_kinds *ks, const ynode *n, slice source, errlist *errors)
{
    static const char *const keys[] = {"title", "match", "begin", "skip", "time", "zone", "form", "program", "more", "headed", "split", "examples", NULL};
    yaml_check_keys(n, keys, errors);
    if (mem_grow(&ks->lines, &ks->lines_cap, ks->nlines + 1, sizeof *ks->lines)) return SLA_NOMEM;
    log_kind *k = &ks->lines[ks->nlines++];
    *k = (log_kind){0};
    const ynode *match = yaml_get(n, "match"), *more = yaml_get(n, "more"), *headed = yaml_get(n, "headed"), *begin = yaml_get(n, "begin"), *skip = yaml_get(n, "skip");
    slice split = yaml_text(n, "split", SLICE_LIT(""));
    if (more && !yaml_bool(more, &k->more)) errlist_add(errors, SLA_TYPE, more->at, "'more' is true or false");
    if (headed && !yaml_bool(headed, &k->headed)) errlist_add(errors, SLA_TYPE, headed->at, "'headed' is true or false");
    k->split = slice_is(split, "kv") ? SPLIT_KV : slice_is(split, "cef") ? SPLIT_CEF : SPLIT_NONE;
    if (split.len && !k->split) errlist_add(errors, SLA_SYNTAX, yaml_get(n, "split")->at, "'split' is kv or cef");
    k->program = yaml_text(n, "program", (slice){0});
    TRY(load_common(ks, n, source, k, errors));
    const ynode *const texts[] = {match, begin, skip};
    log_regex *const expressions[] = {&k->re, &k->begin, &k->skip};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i]) log_regex_compile(expressions[i], texts[i], ks->mem, errors), log_regex_ready(expressions[i]); /* each file is held against all kinds */
    k->more = k->more || begin;
    read_groups(k);
    load_form(k, yaml_get(n, "form"), errors);
    if (!match || (k->re.code && !k->g_at)) errlist_add(errors, SLA_SYNTAX, n->at, "a kind of lines needs 'match' with a group 'at'");
    if (!k->examples || k->examples->n == 0) errlist_add(errors, SLA_SYNTAX, n->at, "a kind of lines needs at least one example");
    return SLA_OK;
}

/* {key: text, key: [text, …]} as pairs. */
static sla_status load_pairs(log_kinds *ks, const ynode *fields, log_pair **out, size_t *count)
{
    size_t n = 0;
    for (size_t i = 0; fields && i < fields->n; i++) n += fields->items[i]->kind == YNODE_LIST ? fields->items[i]->n : 1;
    *out = ARENA_NEW(ks->mem, log_pair, n ? n : 1);
    if (!*out) return SLA_NOMEM;
    for (size_t i = 0; fields && i < fields->n; i++) {
        const ynode *f = fields->items[i];
        for (size_t j = 0; j < (f->kind == YNODE_LIST ? f->n : 1); j++) (*out)[(*count)++] = (log_pair){f->key, f->kind == YNODE_LIST ? f->items[j]->text : f->text};
    }
    return SLA_OK;
}

static sla_status load_by(log_kinds *ks, const ynode *n, log_kind *k, errlist *errors)
{
    if (!n) return SLA_OK;
    if (n->kind != YNODE_MAP || n->n != 1 || n->items[0]->kind != YNODE_MAP) return errlist_add(errors, SLA_SYNTAX, n->at, "program_by names one value of the record, and for each program what it is then"), SLA_OK;
    k->by = n->items[0]->key;
    return load_pairs(ks, n->items[0], &k->programs_by, &k->nby);
}

static sla_status load_record(log_kinds *ks, const ynode *n, slice source, errlist *errors)
{
    static const char *const keys[] = {"title", "has", "each", "element", "wrapped", "part", "skip", "at", "clock", "time", "zone", "host", "program", "program_by", "message", "json", "fields", "lines", "generic", "only", "examples", NULL};
    yaml_check_keys(n, keys, errors);
    if (mem_grow(&ks->records, &ks->records_cap, ks->nrecords + 1, sizeof *ks->records)) return SLA_NOMEM;
    log_kind *k = &ks->records[ks->nrecords++];
    *k = (log_kind){0};
    TRY(load_common(ks, n, source, k, errors));
    const ynode *lines = yaml_get(n, "lines");
    k->timed = lines && slice_is(lines->text, "timed");
    k->lines = k->timed;
    if (lines && !k->timed && !yaml_bool(lines, &k->lines)) errlist_add(errors, SLA_TYPE, lines->at, "'lines' is true, timed or false");
    k->each = yaml_text(n, "each", (slice){0});
    k->element = yaml_text(n, "element", (slice){0});
    const ynode *wrapped = yaml_get(n, "wrapped"), *skip = yaml_get(n, "skip"), *generic = yaml_get(n, "generic"), *only = yaml_get(n, "only"), *part = yaml_get(n, "part");
    if (generic && !yaml_bool(generic, &k->generic)) errlist_add(errors, SLA_TYPE, generic->at, "'generic' is true or false");
    if (only && !yaml_bool(only, &k->only)) errlist_add(errors, SLA_TYPE, only->at, "'only' is true or false");
    double bytes = 0;
    if (part && (!yaml_number(part, &bytes) || bytes < 1 || bytes > 1 << 20)) errlist_add(errors, SLA_TYPE, part->at, "'part' is a number of bytes, of at most 1 MiB");
    else k->part = (size_t)bytes;
    if (wrapped) log_regex_compile(&k->re, wrapped, ks->mem, errors), log_regex_ready(&k->re);
    if (skip) log_regex_compile(&k->skip, skip, ks->mem, errors), log_regex_ready(&k->skip);
    TRY(names(ks->mem, yaml_get(n, "has"), &k->has));
    TRY(names(ks->mem, yaml_get(n, "at"), &k->at));
    TRY(names(ks->mem, yaml_get(n, "clock"), &k->clock));
    TRY(names(ks->mem, yaml_get(n, "host"), &k->host));
    TRY(names(ks->mem, yaml_get(n, "program"), &k->programs));
    TRY(names(ks->mem, yaml_get(n, "message"), &k->message));
    TRY(names(ks->mem, yaml_get(n, "json"), &k->json));
    TRY(load_pairs(ks, yaml_get(n, "fields"), &k->also, &k->nalso));
    TRY(load_by(ks, yaml_get(n, "program_by"), k, errors));
    if (k->has.n == 0 || k->at.n == 0) errlist_add(errors, SLA_SYNTAX, n->at, "a kind of records needs 'has' and 'at'");
    if (!k->examples || k->examples->n == 0) errlist_add(errors, SLA_SYNTAX, n->at, "a kind of records needs at least one example");
    return SLA_OK;
}

sla_status log_kinds_load(log_kinds *k, const ynode *root, slice source, errlist *errors)
{
    const ynode *lines = yaml_get(root, "lines"), *records = yaml_get(root, "records");
    for (size_t i = 0; lines && i < lines->n; i++) TRY(load_line(k, lines->items[i], source, errors));
    for (size_t i = 0; records && i < records->n; i++) TRY(load_record(k, records->items[i], source, errors));
    return SLA_OK;
}

/* ---- pairs ---- */
slice log_pair_get(const log_pair *pairs, size_t n, slice name)
{
    for (size_t i = 0; i < n; i++) {
        slice path = pairs[i].name;
        if (path.len < name.len || memcmp(path.ptr + path.len - name.len, name.ptr, name.len) != 0) continue;
        if ((path.len == name.len || path.ptr[path.len - name.len - 1] == '.') && !log_value_missing(pairs[i].value)) return pairs[i].value;
    }
    return (slice){0};
}

void log_pair_add(log_framed *f, slice name, slice value)
{
    if (f->n < LOG_PAIRS_MAX) f->pairs[f->n++] = (log_pair){name, value};
}

slice log_pairs_text(const log_framed *f, size_t max)
{
    char *out = f->scratch ? arena_alloc(f->scratch, max + 1, 1) : NULL;
    size_t n = 0;
    for (size_t i = 0; out && i < f->n && n < max; i++) {
        slice name = f->pairs[i].name, value = f->pairs[i].value, part[] = {SLICE_LIT(" "), name, SLICE_LIT("="), value};
        const char *dot = NULL;
        for (size_t k = 0; k < name.len; k++)
            if (name.ptr[k] == '.') dot = name.ptr + k;
        if (dot) part[1] = (slice){dot + 1, (size_t)(name.ptr + name.len - dot) - 1};
        if (log_value_missing(value)) continue;
        for (size_t k = n ? 0 : 1; k < 4; k++) {
            size_t fit = part[k].len < max - n ? part[k].len : max - n;
            if (fit) memcpy(out + n, part[k].ptr, fit);
            n += fit;
        }
    }
    while (n == max && n && ((unsigned char)out[n - 1] & 0xC0) == 0x80) n--; /* not in the middle of a character */
    if (n && n + 4 > max && (unsigned char)out[n - 1] >= 0xC0) n--;
    return out ? (slice){out, n} : (slice){0};
}

static bool name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; }

/* Without the backslashes that escape; \n and the like become what they mean. */
static slice unescape(log_framed *f, slice s)
{
    if (!memchr(s.ptr, '\\', s.len) || !f->scratch) return s;
    char *out = arena_alloc(f->scratch, s.len, 1);
    size_t n = 0;
    for (size_t i = 0; out && i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '\\' && i + 1 < s.len && strchr("\\\"'=|]nrt", s.ptr[i + 1])) {
            c = s.ptr[++i];
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        }
        out[n++] = c;
    }
    return out ? (slice){out, n} : s;
}

void log_split_kv(slice text, log_framed *f)
{
    const char *p = text.ptr, *end = p + text.len;
    while (p < end) {
        while (p < end && !name_char(*p)) p++;
        const char *name = p;
        while (p < end && name_char(*p)) p++;
        if (p == end || *p != '=') continue;
        slice key = {name, (size_t)(p - name)}, value;
        p++;
        if (p < end && (*p == '"' || *p == '\'')) {
            char quote = *p++;
            value.ptr = p;
            while (p < end && *p != quote) p += *p == '\\' && p + 1 < end ? 2 : 1;
            if (p > end) p = end;
            value = unescape(f, (slice){value.ptr, (size_t)(p - value.ptr)});
            if (p < end) p++;
        } else {
            value.ptr = p;
            while (p < end && *p != ' ' && *p != '\t' && *p != ',' && *p != ';' && *p != '\n') p++;
            value.len = (size_t)(p - value.ptr);
        }
        log_pair_add(f, key, value);
    }
}

/* ---- CEF: ArcSight Common Event Format, revision 25: seven header parts by '|', then pairs whose values may hold blanks ---- */
static const char *cef_header(const char *p, const char *end, slice *out)
{
    const char *from = p;
    for (; p < end && *p != '|'; p++)
        if (*p == '\\' && p + 1 < end) p++;
    *out = (slice){from, (size_t)((p < end ? p : end) - from)};
    return p < end ? p + 1 : end;
}

/* Where the next "name=" begins that ends the value at p; an escaped '=' is part of it. */
static const char *cef_value_end(const char *p, const char *end)
{
    const char *stop = end;
    for (const char *q = p; q < end; q++) {
        if (*q == '\\' && q + 1 < end) q++;
        else if (*q == '=') {
            const char *name = q;
            while (name > p && name_char(name[-1])) name--;
            if (name == q || name == p || name[-1] != ' ') continue;
            stop = name;
            break;
        }
    }
    return stop;
}

/* cs1=x cs1Label=Host: "Host" is a name for x too. */
static void cef_labels(log_framed *f, size_t from)
{
    for (size_t i = from, n = f->n; i < n; i++) {
        slice name = f->pairs[i].name;
        if (name.len < 6 || memcmp(name.ptr + name.len - 5, "Label", 5) != 0) continue;
        for (size_t k = from; k < n; k++)
            if (slice_eq(f->pairs[k].name, (slice){name.ptr, name.len - 5})) log_pair_add(f, f->pairs[i].value, f->pairs[k].value);
    }
}

/* Where what begins in text; NULL: nowhere. */
static const char *find(slice text, slice what)
{
    const char *p = text.ptr, *end = p + text.len;
    while (p && (size_t)(end - p) >= what.len && memcmp(p, what.ptr, what.len) != 0) p = (size_t)(end - p) > what.len ? memchr(p + 1, what.ptr[0], (size_t)(end - p) - what.len) : NULL;
    return p && (size_t)(end - p) >= what.len ? p : NULL;
}

/* Of a value in double quotes, as some products write it, what stands within. */
static slice unquoted(slice s)
{
    s = slice_trim(s);
    bool quoted = s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"' && !memchr(s.ptr + 1, '"', s.len - 2);
    return quoted ? (slice){s.ptr + 1, s.len - 2} : s;
}

/* name=value parted by blanks; a value may hold blanks, and ends where the next name= begins. */
static void cef_pairs(const char *p, const char *end, log_framed *f)
{
    size_t from = f->n;
    while (p < end) {
        while (p < end && *p == ' ') p++;
        const char *name = p;
        while (p < end && name_char(*p)) p++;
        if (p == end || *p != '=') {
            p += p < end;
            continue;
        }
        const char *value = ++p;
        p = cef_value_end(p, end);
        log_pair_add(f, (slice){name, (size_t)(value - name) - 1}, unescape(f, unquoted((slice){value, (size_t)(p - value)})));
    }
    cef_labels(f, from);
}

bool log_split_cef(slice text, log_framed *f)
{
    static const char *const heads[] = {"cef_vendor", "cef_product", "cef_version", "cef_id", "cef_name", "cef_severity"};
    const char *p = find(text, SLICE_LIT("CEF:")), *end = text.ptr + text.len;
    slice part;
    if (!p || end - p <= 6) return false;
    p = cef_header(p + 4, end, &part);
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        p = cef_header(p, end, &part);
        log_pair_add(f, slice_of(heads[i]), unescape(f, part));
    }
    cef_pairs(p, end, f);
    return true;
}

/* ---- LEEF: QRadar's Log Event Extended Format 1.0 and 2.0: five header parts by '|', in 2.0 the delimiter as a sixth, then pairs with a delimiter between ---- */
/* "^", "x5E" or "0x5E"; a tab where none is named. out: room for one character. */
static slice leef_delimiter(slice named, char *out)
{
    unsigned v = 0;
    size_t i = named.len > 1 && named.ptr[0] == '0' ? 1 : 0;
    *out = named.len == 1 ? named.ptr[0] : '\t';
    for (i++; named.len > 1 && i < named.len && i < 6; i++) {
        char c = (char)(named.ptr[i] | 32);
        v = v * 16 + (unsigned)(c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= '0' && c <= '9' ? c - '0' : 0);
    }
    if (v > 0 && v < 128) *out = (char)v;
    return (slice){out, 1};
}

/* A tab may have become #011, as rsyslog writes it, or blanks, which is what CEF has. */
static void leef_pairs(slice text, slice delimiter, log_framed *f)
{
    static const slice escaped = {"#011", 4};
    const char *p = text.ptr, *end = p + text.len;
    if (delimiter.ptr[0] == '\t' && !memchr(p, '\t', text.len)) {
        if (!find(text, escaped)) {
            cef_pairs(p, end, f);
            return;
        }
        delimiter = escaped;
    }
    for (slice rest = text; rest.len;) {
        const char *stop = find(rest, delimiter);
        slice pair = {rest.ptr, stop ? (size_t)(stop - rest.ptr) : rest.len};
        const char *equals = pair.len ? memchr(pair.ptr, '=', pair.len) : NULL;
        if (equals) log_pair_add(f, slice_trim((slice){pair.ptr, (size_t)(equals - pair.ptr)}), unquoted((slice){equals + 1, (size_t)(pair.ptr + pair.len - equals) - 1}));
        rest = stop ? (slice){stop + delimiter.len, (size_t)(end - stop) - delimiter.len} : (slice){0};
    }
}

bool log_split_leef(slice text, log_framed *f)
{
    static const char *const heads[] = {"cef_vendor", "cef_product", "cef_version", "cef_id"};
    const char *p = find(text, SLICE_LIT("LEEF:")), *end = text.ptr + text.len;
    slice part, id = {0}, delimiter = {0}, action;
    char one;
    if (!p || end - p <= 7) return false;
    p = cef_header(p + 5, end, &part);
    bool second = part.len && part.ptr[0] == '2';
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        p = cef_header(p, end, &id);
        log_pair_add(f, slice_of(heads[i]), id);
    }
    log_pair_add(f, SLICE_LIT("cef_name"), id);
    const char *after = second ? cef_header(p, end, &delimiter) : p;
    bool is = second && delimiter.len <= 6 && (delimiter.len <= 1 || !memchr(delimiter.ptr, '=', delimiter.len));
    leef_pairs(is ? (slice){after, (size_t)(end - after)} : (slice){p, (size_t)(end - p)}, leef_delimiter(is ? delimiter : (slice){0}, &one), f);
    if ((action = log_pair_get(f->pairs, f->n, SLICE_LIT("action"))).len) log_pair_add(f, SLICE_LIT("act"), action);
    return true;
}

/* ---- frames ---- */
/* Seconds since 1970 in hexadecimal, as Proxmox writes them. */
static bool hex_time(slice text, log_time *out)
{
    char decimal[24];
    int64_t v = 0;
    if (!text.len || text.len > 12) return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)(text.ptr[i] | 32);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) return false;
        v = v * 16 + digit;
    }
    int n = snprintf(decimal, sizeof decimal, "%lld", (long long)v);
    return log_time_parse(SLICE_LIT("%s"), (slice){decimal, (size_t)n}, out);
}

static bool read_time(const log_kind *k, slice text, log_time *out)
{
    if (k->clf && log_time_clf(text, out)) return true;
    bool is = false;
    for (size_t i = 0; i < k->times.n && !is; i++) is = slice_is(k->times.items[i], "%x") ? hex_time(text, out) : log_time_parse(k->times.items[i], text, out);
    is = is || log_time_any(text, out);
    if (is && k->utc) out->has_offset = true;
    return is;
}

/* at with more behind it and a blank between; both: room of n bytes. */
static slice joined(slice at, slice more, char *both, size_t n)
{
    if (!at.len || !more.len || at.len + more.len + 1 >= n) return at;
    memmove(both, at.ptr, at.len);
    both[at.len] = ' ';
    memcpy(both + at.len + 1, more.ptr, more.len);
    return (slice){both, at.len + more.len + 1};
}

bool log_line_begins(const log_kind *k, log_regex_state *s, slice line) { return log_regex_match(k->begin.code ? &k->begin : &k->re, s, line); }
bool log_line_skipped(const log_kind *k, log_regex_state *s, slice line) { return k->skip.code && log_regex_match(&k->skip, s, line); }

static bool cut_by_match(const log_kind *k, log_regex_state *s, slice line, slice *texts, log_time *time)
{
    char both[96];
    if (!log_regex_match(&k->re, s, line)) return false;
    slice at = log_regex_group(s, line, k->g_at);
    if (k->g_clock) at = joined(at, log_regex_group(s, line, k->g_clock), both, sizeof both);
    if (k->g_zone) at = joined(at, log_regex_group(s, line, k->g_zone), both, sizeof both);
    if (!read_time(k, at, time)) return false;
    for (size_t i = 0; i < k->re.ngroups; i++) texts[k->place[i]] = log_regex_group(s, line, k->re.numbers[i]);
    return true;
}

bool log_frame_line(const log_kind *k, log_regex_state *s, slice line, log_framed *f)
{
    slice texts[LOG_GROUPS_MAX];
    if (!(k->common && log_clf_cut(line, slice_readable(line, f->around), texts, &f->time)) && !cut_by_match(k, s, line, texts, &f->time)) return false;
    f->source = k->source;
    f->ev.v[LOG_PROGRAM] = k->program.len ? k->program : k->name;
    f->ev.v[LOG_MESSAGE] = line;
    for (const log_use *u = k->uses, *end = u + k->nuses; u < end; u++) {
        slice v = texts[u->place];
        if (u->field >= 0 && (v.len || u->always) && !log_field_missing((log_field)u->field, v)) f->ev.v[u->field] = v;
        if (u->asked) log_pair_add(f, u->name, v);
    }
    if (k->program.len) f->ev.v[LOG_PROGRAM] = k->program;
    if (k->split == SPLIT_KV) log_split_kv(f->ev.v[LOG_MESSAGE], f);
    return k->split != SPLIT_CEF || log_split_cef(f->ev.v[LOG_MESSAGE], f);
}

static slice first_of(const log_names *list, const log_framed *f)
{
    slice found = {0};
    for (size_t i = 0; i < list->n && !found.len; i++) found = log_pair_get(f->pairs, f->n, list->items[i]);
    return found;
}

static bool named(const log_pair *pairs, size_t n, slice name)
{
    for (size_t j = 0; j < n; j++) {
        slice path = pairs[j].name;
        if (path.len >= name.len && memcmp(path.ptr + path.len - name.len, name.ptr, name.len) == 0 && (path.len == name.len || path.ptr[path.len - name.len - 1] == '.')) return true;
    }
    return false;
}

/* a|b|c: the next of them; rest goes behind it. */
static slice alternative(slice *rest)
{
    const char *bar = memchr(rest->ptr, '|', rest->len);
    slice name = {rest->ptr, bar ? (size_t)(bar - rest->ptr) : rest->len};
    *rest = (slice){rest->ptr + name.len + (bar != NULL), rest->len - name.len - (bar != NULL)};
    return name;
}

/* A name of has, or "column3" of a table's column without one. */
static bool of_has(const log_kind *k, slice name)
{
    static const char spare[] = "column";
    bool is = name.len > sizeof spare - 1 && memcmp(name.ptr, spare, sizeof spare - 1) == 0;
    for (size_t i = 0; i < k->has.n && !is; i++)
        for (slice rest = k->has.items[i]; rest.len && !is;) is = slice_eq(alternative(&rest), name);
    return is;
}

bool log_kind_has(const log_kind *k, const log_pair *pairs, size_t n)
{
    for (size_t i = 0; i < k->has.n; i++) {
        bool there = false;
        for (slice rest = k->has.items[i]; rest.len && !there;) there = named(pairs, n, alternative(&rest));
        if (!there) return false;
    }
    for (size_t i = 0; k->only && i < n; i++)
        if (!of_has(k, pairs[i].name)) return false;
    return true;
}

/* 0001-01-01, 1900-01-01 and 0 are how programs write that there is none yet, such as the end of what still runs. */
static bool no_time_yet(const log_time *t) { return t->year && t->year <= 1970; }

/* By one of the kind's forms, or one that is plain to everybody; a day with the time of day of its own name. */
static bool record_time(const log_kind *k, log_framed *f)
{
    char both[96];
    log_time later;
    slice at = first_of(&k->at, f), clock = k->clock.n && !memchr(at.ptr ? at.ptr : "", ':', at.len) ? first_of(&k->clock, f) : (slice){0};
    slice whole = joined(at, clock, both, sizeof both);
    if (read_time(k, whole, &f->time)) {
        for (size_t i = 0; no_time_yet(&f->time) && i < k->at.n; i++)
            if (read_time(k, log_pair_get(f->pairs, f->n, k->at.items[i]), &later) && !no_time_yet(&later)) f->time = later;
        return true;
    }
    return clock.len && (log_time_any(clock, &f->time) || read_time(k, at, &f->time)); /* the clock is a whole time itself, or no time at all */
}

static bool fits(slice form, slice s)
{
    if (form.len != s.len) return false;
    for (size_t i = 0; i < s.len; i++)
        if (form.ptr[i] != '?' && form.ptr[i] != s.ptr[i]) return false;
    return true;
}

static slice program_by(const log_kind *k, const log_framed *f)
{
    slice v = k->nby ? log_pair_get(f->pairs, f->n, k->by) : (slice){0};
    for (size_t i = 0; v.len && i < k->nby; i++)
        if (fits(k->programs_by[i].value, v)) return k->programs_by[i].name;
    return k->name;
}

bool log_frame_wrapped(const log_kind *k, log_regex_state *s, slice line, log_framed *f)
{
    if (!k->re.code || !log_regex_match(&k->re, s, line)) return false;
    for (size_t i = 0; i < k->re.ngroups; i++) log_pair_add(f, k->re.names[i], log_regex_group(s, line, k->re.numbers[i]));
    return true;
}

/* What stands in the record as a text that is JSON itself, of a list its first object. One that is none says nothing by name. */
static void read_json(const log_kind *k, log_framed *f)
{
    for (size_t i = 0, n = f->n; i < k->json.n; i++) {
        slice v = log_pair_get(f->pairs, n, k->json.items[i]);
        size_t from = v.len && v.ptr[0] == '[';
        json_reader j = {.p = v.ptr + from, .end = v.ptr + v.len, .scratch = f->scratch};
        if (v.len) log_flatten_json(&j, f);
    }
}

bool log_frame_record(const log_kind *k, log_framed *f)
{
    read_json(k, f);
    for (size_t i = 0, n = f->n; i < k->nalso; i++) {
        slice v = log_pair_get(f->pairs, n, k->also[i].value);
        if (v.len) log_pair_add(f, k->also[i].name, v);
    }
    f->source = k->source;
    f->ev.v[LOG_HOST] = first_of(&k->host, f);
    f->ev.v[LOG_PROGRAM] = first_of(&k->programs, f);
    f->ev.v[LOG_MESSAGE] = first_of(&k->message, f);
    if (!f->ev.v[LOG_PROGRAM].len) f->ev.v[LOG_PROGRAM] = program_by(k, f);
    if (!f->ev.v[LOG_MESSAGE].len) f->ev.v[LOG_MESSAGE] = log_pairs_text(f, MESSAGE_MADE);
    return record_time(k, f);
}

/* ---- the kinds' own examples ---- */
static void check_time(const ynode *ex, const log_framed *f, errlist *errors)
{
    const ynode *at = yaml_get(ex, "at");
    log_time want, got = f->time;
    if (!at) return;
    if (!log_time_any(at->text, &want)) {
        errlist_add(errors, SLA_SYNTAX, at->at, "no time: %.*s", SLICE_ARG(at->text));
        return;
    }
    if (!got.year) got.year = want.year;
    log_clock none = {0};
    int64_t a, b;
    want.has_offset = got.has_offset = true; /* both as wall clocks, less the offsets they state */
    if (!log_time_utc(&want, &none, &a) || !log_time_utc(&got, &none, &b) || a != b)
        errlist_add(errors, SLA_CONFLICT, at->at, "the time is %04d-%02d-%02d and %lld ms, not %.*s", (int)got.year, (int)got.month, (int)got.day, (long long)got.ms, SLICE_ARG(at->text));
}

static void test_example(const log_patterns *p, log_matcher *m, const log_kind *k, bool line, const ynode *ex, errlist *errors)
{
    arena scratch = {0};
    log_framed *f = mem_zero(1, sizeof *f);
    const ynode *fields = yaml_get(ex, "fields");
    slice text = yaml_text(ex, "text", (slice){0}), source;
    if (!f) {
        errlist_add(errors, SLA_NOMEM, ex->at, "no memory to try the example");
        return;
    }
    f->scratch = &scratch;
    for (size_t i = 0; !line && fields && i < fields->n && i < LOG_PAIRS_MAX; i++) log_pair_add(f, fields->items[i]->key, fields->items[i]->text);
    bool ok = line ? log_frame_line(k, log_matcher_state(m), text, f) : (!text.len || log_frame_wrapped(k, log_matcher_state(m), text, f)) && log_kind_has(k, f->pairs, f->n) && log_frame_record(k, f);
    if (!ok) errlist_add(errors, SLA_CONFLICT, ex->at, "the kind does not take its example: %.*s", SLICE_ARG(text));
    else {
        log_record r = {f->ev.v[LOG_MESSAGE], f->pairs, f->n};
        check_time(ex, f, errors);
        log_match(m, log_program_find(p, f->ev.v[LOG_PROGRAM], &source), &r, &f->ev);
        log_example_check(p, ex, &f->ev, errors);
    }
    mem_free(f);
    arena_free(&scratch);
}

void log_kinds_test(const log_patterns *p, log_matcher *m, size_t *n, errlist *errors)
{
    const log_kinds *ks = log_patterns_kinds(p);
    for (size_t i = 0; i < ks->nlines; i++)
        for (size_t x = 0; ks->lines[i].examples && x < ks->lines[i].examples->n; x++, ++*n) test_example(p, m, &ks->lines[i], true, ks->lines[i].examples->items[x], errors);
    for (size_t i = 0; i < ks->nrecords; i++)
        for (size_t x = 0; ks->records[i].examples && x < ks->records[i].examples->n; x++, ++*n) test_example(p, m, &ks->records[i], false, ks->records[i].examples->items[x], errors);
}
