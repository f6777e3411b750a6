/* Words, durations in words, and dates in all their forms. */
#include "importers/dates.h"
#include "importers/words.h"
#include "tests/support/check.h"

static const struct same_case { const char *name, *other; bool same; } same_cases[] = {
    {"Fecha de Resolución: ", "fecha_de_resolucion", true}, {"Priorität", "PRIORITAT", true}, {"Ｓｔａｔｕｓ", "status", true}, {"Σ Original Estimate", "Σ original estimate", true},
    {"1 - Critical", "1-critical", true}, {"-100", "100", false}, {"Created\xC2\xA0 at", "created at", true}, {"工单 号", "工单号", true}, {"Título*", "titulo", true}, {"resolved", "resolve", false},
    {"處理時間", "处理时间", true}, {"狀態", "状态", true}, {"単価", "单价", false}, {"", " \t", true}, {"\xFF\xFE", "\xFF", false},
};
static void same_names(void **state)
{
    const struct same_case *c = *state;
    assert_true(words_same(slice_of(c->name), slice_of(c->other)) == c->same);
}

static const struct duration_case { const char *name; int64_t unit, want; } duration_cases[] = {
    {"２小时３０分", 0, 9000000}, {"２．５", 3600000, 9000000}, {"１０：３０", 0, 37800000}, /* want -1: no duration */
    {"1 dias 18 horas 47 minutos", 0, 154020000}, {"0 segundo", 0, 0}, {"16 segundos", 0, 16000}, {"2小时30分", 0, 9000000}, {"2小时30分钟", 0, 9000000}, {"3天", 0, 259200000}, {"1h 30m", 0, 5400000},
    {"1d 2h", 0, 93600000}, {"2 days, 3 hours and 4 minutes", 0, 183840000}, {"3 Tage 2 Stunden", 0, 266400000}, {"1 heure 5 minutes", 0, 3900000}, {"1,5 h", 0, 5400000}, {"1.5h", 0, 5400000},
    {"PT4H30M", 0, 16200000}, {"P1DT2H", 0, 93600000}, {"26:03:04", 0, 93784000}, {"4:30", 0, 16200000}, {"1d 02:03:04", 0, 93784000}, {"-1 h", 0, -3600000}, {"90", 60000, 5400000}, {"90", 0, -1},
    {"", 60000, -1}, {"4 horas (Média)", 0, -1}, {"soon", 60000, -1}, {"5 parsecs", 60000, -1}, {"1 h 30", 60000, -1}, {"12:75", 0, -1}, {"1 w", 0, 604800000}, {"minuto(s)", 0, -1}, {"3 minuto(s)", 0, 180000},
    {"1,234.5 s", 0, 1234500}, {"1.234,5 s", 0, 1234500}, {"1,234,567", 1000, 1234567000}, {"1,800", 1000, -1}, {"0,250 h", 0, 900000}, {"1,8,00", 1000, -1}, {"1.2.3 h", 0, -1}, {"1.250 h", 0, 4500000},
    {"03:30 hrs", 0, 12600000}, {"1d 02:03:04 h", 0, 93784000}, {"03:30 min", 0, -1}, {"P1M", 0, -1}, {"P1DT1M", 0, 86460000}, {"PT1M", 0, 60000},
};
static void commas(void **state)
{
    (void)state;
    assert_int_equal(words_comma_of(SLICE_LIT("1,800")), COMMA_EITHER);
    assert_int_equal(words_comma_of(SLICE_LIT(" 2,5 ")), COMMA_DECIMAL);
    assert_int_equal(words_comma_of(SLICE_LIT("1.234,5")), COMMA_DECIMAL);
    assert_int_equal(words_comma_of(SLICE_LIT("0,800")), COMMA_DECIMAL);
    assert_int_equal(words_comma_of(SLICE_LIT("1,234.5")), COMMA_THOUSANDS);
    assert_int_equal(words_comma_of(SLICE_LIT("1,234,567")), COMMA_THOUSANDS);
    assert_int_equal(words_comma_of(SLICE_LIT("1.5")), COMMA_NONE);
    assert_int_equal(words_comma_of(SLICE_LIT("1,5 h")), COMMA_NONE);
    assert_int_equal(words_comma_of(SLICE_LIT("")), COMMA_NONE);
}

