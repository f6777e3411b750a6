/* What the answers of an API say of the whole that they are a part of: {"total": 57, "issues": […]}, {"tickets": […], "next_page": "https://…"}, {"meta": {"has_more": true}},
 * {"current_page": 1, "last_page": 9, "data": […]}; of XML the same names (xmlbox.h).
 * An export that is one page of many must not pass for all there is. */
#ifndef SLA_IMPORTERS_PAGING_H
#define SLA_IMPORTERS_PAGING_H
#include "engine/base/buf.h"
#include "importers/json_read.h"

/* total: how many records there are; 0: it is not said. more, next: whether others follow, by a flag and by the address of the next page; PAGE_UNSAID.
 * page, pages, per_page: the number of this page, of all, and how many records are on one; pages 0: it is not said. {0} says nothing. */
typedef enum page_saying { PAGE_UNSAID, PAGE_YES, PAGE_NO } page_saying;
typedef struct paging { int64_t total, page, pages, per_page; page_saying more, next; } paging;

/* A member of an object around the list of records; value as json_value gives it. Members that are about something else change nothing. */
void paging_member(paging *p, slice key, slice value, arena *scratch);
/* The members around the list that begins at list, in text, which begins with the outermost object and may end within the list. */
void paging_around(paging *p, slice text, const char *list, arena *scratch);
bool paging_knows(slice key);                                            /* the name of a value that says something of pages */
bool paging_encloses(slice key);                                         /* the name of an object of such values */
void paging_add(paging *p, const paging *later);                         /* of an answer behind it in the same file */
/* What source_info.announced is of a file with so many records. */
int64_t paging_announced(const paging *p, uint64_t records);
void paging_note(const paging *p, uint64_t records, buf *out);           /* a line, if the file does not hold all */
#endif
