# slaudit: make, make test, make demo, make bench, make install (README.md says what each does).
# V = release | san | tsan | cov | fuzz | fuzzgcc | ext: a folder each under build/, so objects never mix (no comment behind a value: make keeps the blanks)
# ROOMS, O: to build a part of the tree elsewhere, e.g. make V=san O=/tmp/b ROOMS="engine/base engine/time" run-tests
V ?= release
O := build/$V
ROOMS ?= $(wildcard engine/*) importers reports
PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share/slaudit

release := -O2 -flto=auto -fvect-cost-model=dynamic
san := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
tsan := -O1 -fsanitize=thread -fno-omit-frame-pointer
cov := -O0 --coverage
fuzz := -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
# the loadable extension: SQLite's functions are the host's (engine/store/ext_host.h)
ext := -O2 -fPIC -fvisibility=hidden -include engine/store/ext_host.h
# without clang: gcc and a driver of our own in the place of libFuzzer
fuzzgcc := $(san)

PKGS := sqlite3 xlsxwriter libpcre2-8 yaml-0.1 libcrypto expat libzip zlib fontconfig
# asked once per build, not once per recipe; empty before `make deps`
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2
CPPFLAGS += -I. -D_POSIX_C_SOURCE=200809L
CFLAGS += -std=c17 -g -ffile-prefix-map=$(CURDIR)/= $(WARN) $($V)
LDFLAGS += $($V)
LDLIBS += $(PKG_LIBS) -lhpdf -lm -pthread

SRC := $(filter-out engine/cli/main.c engine/cli/ext_%.c,$(wildcard $(ROOMS:%=%/*.c)))
EXTENSION := $(wildcard engine/base/*.c engine/model/*.c engine/time/*.c engine/store/*.c) engine/cli/ext_slaudit.c
SUPPORT := $(wildcard tests/support/*.c)
GENERATE := $(wildcard tests/generator/*.c)
TEST_ROOMS := $(if $(filter command line,$(origin ROOMS)),$(ROOMS:engine/%=%),*)
TEST := $(patsubst %.c,$O/%,$(wildcard $(TEST_ROOMS:%=tests/%/test_*.c)))
FUZZ := $(patsubst %.c,$O/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCH := $(patsubst %.c,$O/%,$(wildcard tests/bench/bench_*.c))
MAIN := $O/engine/cli/main

# All cores, unless the caller said otherwise; make hands its own -j down through the jobserver.
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SUBMAKE = $(MAKE) $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS)) --no-print-directory

# VERBOSE=1 shows the compiler's command lines instead of the files' names.
HUSH := $(if $(VERBOSE),,@)
SAY := $(if $(VERBOSE),:,echo)

all: deps
	@$(SUBMAKE) V=release slaudit
	@$(SUBMAKE) V=ext slaudit.so
slaudit: build/release/engine/cli/main ; @cp $< $@.new && mv -f $@.new $@

ifeq ($V,ext)
slaudit.so: build/ext/slaudit.so ; @cp $< $@.new && mv -f $@.new $@
build/ext/slaudit.so: $(EXTENSION:%.c=build/ext/%.o) ; @$(SAY) "ld  $@"; $(CC) -shared $(LDFLAGS) -o $@ $^ -lcrypto -lyaml -pthread
else
# its objects have rules and flags of their own only with V=ext
slaudit.so: ; @$(SUBMAKE) V=ext slaudit.so
.PHONY: slaudit.so
endif

$O/libslaudit.a: $(SRC:%.c=$O/%.o) ; @rm -f $@ && $(AR) rcs $@ $^
$O/libsupport.a: $(SUPPORT:%.c=$O/%.o) ; @rm -f $@ && $(AR) rcs $@ $^
$O/%.o: %.c Makefile
	@mkdir -p $(@D)
	@$(SAY) "cc  $@"
	$(HUSH)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(TEST): LDLIBS += -lcmocka
ifeq ($V,fuzz)
$(FUZZ): LDLIBS += -fsanitize=fuzzer
else
$(FUZZ): $O/tests/fuzz/driver.o
endif
LINK = @$(SAY) "ld  $@"; $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(MAIN) $(BENCH): %: %.o $O/libslaudit.a ; $(LINK)
$(TEST) $(FUZZ): %: %.o $O/libsupport.a $O/libslaudit.a ; $(LINK)
$O/tests/generator/generate: $(GENERATE:%.c=$O/%.o) $O/libslaudit.a ; $(LINK)

# A quarter of made-up data, the same bytes everywhere; made anew when the generator changes.
samples: build/samples.stamp
build/samples.stamp: build/release/tests/generator/generate
	rm -rf samples/2025Q3 && mkdir -p samples
	$< --seed 1 --out samples/2025Q3 --manifest samples/manifest-2025Q3.csv
	@touch $@
generator: build/release/tests/generator/generate

deps: ; @sh scripts/deps.sh
test: deps
	sh tests/layers.sh
	@$(SUBMAKE) V=release slaudit generator
	@$(SUBMAKE) V=release samples
	@$(SUBMAKE) V=ext slaudit.so
	@$(SUBMAKE) V=san build-tests
	@$(MAKE) --no-print-directory V=san run-cases
# The fuzz targets are compiled, so that they go with what they test.
build-tests: $(TEST) $(FUZZ:%=%.o) $(if $(wildcard engine/cli/main.c),$(MAIN))
run-tests: $(TEST) ; @sh scripts/run-tests.sh $O $(TEST)
run-cases: build-tests ; @sh scripts/run-tests.sh $O $(TEST) $(wildcard tests/cases/*.sh)

demo: deps
	@$(SUBMAKE) V=release slaudit generator
	@$(SUBMAKE) V=release samples
	mkdir -p out/en
	rm -f out/demo.slaudit out/demo.slaudit-wal out/demo.slaudit-shm
	./slaudit run --period 2025Q3 -w out/demo.slaudit -o out samples/2025Q3
	./slaudit report -w out/demo.slaudit --lang en -o out/en
	@echo; echo "The reports, in Chinese:"; ls out/*.pdf out/*.xlsx out/*.json out/*.ndjson
	@echo "and in English:"; ls out/en/*

bench: deps
	@$(SUBMAKE) V=release slaudit generator $(BENCH:$O/%=build/release/%)
	sh tests/bench/run.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/slaudit $(SHARE)
	install -m 755 slaudit $(DESTDIR)$(PREFIX)/bin/slaudit
	install -m 755 slaudit.so $(DESTDIR)$(PREFIX)/lib/slaudit/slaudit.so
	find rules importers/profiles importers/logs reports -type f ! -name '*.[ch]' ! -name '.*' | while read -r f; do \
	    install -D -m 644 "$$f" "$(SHARE)/$$f" || exit 1; done
uninstall: ; rm -rf $(DESTDIR)$(PREFIX)/bin/slaudit $(DESTDIR)$(PREFIX)/lib/slaudit $(SHARE)

# Line coverage by file, the least covered first.
coverage: deps
	rm -rf build/cov
	@$(SUBMAKE) V=cov build-tests
	@$(MAKE) --no-print-directory V=cov run-cases
	@gcov -n $(SRC:%.c=build/cov/%.gcda) 2>/dev/null | awk -F"'" '/^File/ {f = $$2; getline; if (f !~ /^\//) print $$0, f}' | sort -t: -k2g

# Every parser over its seeds and what is made of them, SECS seconds each.
fuzz: deps ; @$(SUBMAKE) $(if $(shell command -v clang),V=fuzz CC=clang,V=fuzzgcc) run-fuzz
run-fuzz: $(FUZZ)
	@for f in $^; do s=$${f##*fuzz_}; mkdir -p build/corpus/$$s; \
	    SLAUDIT_HOME=. $$f -max_total_time=$${SECS:-60} build/corpus/$$s $$(ls -d tests/fuzz/seeds/$$s 2>/dev/null) || exit 1; done

clean: ; rm -rf build slaudit slaudit.so out

-include $(shell find $O -name '*.d' 2>/dev/null)
.SECONDARY:
.PHONY: all samples generator deps test build-tests run-tests run-cases demo bench install uninstall coverage fuzz run-fuzz clean
