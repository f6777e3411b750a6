/* Any bytes as an expression: compiled, and run where it compiles. The first byte says how many rows. */
#include "tests/support/world.h"

static const char model[] =
    "enums: {grade: {ordered: true, values: [low, high]}}\n"
    "datasets:\n"
    "  rec: {key: [id], time: t, fields: {id: {type: text}, e: {type: text, enum: grade}, n: {type: number}, t: {type: time}, d: {type: date}, u: {type: duration}, b: {type: boolean}}}\n"
    "  child: {time: at, fields: {parent: {type: text}, at: {type: time}, n: {type: number}, s: {type: text}}}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static test_world tw;
    static bool begun;
    if (!begun) {
        world_begin(&tw, model, "calendars: {office: {hours: {mon-fri: [09:00-18:00]}}}\n");
        world_table(&tw, "rec", "id | e | n | t | d | u | b\na | low | 1 | 2025-07-01 09:00 | 2025-07-01 | 1h | true\nb | odd | -3 | | | |\n");
        world_table(&tw, "child", "parent | at | n | s\na | 2025-07-01 10:00 | 4 | x\na | 2025-07-01 09:00 | | y\n");
        begun = true;
    }
    arena a = {0};
    err e = {0};
    errlist errors = {0};
    program *p = NULL;
    lang_shared *s = NULL;
    machine *m = NULL;
    int slot;
    if (size < 1 || program_new(&tw.env, schema_dataset(tw.schema, SLICE_LIT("rec")), tw.dict, &a, &p, &e) != SLA_OK) return 0;
    slice text = {(const char *)data + 1, size - 1};
    if (program_add(p, text, (srcpos){"fuzz", 1, 1}, VT_COUNT, &slot, NULL, &errors) == SLA_OK && lang_shared_new(&tw.w, &s, &e) == SLA_OK &&
        machine_new(p, &tw.w, s, &m, &e) == SLA_OK)
        (void)machine_eval(m, 0, data[0] % 3, &e);
    machine_free(m);
    lang_shared_free(s);
    errlist_clear(&errors);
    arena_free(&a);
    return 0;
}