static void durations(void **state)
{
    const struct duration_case *c = *state;
    int64_t ms = -1;
    if (!words_duration(slice_of(c->name), c->unit, &ms)) ms = -1;
    assert_int_equal(ms, c->want);
}

static const struct date_case { const char *name, *order, *want; } date_cases[] = {
    {"Jul 01, 2025 @ 09:05 am", "dmy", "2025-07-01 09:05:00"}, {"01/07/2025 - 09:05", "dmy", "2025-07-01 09:05:00"}, {"1 July 2025 – 9:05 PM", "dmy", "2025-07-01 21:05:00"}, {"01/07/2025 | 09:05", "dmy", "2025-07-01 09:05:00"},
    {"01/07/2025 - 02/07/2025", "dmy", ""},
    {"22/08/2025 15:49 \n\n 8%", "dmy", "2025-08-22 15:49:00"}, {"2025-08-22 15:49\n100%", "dmy", "2025-08-22 15:49:00"}, {"22/08/2025 15:49 %", "dmy", ""}, {"22/08/2025 15:498%", "dmy", ""},
    {"29/2/16 01:16", "dmy", "2016-02-29 01:16:00"}, {"3/12/21 9:57", "mdy", "2021-03-12 09:57:00"}, {"12/3/99", "dmy", "1999-03-12 00:00:00"}, {"2025-7-1 9:05:07.5", "dmy", "2025-07-01 09:05:07.500"},
    {"10/Jan/26 11:19 AM", "dmy", "2026-01-10 11:19:00"}, {"10/Jan/26 12:00 AM", "dmy", "2026-01-10 00:00:00"}, {"10/Jan/26 12:30 PM", "dmy", "2026-01-10 12:30:00"}, {"10/Jan/26 13:19 PM", "dmy", ""},
    {"10/一月/26 11:19 上午", "dmy", "2026-01-10 11:19:00"}, {"10/1月/26 11:19 下午", "dmy", "2026-01-10 23:19:00"}, {"10/ene/26 11:19 PM", "dmy", "2026-01-10 23:19:00"},
    {"10/Mai/26 7:05 PM", "dmy", "2026-05-10 19:05:00"}, {"10. Januar 2026 11:19", "dmy", "2026-01-10 11:19:00"}, {"10. März 2026 11:19 Uhr", "dmy", "2026-03-10 11:19:00"}, {"10 févr. 2026 à 11:19", "dmy", "2026-02-10 11:19:00"},
    {"10 août 2026", "dmy", "2026-08-10 00:00:00"}, {"10 juin 2026", "dmy", "2026-06-10 00:00:00"}, {"10 juil. 2026", "dmy", "2026-07-10 00:00:00"}, {"10 de enero de 2026 11:19", "dmy", "2026-01-10 11:19:00"},
    {"10 de março de 2026 às 11:19", "dmy", "2026-03-10 11:19:00"}, {"10/set/2026 11:19", "dmy", "2026-09-10 11:19:00"}, {"10/out/2026", "dmy", "2026-10-10 00:00:00"}, {"Jan 5, 2026", "dmy", "2026-01-05 00:00:00"},
    {"January 10, 2026 11:19 AM", "dmy", "2026-01-10 11:19:00"}, {"March 10th, 2026", "dmy", "2026-03-10 00:00:00"}, {"Mar 10, 2026 3 PM", "dmy", "2026-03-10 15:00:00"}, {"Dec 31, 2025, 11:19:05 PM", "dmy", "2025-12-31 23:19:05"},
    {"Sat, 10 Jan 2026 11:19:00 +0800", "dmy", "2026-01-10 11:19:00+480"}, {"Sat, 10 Jan 2026 11:19:00 GMT", "dmy", "2026-01-10 11:19:00+0"}, {"Sat Jan 10 11:19:00 UTC 2026", "dmy", "2026-01-10 11:19:00+0"},
    {"mar. 10 févr. 2026", "dmy", "2026-02-10 00:00:00"}, {"Dienstag, 10. Februar 2026 11:19", "dmy", "2026-02-10 11:19:00"}, {"2026/1/10 周六 11:19", "dmy", "2026-01-10 11:19:00"}, {"2026/1/10 下午 3:05", "dmy", "2026-01-10 15:05:00"},
    {"2026-1-10 下午3:05:07", "dmy", "2026-01-10 15:05:07"}, {"2026年1月10日", "dmy", "2026-01-10 00:00:00"}, {"2026年1月10日 11时19分", "dmy", "2026-01-10 11:19:00"}, {"2026年1月10日11时19分5秒", "dmy", "2026-01-10 11:19:05"},
    {"26-1-10 11:19", "ymd", "2026-01-10 11:19:00"}, {"10.01.2026 11:19:05", "dmy", "2026-01-10 11:19:05"}, {"10.01.26, 11:19", "dmy", "2026-01-10 11:19:00"}, {"2018-05-11T09:46:53.000+0300", "dmy", "2018-05-11 09:46:53+180"},
    {"2010-03-31 14:59:42+00:00", "dmy", "2010-03-31 14:59:42+0"}, {"2010-03-31 14:59:42 UTC", "dmy", "2010-03-31 14:59:42+0"}, {"1/2/2026 11:19 CET", "dmy", "2026-02-01 11:19:00+60"}, {"1/2/2026 11:19 CST", "dmy", ""},
    {"20260110", "dmy", "2026-01-10 00:00:00"}, {"20260110111905", "dmy", "2026-01-10 11:19:05"}, {"20260110 11:19", "dmy", "2026-01-10 11:19:00"}, {"20260110 11:19:05", "dmy", "2026-01-10 11:19:05"}, {"20260110 1119", "dmy", ""}, {"20260110 25:19", "dmy", ""}, {"31/2/2026", "dmy", ""}, {"12/31/2026", "dmy", ""}, {"12/31/2026", "mdy", "2026-12-31 00:00:00"}, {"1/2/3", "dmy", ""},
    {"yesterday", "dmy", ""}, {"10/Foo/26", "dmy", ""}, {"10/Jan", "dmy", ""}, {"", "dmy", ""}, {"25:00", "dmy", ""}, {"1/2/2026 25:00", "dmy", ""}, {"1/2/2026 11:61", "dmy", ""}, {"1/2/2026 11:19 and more", "dmy", ""},
    {"2026-01-10 11:19 +08", "dmy", "2026-01-10 11:19:00+480"},
    {"2025年7月1日 9时5分", "dmy", "2025-07-01 09:05:00"}, {"2025年7月1日上午9:05", "dmy", "2025-07-01 09:05:00"}, {"2025年7月1日 星期二 下午9点5分30秒", "dmy", "2025-07-01 21:05:30"}, {"2025年7月1号 9点半", "dmy", "2025-07-01 09:30:00"},
    {"2025年7月1日 9点05", "dmy", "2025-07-01 09:05:00"}, {"2025/7/1 中午11:30", "dmy", "2025-07-01 11:30:00"}, {"2025/7/1 中午12:30", "dmy", "2025-07-01 12:30:00"}, {"2025/7/1 中午1:05", "dmy", "2025-07-01 13:05:00"},
    {"2025/7/1 凌晨12:05", "dmy", "2025-07-01 00:05:00"}, {"2025/7/1 晚上9:05", "dmy", "2025-07-01 21:05:00"}, {"2025/7/1 晚上12:05", "dmy", ""}, {"2025/7/1 傍晚6:05", "dmy", "2025-07-01 18:05:00"}, {"2025/7/1 清晨6:05", "dmy", "2025-07-01 06:05:00"},
    {"2025年7月1日 9時5分", "dmy", "2025-07-01 09:05:00"}, {"2025年7月1日 午後9時5分", "dmy", "2025-07-01 21:05:00"}, {"2025/7/1 午前9:05", "dmy", "2025-07-01 09:05:00"},
    {"2025년 7월 1일 오후 9:05", "dmy", "2025-07-01 21:05:00"}, {"2025. 7. 1. 오전 9:05:30", "dmy", "2025-07-01 09:05:30"}, {"2025년 7월 1일 (화) 9시 5분", "dmy", "2025-07-01 09:05:00"},
    {"1 июля 2025 г., 09:05", "dmy", "2025-07-01 09:05:00"}, {"01 СЕНТЯБРЯ 2025", "dmy", "2025-09-01 00:00:00"}, {"1 мая 2025, 9:05", "dmy", "2025-05-01 09:05:00"}, {"вт, 1 марта 2025 9:05", "dmy", "2025-03-01 09:05:00"}, {"1-дек-2025", "dmy", "2025-12-01 00:00:00"},
    {"1 stycznia 2025 09:05", "dmy", "2025-01-01 09:05:00"}, {"1 lut 2025", "dmy", "2025-02-01 00:00:00"}, {"1 kwi 2025", "dmy", "2025-04-01 00:00:00"}, {"1 maja 2025", "dmy", "2025-05-01 00:00:00"}, {"1 czerwca 2025", "dmy", "2025-06-01 00:00:00"},
    {"1 lipca 2025, 09:05", "dmy", "2025-07-01 09:05:00"}, {"1 sierpnia 2025", "dmy", "2025-08-01 00:00:00"}, {"1 wrz 2025", "dmy", "2025-09-01 00:00:00"}, {"1 października 2025", "dmy", "2025-10-01 00:00:00"}, {"wtorek, 1 lis 2025", "dmy", "2025-11-01 00:00:00"}, {"1 gru 2025", "dmy", "2025-12-01 00:00:00"},
    {"1 maart 2025 om 09:05", "dmy", "2025-03-01 09:05:00"}, {"1 mrt. 2025", "dmy", "2025-03-01 00:00:00"}, {"1 mei 2025", "dmy", "2025-05-01 00:00:00"}, {"dinsdag 1 juli 2025 9:05", "dmy", "2025-07-01 09:05:00"}, {"vrijdag 1-8-2025", "dmy", "2025-08-01 00:00:00"}, {"maandag 7-7-2025", "dmy", "2025-07-07 00:00:00"},
    {"1 gen 2025", "dmy", "2025-01-01 00:00:00"}, {"1 maggio 2025 alle 09:05", "dmy", "2025-05-01 09:05:00"}, {"1 giu 2025", "dmy", "2025-06-01 00:00:00"}, {"gio 1 luglio 2025, 09:05", "dmy", "2025-07-01 09:05:00"}, {"1 ott 2025", "dmy", "2025-10-01 00:00:00"},
    {"1 jul. 2025, 9:05", "dmy", "2025-07-01 09:05:00"}, {"1 de jul. de 2025 09:05", "dmy", "2025-07-01 09:05:00"}, {"1 juil. 2025 à 09:05", "dmy", "2025-07-01 09:05:00"}, {"1. Jänner 2025, 09:05", "dmy", "2025-01-01 09:05:00"}, {"1. Juli 2025 um 09:05 Uhr", "dmy", "2025-07-01 09:05:00"},
    {"7月1日 09:05", "dmy", ""}, {"1 июлятина", "dmy", ""},
    {"２０２５－０７－０１　０９：０５：０７", "dmy", "2025-07-01 09:05:07"}, {"2025年７月１日　上午9：05", "dmy", "2025-07-01 09:05:00"}, {"２０２５／７／１", "dmy", "2025-07-01 00:00:00"},
    {"2025/7/1 下午14:30", "dmy", "2025-07-01 14:30:00"}, {"2025/7/1 晚上20:30", "dmy", "2025-07-01 20:30:00"}, {"2025/7/1 午後0:05", "dmy", "2025-07-01 12:05:00"}, {"2025/7/1 下午24:30", "dmy", ""}, {"2025/7/1 上午14:30", "dmy", ""}, {"2025/7/1 晚上0:30", "dmy", ""},
    {"1-JUL-25 09.05.07.123456 PM", "dmy", "2025-07-01 21:05:07.123"}, {"1-JUL-25 09.05.07 AM", "dmy", "2025-07-01 09:05:07"}, {"1.7.2025 9.05", "dmy", "2025-07-01 09:05:00"}, {"1.7.2025 9.5", "dmy", ""}, {"1.7.2025 9.65", "dmy", ""},
    {"20250701T090507", "dmy", "2025-07-01 09:05:07"}, {"20250701T010507Z", "dmy", "2025-07-01 01:05:07+0"}, {"20250701T0905", "dmy", ""}, {"20250701T250507", "dmy", ""}, {"20250701T090507X", "dmy", ""},
    {"2025-07-01 09:05 UTC+8", "dmy", "2025-07-01 09:05:00+480"}, {"2025-07-01 09:05 (UTC+8)", "dmy", "2025-07-01 09:05:00+480"}, {"2025-07-01 09:05 (GMT-03:30)", "dmy", "2025-07-01 09:05:00+-210"}, {"2025-07-01 09:05:07 +0800 CST", "dmy", "2025-07-01 09:05:07+480"}, {"2025-07-01 09:05 UTC+", "dmy", ""},
    {"/Date(1751331907123)/", "dmy", "2025-07-01 01:05:07.123+0"}, {"/Date(1751331907123+0800)/", "dmy", "2025-07-01 01:05:07.123+0"}, {"/Date()/", "dmy", ""}, {"/Date(99999999999999)/", "dmy", ""}, {"/Date(1751331907123", "dmy", ""},
};
/* What stands for no time at all, and what is one, or is wrong. */
static const struct none_case { const char *name; bool none; } none_cases[] = {
    {"1900-01-01T00:00:00", true}, {"1900/1/1 0:00:00", true}, {"1/1/1900", true}, {"0001/1/1 0:00:00", true}, {"1/1/0001 12:00:00 AM", true}, {"0000-00-00 00:00:00", true}, {"1753-01-01 00:00:00.000", true}, {"1899-12-30", true}, {"1899-12-31T00:00:00", true},
    {"1970/1/1 8:00:00", true}, {"1969-12-31 19:00:00", true}, {"31.12.9999", true}, {"9999-12-31T23:59:59", true}, {"1900年1月1日", true}, {"0", true}, {"1/1/00", false}, {"1899-12-31T11:05:00", false}, {"1900-01-01 09:05:00", false}, {"1/1/1900 12:00:00 AM", true}, {"0001-01-01 08:05:43", true}, {"2000-01-01", false}, {"1970-01-02", false}, {"2025-00-00", false}, {"", false}, {"none", false},
};
static void no_time_at_all(void **state)
{
    const struct none_case *c = *state;
    assert_true(dates_none(slice_of(c->name), "dmy") == c->none);
}

