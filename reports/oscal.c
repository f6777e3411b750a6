/* A run as OSCAL assessment results. The schema allows no empty lists, so each list is written only where it has members. */
#include <stdarg.h>
#include <stdio.h>
#include "engine/base/digest.h"
#include "engine/base/jsonw.h"
#include "engine/base/utf8.h"
#include "engine/time/instant.h"
#include "reports/format.h"
#include "reports/oscal.h"

#define OSCAL_VERSION "1.1.2"
#define OWN_NS "https://slaudit.invalid/ns/oscal"     /* a name, not a place: properties that OSCAL has no word for */
/* the namespace of all our UUIDs, itself of version 5 in no namespace: fixed for ever */
static const unsigned char own_uuid[16] = {0x6b, 0x1d, 0x3c, 0x52, 0x90, 0x4e, 0x5f, 0x1a, 0xa4, 0x77, 0x0d, 0x2b, 0x58, 0xc3, 0x91, 0xee};

typedef struct oscal { jsonw w; buf line; const audit_result *r; zone *z; bool en; sla_status st; } oscal;
typedef struct uuid { char text[UUID_TEXT]; } uuid;

static uuid uuid_of(oscal *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static uuid uuid_of(oscal *o, const char *fmt, ...)
{
    char name[512];
    uuid u = {""};
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(name, sizeof name, fmt, ap);
    va_end(ap);
    sla_status st = n < 0 || (size_t)n >= sizeof name ? SLA_LIMIT : digest_uuid5(own_uuid, (slice){name, (size_t)n}, u.text);
    if (o->st == SLA_OK) o->st = st;
    return u;
}

static uuid observation_uuid(oscal *o, const res_finding *f) { return uuid_of(o, "observation/%s", f->fingerprint); }
static uuid source_uuid(oscal *o, int64_t id)
{
    for (size_t i = 0; i < o->r->nsources; i++)
        if (o->r->sources[i].id == id) return uuid_of(o, "source/%s/%.*s/%.*s/%.*s", o->r->sources[i].sha256, SLICE_ARG(o->r->sources[i].part), SLICE_ARG(o->r->sources[i].dataset), SLICE_ARG(o->r->sources[i].profile));
    return uuid_of(o, "source/unknown/%lld", (long long)id);
}
static uuid pack_uuid(oscal *o) { return uuid_of(o, "pack/%.*s", SLICE_ARG(o->r->pack_sha256)); }

static void kv_uuid(oscal *o, const char *key, uuid u) { jsonw_kv_text(&o->w, key, slice_of(u.text)); }

/* Text that must not be empty. */
static void kv_said(oscal *o, const char *key, slice s) { jsonw_kv_text(&o->w, key, s.len > 0 ? s : SLICE_LIT("–")); }

/* What a pattern of the schema takes for a blank or a break, which may neither begin nor end a string; breaks not stand in it either. */
static bool is_blank(uint32_t c)
{
    return (c >= '\t' && c <= '\r') || c == ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/* The schema's kind of string: one line; each run of blanks and breaks is a space, those at the ends go. */
static slice one_line(oscal *o, slice s)
{
    bool gap = false;
    buf_reset(&o->line);
    for (size_t i = 0, n; i < s.len; i += n) {
        uint32_t c;
        n = utf8_decode(s.ptr + i, s.len - i, &c);
        if (is_blank(c)) gap = o->line.len > 0;
        else {
            if (gap) buf_char(&o->line, ' ');
            gap = false;
            buf_bytes(&o->line, s.ptr + i, n);
        }
    }
    if (o->line.failed) o->st = SLA_NOMEM;
    return (slice){o->line.ptr, o->line.failed ? 0 : o->line.len};
}

static void kv_joined(oscal *o, const char *key, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void kv_joined(oscal *o, const char *key, const char *fmt, ...)
{
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);        /* ids, keys and short titles come here */
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len >= sizeof text)
        for (len = sizeof text - 1; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80; len--) {}    /* no character in halves */
    kv_said(o, key, one_line(o, (slice){text, len}));
}

#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"
/* Bytes that are not plain as mark and two hex digits. */
static void put_coded(buf *b, slice s, const char *plain, char mark)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c != '\0' && strchr(plain, c) != NULL) buf_char(b, (char)c);
        else buf_printf(b, "%c%02X", mark, c);
    }
}

