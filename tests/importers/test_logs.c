/* Logs: every example of every pattern, forms of lines, years, and whole files into a workspace in memory. */
#include "engine/base/file.h"
#include "engine/base/yaml.h"
#include "importers/import.h"
#include "importers/logkind.h"
#include "importers/logpattern.h"
#include "importers/logsyslog.h"
#include "importers/logtime.h"
#include "tests/support/check.h"

static void print_errors(const errlist *errors)
{
    for (size_t i = 0; i < errors->n; i++) print_error("%s:%u:%u: %s\n", errors->items[i].file, (unsigned)errors->items[i].line, (unsigned)errors->items[i].col, errors->items[i].msg);
}

static void every_example_of_every_pattern(void **state)
{
    (void)state;
    log_patterns *lp = NULL;
    errlist errors = {0};
    size_t n = 0;
    sla_status st = log_patterns_load(&lp, &errors);
    print_errors(&errors);
    assert_int_equal(st, SLA_OK);
    st = log_patterns_test(lp, &n, &errors);
    print_errors(&errors);
    assert_int_equal(st, SLA_OK);
    assert_true(n > 300);
    print_message("%zu examples\n", n);
    errlist_clear(&errors);
    log_patterns_free(lp);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(every_example_of_every_pattern)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