/* Which day of which year a value means that says only month and day; "" says: it is no such value. */
static const struct yearless_case { const char *name; int32_t month, day; const char *clock; } yearless_cases[] = {
    {"7月1日 09:05", 7, 1, "09:05"}, {"07月01日", 7, 1, ""}, {"7月1号上午9点5分", 7, 1, "上午9点5分"}, {"7월 1일 오전 9:05", 7, 1, "오전 9:05"}, {"1 Jul 09:05", 7, 1, "09:05"}, {"1 июля, 09:05", 7, 1, "09:05"}, {"Jul 1, 9:05 PM", 7, 1, "9:05 PM"},
    {"2月29日", 2, 29, ""}, {"2月30日", 0, 0, ""}, {"2025年7月1日 09:05", 0, 0, ""}, {"Jul 1, 2025", 0, 0, ""}, {"1 Jul 2025 09:05", 0, 0, ""}, {"7-1 09:05", 0, 0, ""}, {"Jul 1 and more", 0, 0, ""}, {"7月", 0, 0, ""}, {"10/Jan/26 11:19 AM", 0, 0, ""},
};
static void yearless(void **state)
{
    const struct yearless_case *c = *state;
    int32_t month = 0, day = 0;
    slice rest = {0};
    if (!dates_without_year(slice_of(c->name), &month, &day, &rest)) month = day = 0, rest = SLICE_LIT("");
    assert_int_equal(month, c->month);
    assert_int_equal(day, c->day);
    assert_slice_is(rest, c->clock);
}

