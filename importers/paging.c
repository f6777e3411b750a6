#include "importers/paging.h"
#include "engine/store/store.h"

enum { DEPTH_MAX = 5 };

/* Names without capitals and signs: totalCount, total_count and @odata.count are one. */
static const char *const totals[] = {"total", "totalcount", "totalrecords", "totalresults", "totalelements", "totalitems", "totalsize", "totalrows", "totalhits", "totalmatches", "totalissues",
                                     "totaltickets", "count", "recordcount", "recordstotal", "numfound", "resultcount", "hitcount", "odatacount", NULL};
static const char *const follow[] = {"hasmore", "hasmorerows", "hasmorerecords", "hasnext", "hasnextpage", "moreresults", "truncated", "istruncated", NULL};
static const char *const ended[] = {"islast", "islastpage", "last", "endofstream", "done", NULL};
static const char *const next_pages[] = {"next", "nextpage", "nexturl", "nextlink", "nextpageurl", "nextpagetoken", "nexttoken", "nextrecordsurl", "nextcursor", "odatanextlink", NULL};
static const char *const numbers[] = {"page", "currentpage", "pageno", "pagenum", "pagenumber", "pageindex", NULL}, *const pages[] = {"totalpages", "totalpage", "lastpage", "pagecount", "pages", "numpages", "pagetotal", NULL},
                         *const sizes[] = {"perpage", "pagesize", NULL};
static const char *const inner[] = {"meta", "pagination", "paging", "pageinfo", "page", "links", "listinfo", "responsemetadata", "paginator", NULL};

static bool is_one_of(slice key, const char *const *names)
{
    char plain[32];
    size_t n = 0;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool capital = c >= 'A' && c <= 'Z';
        if (!capital && (c < 'a' || c > 'z')) continue;
        if (n == sizeof plain) return false;
        plain[n++] = capital ? (char)(c | 32) : c;
    }
    for (; *names; names++)
        if (slice_is((slice){plain, n}, *names)) return true;
    return false;
}

bool paging_knows(slice key)
{
    static const char *const *const lists[] = {totals, follow, ended, next_pages, numbers, pages, sizes};
    bool known = false;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) known = known || is_one_of(key, lists[i]);
    return known;
}

bool paging_encloses(slice key) { return is_one_of(key, inner); }

static bool is_object(slice value) { return value.len && value.ptr[0] == '{'; }

static bool whole_number(slice s, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || i == 15) return false;
        *out = *out * 10 + (s.ptr[i] - '0');
    }
    return s.len > 0;
}

static void members(paging *p, slice object, arena *scratch)
{
    json_reader r = {.p = object.ptr, .end = object.ptr + object.len, .scratch = scratch};
    json_level l;
    slice key, value;
    json_enter(&r, &l);
    while (json_next(&r, &l, &key)) {
        json_blanks(&r);
        if (!json_value(&r, &value, 1)) return;
        if (!is_object(value) || is_one_of(key, next_pages)) paging_member(p, key, value, scratch); /* no deeper than this */
    }
}

void paging_member(paging *p, slice key, slice value, arena *scratch)
{
    int64_t n;
    if (is_one_of(key, totals)) { /* Elasticsearch: {"value": 57, "relation": "eq"} */
        if (is_object(value)) value = json_at(value, SLICE_LIT("value"), scratch);
        if (whole_number(value, &n) && n > p->total) p->total = n;
    } else if (is_one_of(key, pages) && whole_number(value, &n)) p->pages = n;
    else if (is_one_of(key, numbers) && whole_number(value, &n)) p->page = n;
    else if (is_one_of(key, sizes) && whole_number(value, &n)) p->per_page = n;
    else if (is_one_of(key, follow) && (slice_is(value, "true") || slice_is(value, "false"))) p->more = slice_is(value, "true") ? PAGE_YES : PAGE_NO;
    else if (is_one_of(key, ended) && (slice_is(value, "true") || slice_is(value, "false"))) p->more = slice_is(value, "true") ? PAGE_NO : PAGE_YES;
    else if (is_one_of(key, next_pages)) p->next = value.len && !slice_is(value, "false") && !slice_is(value, "0") ? PAGE_YES : PAGE_NO;
    else if (is_object(value) && is_one_of(key, inner)) members(p, value, scratch);
}

/* The object at r->p, which holds the list. */
static void around(paging *p, json_reader *r, const char *list, int depth)
{
    json_level l;
    slice key, value;
    json_enter(r, &l);
    while (json_next(r, &l, &key)) {
        json_blanks(r);
        const char *from = r->p;
        bool whole = json_value(r, &value, 1), holds = from < list && list < r->p;
        if (holds && *from == '{' && depth < DEPTH_MAX) around(p, &(json_reader){.p = from, .end = r->end, .scratch = r->scratch}, list, depth + 1);
        else if (whole && !holds) paging_member(p, key, value, r->scratch);
        if (!whole) return;
    }
}

void paging_around(paging *p, slice text, const char *list, arena *scratch)
{
    json_reader r = {.p = text.ptr, .end = text.ptr + text.len, .scratch = scratch};
    json_blanks(&r);
    if (r.p < list && *r.p == '{') around(p, &r, list, 0);
}

void paging_add(paging *p, const paging *later)
{
    if (later->total > p->total) p->total = later->total;
    if (later->more != PAGE_UNSAID) p->more = later->more;
    if (later->next != PAGE_UNSAID) p->next = later->next;
    if (later->pages) p->page = later->page, p->pages = later->pages, p->per_page = later->per_page;
}

/* By the numbers of pages. Where pages are counted from 0, the last one bears the number before the last: it is known by being short. */
static page_saying by_numbers(const paging *p, uint64_t records)
{
    bool last = p->page >= p->pages || (p->page + 1 == p->pages && p->per_page > 0 && records % (uint64_t)p->per_page != 0);
    return p->pages == 0 ? PAGE_UNSAID : last || p->pages == 1 ? PAGE_NO : PAGE_YES;
}

/* A flag knows better than numbers of pages, and these than an address, which some give for later use; a count that is less than what is there counts something else. */
int64_t paging_announced(const paging *p, uint64_t records)
{
    page_saying counted = by_numbers(p, records), more = p->more != PAGE_UNSAID ? p->more : counted != PAGE_UNSAID ? counted : p->next;
    if (p->total > 0 && (uint64_t)p->total > records) return p->total;
    if (more == PAGE_YES) return SOURCE_MORE_FOLLOW;
    return p->total > 0 && (uint64_t)p->total == records ? p->total : more == PAGE_NO ? SOURCE_NONE_FOLLOW : SOURCE_SAYS_NOTHING;
}

void paging_note(const paging *p, uint64_t records, buf *out)
{
    int64_t n = paging_announced(p, records);
    if (n == SOURCE_MORE_FOLLOW) buf_printf(out, "not all of the export: its answer says that more follow than these %llu records\n", (unsigned long long)records);
    else if (n > 0 && (uint64_t)n > records) buf_printf(out, "not all of the export: %llu of the %lld records that its answer says there are\n", (unsigned long long)records, (long long)n);
}
