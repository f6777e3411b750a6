/* Words as people write them in headers and cells: compared without regard to case, accents, blanks and width; durations in words. */
#ifndef SLA_IMPORTERS_WORDS_H
#define SLA_IMPORTERS_WORDS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "engine/base/arena.h"

enum { WORDS_MAX = 256 };   /* longer texts are no names and no terms: they fold to their first WORDS_MAX bytes */
/* What two spellings of one name have in common: small letters without accents, half width, without blanks, "_", "-" (but the first), ":", "*" and quotes; "狀態" and "状态".
 * "Fecha de Resolución: " and "fecha_de_resolucion" fold to the same. Returns the length; out has room for WORDS_MAX bytes. */
size_t words_fold(slice s, char *out);
slice words_folded(arena *a, slice s);                      /* a copy in a; ptr NULL: no memory */
bool words_same(slice a, slice b);                          /* both fold to the same */

/* Full width as half, without blanks around it: of "２０２５－０７－０１　０９：０５" "2025-07-01 09:05", in out. s itself if it has nothing of full width, or is longer than any date or number. */
enum { NARROW_MAX = 96 };
slice words_narrow(slice s, char out[NARROW_MAX]);

/* A duration in ms: "1 dias 18 horas 47 minutos", "2小时30分", "1h 30m", "3 Tage", "PT4H30M", "26:03:04", "1d 02:03:04", "-1 h". A day is 24 h and a week
 * 7 days. Numbers may have decimals ("1.5 h", "1,5 h") and marks between thousands ("1,234.5", "1.234,5"); what may be either ("1,800") is refused. A bare number counts in unit (ms); unit 0:
 * a bare number is refused. ISO 8601's months and years have no length. false: not a duration. */
bool words_duration(slice s, int64_t unit, int64_t *ms);
/* What the comma of a bare number is: of decimals ("2,5"), between thousands ("1,234,567", "1,234.5"), or one or the other ("1,800"). NONE: it has none, or is no number. */
typedef enum words_comma { COMMA_NONE, COMMA_DECIMAL, COMMA_THOUSANDS, COMMA_EITHER } words_comma;
words_comma words_comma_of(slice s);
/* A folded header that ends with a unit: "resolutiontime(hours)", "responseminutes", "处理时长分钟". Its length in ms, *bare what stands before; 0: it does not. */
int64_t words_unit(slice folded);                           /* of a unit by its folded name: "h", "minutes", "分钟", in ms; 0: none */
int64_t words_unit_behind(slice folded, slice *bare);
#endif
