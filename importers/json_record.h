/* Records of a JSON file: what stands between them, and each taken apart, so that "fields.status.name" is a column like any other. Arrays within a record are cells with their texts and names,
 * elements of XML ([{"__text__": "15"}]) with theirs. */
#ifndef SLA_IMPORTERS_JSON_RECORD_H
#define SLA_IMPORTERS_JSON_RECORD_H
#include "importers/json_shape.h"

/* Goes to the next record: over blanks, in a list a comma unless it is the first, before members of an object their key too. false: no record follows (r->wrong NULL), or that is wrong. */
bool json_record_next(json_reader *r, const json_shape *at, bool first);

/* Where a record's values go. path, value: valid until put returns, or as long as what is read and r->scratch. */
enum { JSON_PATH_MAX = 512 };
typedef struct json_flat {
    json_reader *r;
    bool (*put)(void *ctx, slice path, slice value, bool list);   /* list: value is the source of an array. false: no memory */
    void *ctx;
    char path[JSON_PATH_MAX];
} json_flat;
/* Takes the record at f->r->p apart. false: something is wrong, or the text is cut off (f->r). */
bool json_record_flatten(json_flat *f);
/* What stands in the envelope beside the record is none of its columns. member: that of json_shape, which goes from *path. false: path is such. */
bool json_record_within(slice member, slice *path);
/* A list as people would write it: of texts and of objects their names, with commas between. What has neither stays as it is. */
slice json_list_text(slice list, arena *scratch);
#endif
