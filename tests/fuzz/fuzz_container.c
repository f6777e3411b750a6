/* Any bytes as a file that holds others (gzip, zip, workbooks old and new, pages): parts as streams, or an error with words. Rows and cells stay within a sheet. */
#include <stdint.h>
#include <stdlib.h>
#include "importers/sheet.h"
#include "tests/fuzz/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_file_read(data, size);
    return 0;
}