/* An id as token: clause-4.1. */
static void kv_token(oscal *o, const char *key, const char *kind, slice id)
{
    buf b = {0};
    buf_printf(&b, "%s-", kind);
    put_coded(&b, id, PLAIN, '_');
    jsonw_kv_text(&o->w, key, (slice){b.ptr, b.len});
    if (b.failed) o->st = SLA_NOMEM;
    buf_free(&b);
}

/* Local time; UTC where the zone's offset is none of whole hours, since the schema knows only some of those. */
static void kv_time(oscal *o, const char *key, int64_t at)
{
    buf b = {0};
    if (zone_offset_ms(o->z, at) % MS_HOUR == 0) format_iso(&b, o->z, at);
    else {
        time_print_local(&b, at), buf_char(&b, 'Z');
        if (!b.failed) b.ptr[10] = 'T';
    }
    jsonw_kv_text(&o->w, key, (slice){b.ptr, b.len});
    if (b.failed) o->st = SLA_NOMEM;
    buf_free(&b);
}

/* No property without a value. */
static void prop(oscal *o, const char *name, slice value)
{
    value = one_line(o, value);
    if (value.len == 0) return;
    jsonw_open(&o->w, '{');
    jsonw_kv_text(&o->w, "name", slice_of(name)), jsonw_kv_text(&o->w, "ns", SLICE_LIT(OWN_NS)), jsonw_kv_text(&o->w, "value", value);
    jsonw_close(&o->w, '}');
}

static void prop_int(oscal *o, const char *name, int64_t v)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)v);
    prop(o, name, slice_of(text));
}

static void prop_share(oscal *o, const char *name, double v)
{
    char text[32];
    snprintf(text, sizeof text, "%.6f", v);
    prop(o, name, slice_of(text));
}

static void begin(oscal *o, const char *key, char bracket) { jsonw_key(&o->w, key), jsonw_open(&o->w, bracket); }
static void end(oscal *o, char bracket) { jsonw_close(&o->w, bracket); }

static void reference(oscal *o, const char *list, const char *key, uuid u)
{
    begin(o, list, '[');
    jsonw_open(&o->w, '{'), kv_uuid(o, key, u), end(o, '}');
    end(o, ']');
}

/* ---- head ---- */
static void put_metadata(oscal *o)
{
    const audit_result *r = o->r;
    uuid party = uuid_of(o, "party/%.*s", SLICE_ARG(r->tool_name));
    begin(o, "metadata", '{');
    kv_joined(o, "title", "%.*s – %.*s", SLICE_ARG(bitext_in(r->pack_title, o->en)), SLICE_ARG(r->period_id));
    kv_time(o, "last-modified", r->as_of);
    kv_joined(o, "version", "%.*s-run%lld", SLICE_ARG(r->period_id), (long long)r->run);
    jsonw_kv_text(&o->w, "oscal-version", SLICE_LIT(OSCAL_VERSION));
    begin(o, "props", '[');
    prop(o, "run-digest", r->digest), prop(o, "trail-head", r->trail_head), prop(o, "pack-sha256", r->pack_sha256), prop(o, "tool-version", r->tool_version);
    end(o, ']');
    begin(o, "roles", '[');
    jsonw_open(&o->w, '{'), jsonw_kv_text(&o->w, "id", SLICE_LIT("assessor")), jsonw_kv_text(&o->w, "title", SLICE_LIT("Assessor")), end(o, '}');
    end(o, ']');
    begin(o, "parties", '[');
    jsonw_open(&o->w, '{'), kv_uuid(o, "uuid", party), jsonw_kv_text(&o->w, "type", SLICE_LIT("organization")), kv_joined(o, "name", "%.*s", SLICE_ARG(r->tool_name)), end(o, '}');
    end(o, ']');
    begin(o, "responsible-parties", '[');
    jsonw_open(&o->w, '{'), jsonw_kv_text(&o->w, "role-id", SLICE_LIT("assessor"));
    begin(o, "party-uuids", '['), jsonw_text(&o->w, slice_of(party.text)), end(o, ']');
    end(o, '}'), end(o, ']'), end(o, '}');
}

static bool assessed(const res_clause *c) { return c->assessed > 0; }

