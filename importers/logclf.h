/* The common log format of web servers, and the combined one, which only adds to its end (NCSA httpd; Apache HTTP Server, mod_log_config):
 *   10.0.0.9 - bob [17/May/2025:10:05:03 +0000] "GET /a?b=c HTTP/1.1" 200 512
 * Nearly all lines of it are written exactly so. Such a line is taken apart here, without an expression; where anything is out of the way, the kind's expression decides, and
 * both find the same in the same line. */
#ifndef SLA_IMPORTERS_LOGCLF_H
#define SLA_IMPORTERS_LOGCLF_H
#include "importers/logtime.h"

typedef enum log_clf_part { CLF_SRC_IP, CLF_USER, CLF_AT, CLF_MESSAGE, CLF_METHOD, CLF_OBJECT, CLF_STATUS_CODE, CLF_BYTES, CLF_PARTS } log_clf_part;
int log_clf_by_name(slice name);                                         /* of a part, by the name of the expression's group; -1: none */
/* false: the line is not written exactly so. Parts that say "-" have length 0; message is the request, of which method and object are parts. readable: slice_readable. */
bool log_clf_cut(slice line, const char *readable, slice parts[CLF_PARTS], log_time *at);
#endif
