/* What stands in for libFuzzer where there is no clang: runs a target over its seeds, then over changes of them drawn from a fixed sequence, for a given time.
 * usage: fuzz_X [-max_total_time=SECONDS] FOLDER...   the input under way when it fails is left in fuzz-failure */
#include <dirent.h>
#include <sanitizer/common_interface_defs.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
enum { INPUT_MAX = 1 << 16, SEEDS_MAX = 4096 };
typedef struct seed { uint8_t *p; size_t n; } seed;
static struct { seed seeds[SEEDS_MAX]; size_t n; uint8_t *input; size_t size; uint64_t state; } run;

static void leave_input(void)
{
    FILE *f = fopen("fuzz-failure", "wb");
    if (!f) return;
    fwrite(run.input, 1, run.size, f);
    fclose(f);
    fprintf(stderr, "the input is in fuzz-failure (%zu bytes)\n", run.size);
}

static void on_abort(int sig)
{
    leave_input();
    signal(sig, SIG_DFL);
    raise(sig);
}

static uint64_t draw(uint64_t below)
{
    run.state ^= run.state << 13, run.state ^= run.state >> 7, run.state ^= run.state << 17; /* xorshift64 */
    return below ? run.state % below : 0;
}

static void read_folder(const char *folder)
{
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d)) && run.n < SEEDS_MAX;) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (!f) continue;
        seed s = {malloc(INPUT_MAX), 0};
        if (s.p && (s.n = fread(s.p, 1, INPUT_MAX, f)) > 0) run.seeds[run.n++] = s;
        else free(s.p);
        fclose(f);
    }
    if (d) closedir(d);
}

/* One change: bytes set, flipped, left out, doubled, or taken from another seed. */
static void change(void)
{
    static const uint8_t telling[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '\'', '<', '>', '&', '\n', '\r', ',', '[', '{', '\\', 0xC3, 0x1E, 0x1F};
    size_t at = (size_t)draw(run.size), n = (size_t)draw(draw(8) ? 8 : 256) + 1;
    switch (draw(6)) {
    case 0: if (run.size) run.input[at] = (uint8_t)draw(256); break;
    case 1: if (run.size) run.input[at] = telling[draw(sizeof telling)]; break;
    case 2: if (run.size) run.input[at] ^= (uint8_t)(1u << draw(8)); break;
    case 3:
        if (at + n <= run.size) memmove(run.input + at, run.input + at + n, run.size - at - n), run.size -= n;
        break;
    case 4:
        if (at + n > run.size || run.size + n > INPUT_MAX) break;
        memmove(run.input + at + n, run.input + at, run.size - at);
        run.size += n;
        break;
    default: {
        const seed *s = &run.seeds[draw(run.n)];
        size_t from = (size_t)draw(s->n), k = n < s->n - from ? n : s->n - from;
        if (at + k > INPUT_MAX) break;
        memcpy(run.input + at, s->p + from, k);
        if (at + k > run.size) run.size = at + k;
    }
    }
}

int main(int argc, char **argv)
{
    double seconds = 60;
    uint64_t runs = 0;
    run.state = 88172645463325252u;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-max_total_time=", 16) == 0) seconds = atof(argv[i] + 16);
        else if (argv[i][0] != '-') read_folder(argv[i]);
    }
    run.input = malloc(INPUT_MAX);
    if (!run.input) return 1;
    if (run.n == 0) run.seeds[run.n++] = (seed){(uint8_t *)"0", 1};
    __sanitizer_set_death_callback(leave_input);
    signal(SIGABRT, on_abort);
    time_t end = time(NULL) + (time_t)seconds;
    for (; time(NULL) < end || runs < run.n; runs++) {
        const seed *s = &run.seeds[runs < run.n ? runs : draw(run.n)];
        memcpy(run.input, s->p, s->n);
        run.size = s->n;
        for (uint64_t k = runs < run.n ? 0 : draw(6) + 1; k > 0; k--) change();
        uint8_t *copy = malloc(run.size ? run.size : 1); /* of its exact size, so that reading beyond it is seen */
        if (!copy) return 1;
        memcpy(copy, run.input, run.size);
        LLVMFuzzerTestOneInput(copy, run.size);
        free(copy);
    }
    fprintf(stderr, "%llu runs over %zu seeds\n", (unsigned long long)runs, run.n);
    return 0;
}