static void put_controls(oscal *o)
{
    size_t n = 0;
    for (size_t i = 0; i < o->r->nclauses; i++) n += assessed(&o->r->clauses[i]);
    begin(o, "reviewed-controls", '{');
    begin(o, "control-selections", '[');
    jsonw_open(&o->w, '{');
    kv_joined(o, "description", "%zu of %zu clauses were assessed; the others are observations of type not-assessed", n, o->r->nclauses);
    if (n > 0) begin(o, "include-controls", '[');
    for (size_t i = 0; i < o->r->nclauses; i++)
        if (assessed(&o->r->clauses[i])) jsonw_open(&o->w, '{'), kv_token(o, "control-id", "clause", o->r->clauses[i].id), end(o, '}');
    if (n > 0) end(o, ']');
    end(o, '}'), end(o, ']'), end(o, '}');
}

/* ---- observations ---- */
static void put_evidence(oscal *o, const res_finding *f)
{
    if (f->nevidence == 0) return;
    begin(o, "relevant-evidence", '[');
    for (size_t i = 0; i < f->nevidence; i++) {
        jsonw_open(&o->w, '{');
        kv_joined(o, "href", "#%s", source_uuid(o, f->evidence[i].source).text);
        kv_joined(o, "description", "line %u", (unsigned)f->evidence[i].line);
        end(o, '}');
    }
    end(o, ']');
}

static void put_observation(oscal *o, const res_finding *f)
{
    const res_rule *x = &o->r->rules[f->rule];
    jsonw_open(&o->w, '{');
    kv_uuid(o, "uuid", observation_uuid(o, f));
    kv_joined(o, "title", "%.*s: %.*s", SLICE_ARG(x->id), (int)f->key.len, f->key.len ? f->key.ptr : "");
    kv_said(o, "description", bitext_in(f->message, o->en));
    begin(o, "props", '[');
    prop(o, "fingerprint", slice_of(f->fingerprint)), prop(o, "state", slice_of(f->persisting ? "persisting" : "new")), prop(o, "dataset", f->dataset), prop(o, "key", f->key);
    end(o, ']');
    begin(o, "methods", '['), jsonw_text(&o->w, SLICE_LIT("TEST")), end(o, ']');
    begin(o, "types", '['), jsonw_text(&o->w, SLICE_LIT("finding")), end(o, ']');
    put_evidence(o, f);
    kv_time(o, "collected", o->r->as_of);
    end(o, '}');
}

static bool decided(const res_rule *x) { return x->v == VERDICT_CONFORMS || x->v == VERDICT_FAILS || x->v == VERDICT_WAIVED; }

static void put_undecided(oscal *o, const res_rule *x)
{
    jsonw_open(&o->w, '{');
    kv_uuid(o, "uuid", uuid_of(o, "undecided/%.*s/%.*s", SLICE_ARG(o->r->period_id), SLICE_ARG(x->id)));
    kv_joined(o, "title", "%.*s: %s", SLICE_ARG(x->id), verdict_word(x->v, o->en ? "en" : "zh"));
    kv_said(o, "description", bitext_in(x->reason, o->en));
    begin(o, "props", '['), prop(o, "verdict", slice_of(verdict_word(x->v, "json"))), prop(o, "rule", x->id), end(o, ']');
    begin(o, "methods", '['), jsonw_text(&o->w, SLICE_LIT("UNKNOWN")), end(o, ']');
    begin(o, "types", '['), jsonw_text(&o->w, SLICE_LIT("not-assessed")), end(o, ']');
    kv_time(o, "collected", o->r->as_of);
    end(o, '}');
}

static void put_observations(oscal *o)
{
    const audit_result *r = o->r;
    size_t n = r->nfindings;
    for (size_t i = 0; i < r->nrules; i++) n += !decided(&r->rules[i]);
    if (n == 0) return;
    begin(o, "observations", '[');
    for (size_t i = 0; i < r->nfindings; i++) put_observation(o, &r->findings[i]);
    for (size_t i = 0; i < r->nrules; i++)
        if (!decided(&r->rules[i])) put_undecided(o, &r->rules[i]);
    end(o, ']');
}

