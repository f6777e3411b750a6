/* What must not stand in a ticket's text (semantics.md, "Text patterns"). Check digits are verified, so that a serial number is not taken for one. */
#ifndef SLA_LANG_TEXTCHECK_H
#define SLA_LANG_TEXTCHECK_H
#include <stdbool.h>
#include "engine/base/slice.h"

#define TEXTCHECK_LIST(C) C(ID_NUMBER, "contains_id_number", id_number) C(BANK_CARD, "contains_bank_card", bank_card) C(MOBILE, "contains_mobile", mobile) C(SECRET, "contains_secret", secret)
typedef enum textcheck {
#define C(name, text, fn) TEXTCHECK_##name,
    TEXTCHECK_LIST(C)
#undef C
    TEXTCHECK_COUNT } textcheck;
bool text_has_id_number(slice s);   /* 18 characters, no digit beside them, a valid date of birth, check character by GB 11643 (ISO 7064 MOD 11-2) */
bool text_has_bank_card(slice s);   /* 16..19 digits in a row and no more, Luhn (ISO/IEC 7812-1) */
bool text_has_mobile(slice s);      /* 1[3-9] and nine digits, no digit beside it */
bool text_has_secret(slice s);      /* a word such as password followed by : = ： 是 为 and 4 or more characters; private-key headers */
bool text_has(textcheck kind, slice s);
const char *textcheck_name(textcheck kind);
#endif