static const struct relative_case { const char *name; bool relative; } relative_cases[] = {
    {"3 days ago", true}, {"a day ago", true}, {"an hour ago", true}, {"Just now", true}, {"Yesterday 10:15 AM", true}, {"today at 9:05", true}, {"Monday 3:12 PM", true}, {"Mon 15:12", true}, {"last Friday 9:05", true}, {"2 days", true}, {"3d", true},
    {"昨天 10:15", true}, {"前天10:15", true}, {"2小时前", true}, {"半小时前", true}, {"几分钟前", true}, {"3天后", true}, {"刚刚", true}, {"上周五 10:15", true}, {"3日前", true}, {"2時間前", true}, {"3일 전", true}, {"어제 10:15", true},
    {"vor 3 Tagen", true}, {"gestern, 10:15", true}, {"il y a 3 jours", true}, {"hier à 10:15", true}, {"hace 3 días", true}, {"há 3 dias", true}, {"3 dias atrás", true}, {"3 ore fa", true}, {"3 дня назад", true}, {"вчера в 10:15", true},
    {"3 dagen geleden", true}, {"3 dni temu", true}, {"in 3 days", true}, {"before", false}, {"Chicago", false}, {"pending", false}, {"10:15", false}, {"10/Foo/26", false}, {"31/2/2026", false}, {"25:99", false}, {"44267", false}, {"Monday", false}, {"", false},
};
static void relative(void **state)
{
    const struct relative_case *c = *state;
    time_text t;
    assert_true(dates_relative(slice_of(c->name)) == c->relative);
    assert_false(dates_parse(slice_of(c->name), "dmy", &t));
}

