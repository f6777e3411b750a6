/* Dates as exports write them. The order of day and month is decided by the whole column, never by one value. */
#ifndef SLA_IMPORTERS_DATES_H
#define SLA_IMPORTERS_DATES_H
#include <stdbool.h>
#include <stddef.h>
#include "engine/base/buf.h"
#include "engine/time/instant.h"

/* order: "ymd", "dmy" or "mdy": how a date of three numbers is read. ISO forms are read whatever the order. Forms: 29/2/2016 01:16, 29-02-2016 1:16:05,
 * 2/29/2016 1:16 PM, 2016/2/29 下午 3:05, 2016年2月29日 01:16, 20160229, 20160229T011600Z, 29.2.2016 1.16, 29-FEB-16 01.16.00.000000 AM, /Date(1456679760000)/, 10/Jan/26 11:19 AM, 10. Januar 2026 11:19, January 10, 2026, 10 de enero de 2026,
 * Tue, 10 Jan 2026 11:19:00 +0000, Tue Jan 10 11:19:00 UTC 2026, and those of time_parse. Zones: Z, UTC, GMT, offsets, and abbreviations that mean one
 * offset only (CET, CEST, EST …; not CST, IST, BST). Month names: English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Chinese;
 * days, months and times of day also as Japanese and Korean write them; digits and marks also of full width. */
bool dates_parse(slice s, const char *order, time_text *out);

/* What databases and programs write where there is no time, in any of the forms above: 0001-01-01, 1753-01-01, 1900/1/1 0:00:00, 1/1/1970, 31.12.9999, a sheet's day 0; and 0. A time of day on a sheet's first day is one. */
bool dates_none(slice s, const char *order);

/* "7月1日 09:05", "1 Jul", "Jul 1, 9:05 PM": month, day and, if there is one, the text of the time of day. false: it is something else. */
bool dates_without_year(slice s, int32_t *month, int32_t *day, slice *clock);

/* "9:05 AM", "下午3:05", "09:05": a time of day and no more. */
bool dates_clock(slice s);

/* "3 days ago", "Yesterday 10:15 AM", "Monday 3:12 PM", "昨天 10:15", "2小时前", "2d": when, as seen from the moment somebody looked, which the text does not say. Of texts
 * that dates_parse does not read. */
bool dates_relative(slice s);

/* A column of numbers that is mapped to a time. Days since 1900 or 1904 are a sheet's serial numbers (local time); epochs are seconds, ms, µs or ns since 1970,
 * told apart by their digits (10, 13, 16, 19), in UTC. */
typedef enum date_numbers { NUMBERS_NONE, NUMBERS_SERIAL_1900, NUMBERS_SERIAL_1904, NUMBERS_EPOCH } date_numbers;
bool dates_parse_number(slice s, date_numbers as, time_text *out);

/* What a column's values say. Counts values of three numbers whose first or second is over 12, which decide the order; with points between (day first wherever
 * they are used); and of two digits a number: whose last one can be no year, and the least and greatest first and last number. */
typedef struct date_span { int32_t least, most; } date_span;
typedef struct date_evidence { size_t values, first_over_12, second_over_12, dotted, iso, named, yearless, serial, epoch, unreadable, short_ones, year_first; date_span first, last; } date_evidence;
void dates_look(slice s, date_evidence *ev);
void dates_add(date_evidence *sum, const date_evidence *ev);
/* "dmy", "mdy", or "ymd" for years of two digits that stand first: 25/7/2, or many a last number beside one or two first ones. *sure: values decide, and all
 * the same way. Without a deciding value: "dmy". */
const char *dates_order(const date_evidence *ev, bool *sure);
const char *dates_order_name(const char *order);                         /* "day/month/year" */
const char *dates_other_order(const char *order);                        /* day and month the other way round */
/* How the column's numbers are to be read. As epochs only if most of its values are such; a number of five digits among texts is a sheet's day whose cell lost
 * its format, and can be nothing else. */
date_numbers dates_numbers(const date_evidence *ev);
#endif
