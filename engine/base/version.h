/* The program's name and version, as --version and the reports print them. */
#ifndef SLA_BASE_VERSION_H
#define SLA_BASE_VERSION_H
#define SLAUDIT_NAME "slaudit"
#define SLAUDIT_VERSION "0.1.0"
#endif