/* ---- risks and findings: one a rule ---- */
static bool is_risk(const res_rule *x) { return x->v == VERDICT_FAILS || x->v == VERDICT_WAIVED; }
static uuid risk_uuid(oscal *o, const res_rule *x) { return uuid_of(o, "risk/%.*s/%.*s", SLICE_ARG(o->r->pack_id), SLICE_ARG(x->id)); }

static void related_observations(oscal *o, const res_rule *x)
{
    if (x->nfindings == 0) return;
    begin(o, "related-observations", '[');
    for (size_t i = 0; i < x->nfindings; i++) jsonw_open(&o->w, '{'), kv_uuid(o, "observation-uuid", observation_uuid(o, &o->r->findings[x->first_finding + i])), end(o, '}');
    end(o, ']');
}

static void put_risk(oscal *o, const res_rule *x)
{
    jsonw_open(&o->w, '{');
    kv_uuid(o, "uuid", risk_uuid(o, x));
    kv_joined(o, "title", "%.*s %.*s", SLICE_ARG(x->id), SLICE_ARG(bitext_in(x->title, o->en)));
    kv_said(o, "description", bitext_in(x->criterion, o->en));
    kv_said(o, "statement", bitext_in(x->effect, o->en));
    begin(o, "props", '['), prop(o, "severity", slice_of(severity_word(x->sev, "json"))), end(o, ']');
    jsonw_kv_text(&o->w, "status", x->v == VERDICT_WAIVED ? SLICE_LIT("deviation-approved") : SLICE_LIT("open"));
    if (bitext_in(x->recommend, o->en).len > 0) {
        begin(o, "remediations", '[');
        jsonw_open(&o->w, '{');
        kv_uuid(o, "uuid", uuid_of(o, "remediation/%.*s/%.*s", SLICE_ARG(o->r->pack_id), SLICE_ARG(x->id)));
        jsonw_kv_text(&o->w, "lifecycle", SLICE_LIT("recommendation"));
        kv_joined(o, "title", "%.*s", SLICE_ARG(x->id));
        kv_said(o, "description", bitext_in(x->recommend, o->en));
        end(o, '}'), end(o, ']');
    }
    related_observations(o, x);
    end(o, '}');
}

static void put_rule_props(oscal *o, const res_rule *x)
{
    begin(o, "props", '[');
    prop(o, "verdict", slice_of(verdict_word(x->v, "json"))), prop(o, "severity", slice_of(severity_word(x->sev, "json"))), prop(o, "kind", x->kind);
    prop(o, "basis", slice_of(x->by_heading ? "heading" : "text"));
    prop_int(o, "population", x->population), prop_int(o, "conforming", x->conforming), prop_int(o, "nonconforming", x->nonconforming);
    prop_int(o, "unknown", x->unknown), prop_int(o, "running", x->running);
    if (x->has_share) prop_share(o, "share", x->share);
    if (x->has_value) prop_share(o, "value", x->value);
    if (x->has_target) prop_share(o, "target", x->target);
    end(o, ']');
}

static void put_finding(oscal *o, const res_rule *x)
{
    bool good = x->v == VERDICT_CONFORMS;
    jsonw_open(&o->w, '{');
    kv_uuid(o, "uuid", uuid_of(o, "finding/%.*s/%.*s", SLICE_ARG(o->r->period_id), SLICE_ARG(x->id)));
    kv_joined(o, "title", "%.*s %.*s", SLICE_ARG(x->id), SLICE_ARG(bitext_in(x->title, o->en)));
    kv_said(o, "description", bitext_in(x->criterion, o->en));
    put_rule_props(o, x);
    begin(o, "target", '{');
    jsonw_kv_text(&o->w, "type", SLICE_LIT("objective-id"));
    kv_token(o, "target-id", "rule", x->id);
    begin(o, "props", '['), prop(o, "clause", x->clause), end(o, ']');
    begin(o, "status", '{');
    jsonw_kv_text(&o->w, "state", good ? SLICE_LIT("satisfied") : SLICE_LIT("not-satisfied"));
    jsonw_kv_text(&o->w, "reason", good ? SLICE_LIT("pass") : x->v == VERDICT_WAIVED ? SLICE_LIT("other") : SLICE_LIT("fail"));
    end(o, '}'), end(o, '}');
    related_observations(o, x);
    if (is_risk(x)) reference(o, "related-risks", "risk-uuid", risk_uuid(o, x));
    end(o, '}');
}

