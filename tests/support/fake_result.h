/* A made-up audit result, rich and the same every time: all 31 clauses, some 60 rules, findings, metrics, staff. For tests of reports only. */
#ifndef TESTS_FAKE_RESULT_H
#define TESTS_FAKE_RESULT_H
#include "engine/audit/result.h"

audit_result *fake_result(size_t nfindings);  /* NULL: no memory */
void fake_result_free(audit_result *r);       /* NULL allowed */
#endif
