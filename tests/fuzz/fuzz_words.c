/* Any bytes as a date, a duration, a header: read or refused, alike however often; what is read lies within what can be told. The first byte chooses the order. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "importers/dates.h"
#include "importers/headers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const orders[] = {"ymd", "dmy", "mdy"};
    static const date_numbers numbers[] = {NUMBERS_SERIAL_1900, NUMBERS_SERIAL_1904, NUMBERS_EPOCH};
    enum { FAR = 100000 };              /* days from 1970 that a date of four digits a year, and its offset, stay within */
    const int64_t last = (int64_t)FAR * 36500 / 100 * MS_DAY;
    if (size == 0) return 0;
    slice s = {(const char *)data + 1, size - 1}, bare = {0};
    date_evidence ev = {0}, sum = {0};
    time_text t;
    int64_t ms = 0, twice = 0;
    bool sure;
    if (dates_parse(s, orders[data[0] % 3], &t) && (t.local_ms > last || t.local_ms < -last || t.offset_min > 24 * 60 || t.offset_min < -24 * 60)) abort();
    if (dates_parse_number(s, numbers[data[0] % 3], &t) && (t.local_ms > last || t.local_ms < -last)) abort();
    dates_look(s, &ev);
    dates_add(&sum, &ev);
    if (strlen(dates_order(&ev, &sure)) != 3 || strcmp(dates_order(&ev, &sure), dates_order(&sum, &sure)) != 0 || dates_numbers(&ev) != dates_numbers(&sum)) abort();
    if (words_duration(s, 1, &ms) && (ms > (int64_t)1e15 || ms < -(int64_t)1e15 || !words_duration(s, 1, &twice) || ms != twice)) abort();
    char folded[WORDS_MAX], again[WORDS_MAX];
    size_t n = words_fold(s, folded), m = words_fold((slice){folded, n}, again);
    if (n > WORDS_MAX || m > n) abort();
    if (words_unit_behind((slice){folded, n}, &bare) && (bare.ptr != folded || bare.len >= n)) abort();
    int32_t month, day;
    slice clock;
    if (dates_without_year(s, &month, &day, &clock) && (month < 1 || month > 12 || day < 1 || day > 31 || clock.len > s.len)) abort();
    arena a = {0};
    header_text *h = NULL;
    if (headers_read(&a, &s, 1, &h) != SLA_OK || h->n == 0 || h->n > READINGS_MAX) abort();
    for (size_t i = 0; i < h->n; i++)
        if (h->readings[i].len > WORDS_MAX || memchr(h->readings[i].ptr, '*', h->readings[i].len)) abort(); /* reads each; folded has none */
    arena_free(&a);
    return 0;
}
