#include "engine/model/types.h"

const char *vtype_name(vtype t)
{
    static const char *const names[] = {
#define V(code, name, storage) name,
        VTYPE_LIST(V)
#undef V
    };
    return (unsigned)t < VT_COUNT ? names[t] : "?";
}