static void print_time(buf *b, const time_text *t)
{
    time_print_local(b, t->local_ms);
    if (t->has_offset) buf_printf(b, "+%d", (int)t->offset_min);
}
static void dates(void **state)
{
    const struct date_case *c = *state;
    time_text t;
    buf b = {0};
    if (dates_parse(slice_of(c->name), c->order, &t)) print_time(&b, &t);
    assert_slice_is((slice){b.ptr ? b.ptr : "", b.len}, c->want);
    buf_free(&b);
}

static const struct number_case { const char *name; date_numbers as; const char *want; } number_cases[] = {
    {"44267.414583333331", NUMBERS_SERIAL_1900, "2021-03-12 09:57:00"}, {"44267", NUMBERS_SERIAL_1900, "2021-03-12 00:00:00"}, {"42805.414583333331", NUMBERS_SERIAL_1904, "2021-03-12 09:57:00"},
    {"59", NUMBERS_SERIAL_1900, "1900-02-28 00:00:00"}, {"61", NUMBERS_SERIAL_1900, "1900-03-01 00:00:00"}, {"1735689600", NUMBERS_EPOCH, "2025-01-01 00:00:00+0"}, {"1735689600.5", NUMBERS_EPOCH, "2025-01-01 00:00:00.500+0"},
    {"1735689600123", NUMBERS_EPOCH, "2025-01-01 00:00:00.123+0"}, {"1735689600123456", NUMBERS_EPOCH, "2025-01-01 00:00:00.123+0"}, {"1735689600123456789", NUMBERS_EPOCH, "2025-01-01 00:00:00.123+0"},
    {"173568960", NUMBERS_EPOCH, ""}, {"44267", NUMBERS_NONE, ""}, {"4426x", NUMBERS_SERIAL_1900, ""}, {"9999999999999", NUMBERS_EPOCH, ""},
};
static void numbers(void **state)
{
    const struct number_case *c = *state;
    time_text t;
    buf b = {0};
    if (dates_parse_number(slice_of(c->name), c->as, &t)) print_time(&b, &t);
    assert_slice_is((slice){b.ptr ? b.ptr : "", b.len}, c->want);
    buf_free(&b);
}

