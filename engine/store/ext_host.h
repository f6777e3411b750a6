/* Put before every file that is built into the loadable extension: its calls of SQLite go through the host's table of functions, so that the library which the
 * host has linked, of whatever version, is the only one (SQLite, "Run-Time Loadable Extensions"). */
#ifndef SLA_STORE_EXT_HOST_H
#define SLA_STORE_EXT_HOST_H
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#endif
