#include "engine/audit/reasons.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "engine/time/instant.h"

slice text_format(arena *a, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0) return (slice){0};
    return arena_slice(a, (slice){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1});
}

bitext reason_empty(void) { return (bitext){SLICE_LIT("期内没有适用的记录"), SLICE_LIT("no record in the period to which it applies")}; }

bitext reason_no_data(bitext t, arena *a)
{
    return (bitext){text_format(a, "没有导入%.*s数据", SLICE_ARG(t.zh)), text_format(a, "no data were imported: %.*s", SLICE_ARG(t.en))};
}

bitext reason_no_values(bitext t, arena *a)
{
    return (bitext){text_format(a, "导入的数据中字段“%.*s”没有任何值", SLICE_ARG(t.zh)), text_format(a, "no imported record has a value in field “%.*s”", SLICE_ARG(t.en))};
}

bitext reason_no_records(bitext t, bool in_period, arena *a)
{
    return (bitext){text_format(a, "导入的数据中%s没有任何%.*s：是没有发生，还是数据不含此类记录，无法得知", in_period ? "期内" : "", SLICE_ARG(t.zh)),
                    text_format(a, "the imported data hold no %.*s%s; whether there were none or the data leave them out cannot be told", SLICE_ARG(t.en), in_period ? " in the period" : "")};
}

bitext reason_left_out(size_t copies, size_t repeats, arena *a)
{
    bitext c = {text_format(a, "有 %zu 个事件在多个文件中重复出现，每个只计一次", copies), text_format(a, "%zu event%s also in another file; each counts once", copies, copies == 1 ? " stands" : "s stand")};
    bitext r = {text_format(a, "有 %zu 个事件只是再次记载其他事件所述的行为，不另计", repeats),
                text_format(a, "%zu event%s what others tell; they do not count again", repeats, repeats == 1 ? " only repeats" : "s only repeat")};
    if (!repeats) return c;
    if (!copies) return r;
    return (bitext){text_format(a, "%.*s；%.*s", SLICE_ARG(c.zh), SLICE_ARG(r.zh)), text_format(a, "%.*s; %.*s", SLICE_ARG(c.en), SLICE_ARG(r.en))};
}

bitext reason_unseen(bitext steps, arena *a)
{
    return (bitext){text_format(a, "没有任何记录出现过环节：%.*s。导出可能不记录这些环节，“跳过”不等于没有执行，请核对来源系统的流程设置", SLICE_ARG(steps.zh)),
                    text_format(a, "no record ever shows: %.*s; the export may not hold these steps, and what is skipped may have been done: look at how the source system is set up", SLICE_ARG(steps.en))};
}

bitext reason_none_conforms(int64_t n, arena *a)
{
    return (bitext){text_format(a, "%lld 条中没有一条符合，多半是源系统的取值、流程或时区与规范不一致，而不是逐条违规；请先核对导入配置", (long long)n),
                    text_format(a, "not one of %lld conforms: more often the source system words or times things in another way than that each is at fault; look at the import profile first", (long long)n)};
}

bitext reason_unknown(int64_t unknown, int64_t population, double low, double high, arena *a)
{
    return (bitext){text_format(a, "%lld 条中有 %lld 条缺少判定所需的值，结论在 %.1f%% 与 %.1f%% 之间无法确定", (long long)population, (long long)unknown, low * 100, high * 100),
                    text_format(a, "%lld of %lld records lack values needed to judge them; the share lies between %.1f %% and %.1f %%, which does not decide", (long long)unknown,
                                (long long)population, low * 100, high * 100)};
}

bitext reason_undecided(int64_t unknown, int64_t of, arena *a)
{
    return (bitext){text_format(a, "%lld 条中有 %lld 条缺少计算所需的值", (long long)of, (long long)unknown),
                    text_format(a, "%lld of %lld records lack the values needed to compute it", (long long)unknown, (long long)of)};
}

bitext reason_too_few(int64_t n, int64_t least, arena *a)
{
    return (bitext){text_format(a, "样本 %lld 个，少于所需的 %lld 个", (long long)n, (long long)least), text_format(a, "only %lld of the %lld values needed", (long long)n, (long long)least)};
}

bitext reason_no_previous(void) { return (bitext){SLICE_LIT("工作区中没有上一周期的数据，无法比较"), SLICE_LIT("the workspace does not hold the records of the period before, so there is nothing to compare with")}; }

bitext reason_rated(int64_t rated, int64_t people, arena *a)
{
    return (bitext){text_format(a, "%lld 人中 %lld 人样本足够、予以评级，其余不评级", (long long)people, (long long)rated),
                    text_format(a, "%lld of %lld people have enough records and are rated; the others are not", (long long)rated, (long long)people)};
}

/* How much of a long text is shown, in whole characters. */
static int shown(slice s, int max)
{
    int n = s.len < (size_t)max ? (int)s.len : max;
    while (n > 0 && (size_t)n < s.len && ((unsigned char)s.ptr[n] & 0xC0) == 0x80) n--;
    return n;
}

/* Without the folder, which is that of one machine. */
static slice place_of(srcpos at, arena *a)
{
    const char *name = at.file ? strrchr(at.file, '/') : NULL;
    return at.file ? text_format(a, " (%s:%u)", name ? name + 1 : at.file, (unsigned)at.line) : SLICE_LIT("");
}

bitext reason_failure(slice pattern, slice text, srcpos rule, arena *a)
{
    const slice at = place_of(rule, a);
    const char *p = pattern.ptr, *t = text.ptr ? text.ptr : "", *cut = shown(text, 60) < (int)text.len ? "…" : "";
    return (bitext){text_format(a, "无法计算：模式 /%.*s/ 在文本“%.*s%s”上步数过多%.*s", shown(pattern, 200), p, shown(text, 60), t, cut, SLICE_ARG(at)),
                    text_format(a, "could not be worked out: the pattern /%.*s/ takes too many steps on the text “%.*s%s”%.*s", shown(pattern, 200), p, shown(text, 60), t, cut, SLICE_ARG(at))};
}

bitext reason_off(slice why, arena *a)
{
    return (bitext){text_format(a, "已由裁剪方案停用：%.*s", SLICE_ARG(why)), text_format(a, "switched off by the profile: %.*s", SLICE_ARG(why))};
}

slice text_percent(double share, int decimals, arena *a) { return text_format(a, "%.*f%%", decimals, share * 100); }

slice text_duration(int64_t ms, arena *a)
{
    buf b = {0};
    duration_print(&b, ms);
    return text_kept(&b, a);
}

slice text_kept(buf *b, arena *a)
{
    a->failed = a->failed || b->failed;
    slice s = b->failed ? (slice){0} : arena_slice(a, (slice){b->ptr, b->len});
    buf_free(b);
    return s;
}