static const struct look_case { const char *name; const char *values[4]; const char *order; bool sure; date_numbers numbers; } look_cases[] = {
    {"a first number over 12", {"29/2/2016", "1/2/2016"}, "dmy", true, NUMBERS_NONE}, {"a second number over 12", {"2/29/2016 1:16", "1/2/2016"}, "mdy", true, NUMBERS_NONE},
    {"nothing decides", {"1/2/2016", "3/4/2016"}, "dmy", false, NUMBERS_NONE}, {"both", {"29/2/2016", "2/29/2016", "3/29/2016"}, "mdy", false, NUMBERS_NONE},
    {"names and ISO decide nothing", {"10/Jan/26", "2016-02-29"}, "dmy", false, NUMBERS_NONE}, {"serials", {"44267.41", "44268", "No SLA"}, "dmy", false, NUMBERS_SERIAL_1900},
    {"epochs", {"1735689600", "1735689600123"}, "dmy", false, NUMBERS_EPOCH}, {"a sheet's day among dates", {"44267", "29/2/2016", "1/3/2016"}, "dmy", true, NUMBERS_SERIAL_1900},
    {"an epoch among dates", {"1735689600", "29/2/2016", "1/3/2016"}, "dmy", true, NUMBERS_NONE}, {"points: days first", {"1.2.2016", "3.4.2016"}, "dmy", true, NUMBERS_NONE},
    {"no year has one digit", {"25/7/2", "25/12/31"}, "ymd", true, NUMBERS_NONE}, {"days vary, the year does not", {"25-07-01", "25-07-12", "25-08-30"}, "ymd", true, NUMBERS_NONE},
    {"short, and open", {"01/02/25", "03/04/25"}, "dmy", false, NUMBERS_NONE}, {"short, month first", {"01/22/25", "03/04/25"}, "mdy", true, NUMBERS_NONE},
};
static void columns_decide(void **state)
{
    const struct look_case *c = *state;
    date_evidence ev = {0};
    bool sure;
    for (size_t i = 0; i < 4 && c->values[i]; i++) dates_look(slice_of(c->values[i]), &ev);
    assert_string_equal(dates_order(&ev, &sure), c->order);
    assert_true(sure == c->sure);
    assert_int_equal(dates_numbers(&ev), c->numbers);
}

