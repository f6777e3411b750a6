/* What a value can be, and how a column of them lies in memory. */
#ifndef SLA_MODEL_TYPES_H
#define SLA_MODEL_TYPES_H

/* V(code, name in YAML, storage): I64 64-bit integers, F64 doubles, CODE dictionary codes of 32 bits */
#define VTYPE_LIST(V) \
    V(TEXT, "text", CODE)        /* UTF-8; with an enumeration its values are meant to be among the defined terms */ \
    V(NUMBER, "number", F64) \
    V(TIME, "time", I64)         /* instant, ms UTC */ \
    V(DATE, "date", I64)         /* civil day, days since 1970-01-01; never shifted by a zone */ \
    V(DURATION, "duration", I64) /* ms */ \
    V(BOOL, "boolean", I64)      /* 0 or 1 */
typedef enum vtype {
#define V(code, name, storage) VT_##code,
    VTYPE_LIST(V)
#undef V
    VT_COUNT } vtype;
typedef enum storage { STORE_I64, STORE_F64, STORE_CODE } storage;
static inline storage vtype_storage(vtype t)
{
    static const storage s[] = {
#define V(code, name, st) STORE_##st,
        VTYPE_LIST(V)
#undef V
    };
    return s[t];
}
const char *vtype_name(vtype t);
#endif