/* The rules that pass test(), as a list; none: no list. */
static void put_rules(oscal *o, const char *key, bool (*test)(const res_rule *x), void (*put)(oscal *o, const res_rule *x))
{
    bool any = false;
    for (size_t i = 0; i < o->r->nrules; i++) {
        if (!test(&o->r->rules[i])) continue;
        if (!any) begin(o, key, '[');
        any = true;
        put(o, &o->r->rules[i]);
    }
    if (any) end(o, ']');
}

static void put_result(oscal *o)
{
    const audit_result *r = o->r;
    begin(o, "results", '[');
    jsonw_open(&o->w, '{');
    kv_uuid(o, "uuid", uuid_of(o, "result/%.*s/%.*s", SLICE_ARG(r->period_id), SLICE_ARG(r->digest)));
    kv_joined(o, "title", "%.*s %.*s", SLICE_ARG(bitext_in(r->pack_title, o->en)), SLICE_ARG(r->period_id));
    kv_joined(o, "description", "%zu clauses, %zu rules, %zu observations", r->nclauses, r->nrules, r->nfindings);
    kv_time(o, "start", r->from), kv_time(o, "end", r->to);
    put_controls(o);
    put_observations(o);
    put_rules(o, "risks", is_risk, put_risk);
    put_rules(o, "findings", decided, put_finding);
    end(o, '}'), end(o, ']');
}

/* ---- what it rests on ---- */
static void put_resource(oscal *o, uuid u, slice title, slice href, slice sha256)
{
    jsonw_open(&o->w, '{');
    kv_uuid(o, "uuid", u), kv_joined(o, "title", "%.*s", SLICE_ARG(title));
    begin(o, "rlinks", '[');
    jsonw_open(&o->w, '{');
    jsonw_kv_text(&o->w, "href", href);
    if (sha256.len == 64) {
        begin(o, "hashes", '[');
        jsonw_open(&o->w, '{'), jsonw_kv_text(&o->w, "algorithm", SLICE_LIT("SHA-256")), jsonw_kv_text(&o->w, "value", sha256), end(o, '}');
        end(o, ']');
    }
    end(o, '}'), end(o, ']'), end(o, '}');
}

/* A path as URI reference: a colon in the first part would be a scheme. */
static void to_uri(slice path, buf *b) { put_coded(b, path, PLAIN "~/", '%'); }

static void put_back_matter(oscal *o)
{
    const audit_result *r = o->r;
    begin(o, "back-matter", '{');
    begin(o, "resources", '[');
    buf href = {0};
    to_uri(r->pack_id, &href);
    put_resource(o, pack_uuid(o), bitext_in(r->pack_title, o->en), (slice){href.ptr, href.len}, r->pack_sha256);
    for (size_t i = 0; i < r->nsources; i++) {
        const source_info *s = &r->sources[i];
        buf_reset(&href);
        to_uri(s->path, &href);
        put_resource(o, source_uuid(o, s->id), s->path, (slice){href.ptr, href.len}, slice_of(s->sha256));
    }
    if (href.failed) o->st = SLA_NOMEM;
    buf_free(&href);
    end(o, ']'), end(o, '}');
}

sla_status report_oscal(const audit_result *r, bool english, buf *out, err *e)
{
    oscal o = {.r = r, .en = english};
    TRY(format_zone(r, &o.z, e));
    jsonw_begin(&o.w, out, 1);
    jsonw_open(&o.w, '{');
    begin(&o, "assessment-results", '{');
    kv_uuid(&o, "uuid", uuid_of(&o, "assessment-results/%.*s", SLICE_ARG(r->digest)));
    put_metadata(&o);
    begin(&o, "import-ap", '{'), kv_joined(&o, "href", "#%s", pack_uuid(&o).text), end(&o, '}');
    put_result(&o);
    put_back_matter(&o);
    end(&o, '}'), end(&o, '}');
    buf_char(out, '\n');
    zone_close(o.z);
    buf_free(&o.line);
    if (o.st == SLA_OK && out->failed) o.st = SLA_NOMEM;
    return o.st == SLA_OK ? SLA_OK : err_set(e, o.st, SRCPOS_NONE, o.st == SLA_NOMEM ? "no memory for the OSCAL results" : "a name is too long for OSCAL");
}