/* Whatever stands in a cell is read or refused, with any bytes cut away. */
static void any_text_is_safe(void **state)
{
    (void)state;
    for (size_t i = 0; i < LEN(date_cases); i++) {
        slice s = slice_of(date_cases[i].name);
        for (size_t from = 0; from <= s.len; from++) {
            char *copy = malloc(s.len - from + 1); /* so that the sanitizer sees reads beyond the end */
            time_text t;
            int64_t ms;
            date_evidence ev = {0};
            memcpy(copy, s.ptr + from, s.len - from);
            for (size_t n = 0; n <= s.len - from; n++) {
                char *cut = malloc(n ? n : 1);
                memcpy(cut, copy, n);
                dates_parse((slice){cut, n}, "dmy", &t);
                dates_look((slice){cut, n}, &ev);
                dates_relative((slice){cut, n});
                words_duration((slice){cut, n}, 1, &ms);
                free(cut);
            }
            free(copy);
        }
    }
}

int main(void)
{
    struct CMUnitTest tests[400];
    size_t n = 0;
    ROWS(tests, n, same_cases, same_names);
    ROWS(tests, n, duration_cases, durations);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(commas);
    ROWS(tests, n, date_cases, dates);
    ROWS(tests, n, yearless_cases, yearless);
    ROWS(tests, n, none_cases, no_time_at_all);
    ROWS(tests, n, relative_cases, relative);
    ROWS(tests, n, number_cases, numbers);
    ROWS(tests, n, look_cases, columns_decide);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(any_text_is_safe);
    return _cmocka_run_group_tests("words", tests, n, NULL, NULL);
}
