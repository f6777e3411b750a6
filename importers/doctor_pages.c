/* Exports that are pages of more: what the files say of the whole is held against what was imported. */
#include "importers/doctor_parts.h"

/* The sources of one dataset and profile that announce as many records: pages of one export. */
typedef struct export { const source_info *first; int64_t announced; uint64_t rows; size_t files; bool told; } export;

static bool same_kind(const source_info *a, const source_info *b) { return slice_eq(a->dataset, b->dataset) && slice_eq(a->profile, b->profile); }

static bool is_short(const export *x) { return x->announced > 0 && x->rows < (uint64_t)x->announced; }

static size_t list_exports(const source_info *list, size_t n, export *out)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        if (list[i].announced == SOURCE_SAYS_NOTHING) continue;
        while (at < k && !(same_kind(out[at].first, &list[i]) && out[at].announced == list[i].announced)) at++;
        if (at == k) out[k++] = (export){.first = &list[i], .announced = list[i].announced};
        out[at].rows += list[i].rows;
        out[at].files++;
    }
    return k;
}

static void say_short(caveat_list *to, const dataset *ds, const export *x)
{
    buf zh = {0}, en = {0};
    slice of = x->first->profile;
    if (x->announced > 0) {
        buf_printf(&zh, "%.*s 的导出自称共有 %lld 条%s，只导入了其中 %llu 条（%zu 个文件）：其余无从核查", SLICE_ARG(of), (long long)x->announced, ds->title_zh.ptr, (unsigned long long)x->rows, x->files);
        buf_printf(&en, "exports of %.*s say that there are %lld records of %s; %llu %s imported (of %zu file%s): the others cannot be looked at", SLICE_ARG(of), (long long)x->announced, ds->title_en.ptr,
                   (unsigned long long)x->rows, x->rows == 1 ? "was" : "were", x->files, x->files == 1 ? "" : "s");
    } else {
        buf_printf(&zh, "%.*s 的导出表明其后还有%s记录，但没有导入：其余无从核查", SLICE_ARG(of), ds->title_zh.ptr);
        buf_printf(&en, "exports of %.*s say that more records of %s follow, and these were not imported: they cannot be looked at", SLICE_ARG(of), ds->title_en.ptr);
    }
    caveat_list_add(to, "pages", ds, (slice){0}, (int64_t)x->rows, x->announced > 0 ? x->announced : 0, &zh, &en);
}

/* Pages fetched while records came in announce different numbers: those that are short are held against the greatest of them together. */
static void look_at_short(caveat_list *to, const schema *m, export *x, size_t n, size_t i)
{
    export all = x[i];
    const dataset *ds = schema_dataset(m, x[i].first->dataset);
    if (!ds || x[i].told || !is_short(&x[i])) return;
    for (size_t k = i + 1; k < n; k++)
        if (same_kind(x[k].first, x[i].first) && is_short(&x[k])) {
            all.rows += x[k].rows;
            if (x[k].announced > all.announced) all.announced = x[k].announced;
        }
    for (size_t k = i; k < n; k++)
        if (same_kind(x[k].first, x[i].first) && is_short(&x[k])) {
            x[k].told = true;
            if (is_short(&all)) say_short(to, ds, &x[k]);
        }
}

/* Pages that only say whether others follow are all there when one is the last. */
static void look_at_follow(caveat_list *to, const schema *m, const export *x, size_t n, size_t i)
{
    const dataset *ds = schema_dataset(m, x[i].first->dataset);
    bool last = false;
    for (size_t k = 0; k < n; k++) last = last || (same_kind(x[k].first, x[i].first) && x[k].announced == SOURCE_NONE_FOLLOW);
    if (ds && x[i].announced == SOURCE_MORE_FOLLOW && !last) say_short(to, ds, &x[i]);
}

sla_status doctor_pages(caveat_list *to, store *s, const schema *m, err *e)
{
    source_info *list;
    size_t n;
    TRY(store_sources(s, &to->mem, &list, &n, e));
    export *x = ARENA_NEW(&to->mem, export, n + 1);
    if (!x) return to->nomem = true, SLA_OK;
    size_t k = list_exports(list, n, x);
    for (size_t i = 0; i < k; i++) look_at_short(to, m, x, k, i), look_at_follow(to, m, x, k, i);
    return SLA_OK;
}
