#!/bin/sh
# make bench: import and audit together against the same checks in DuckDB, over generated data, as a ratio in one run.
# usage: run.sh [TIMES]        needs node and npm (package @duckdb/node-api) for the rival; without them slaudit's own figures are printed.
set -eu
times=${1:-3}
dir=build/bench
duck=../shared/bench/duck.mjs
mkdir -p "$dir"

make_data() { # name, arguments of the generator
    [ -f "$dir/$1/ticket.csv" ] || { echo "generating $dir/$1"; build/release/tests/generator/generate --seed 7 --out "$dir/$1" $2; }
}
# Runs "$@" and prints seconds and peak memory in MB.
measure() {
    /usr/bin/env bash -c 'TIMEFORMAT=%R; exec 3>&1; { time "$@" >/dev/null 2>"$0.log"; } 2>&3' "$dir/last" "$@"
}
best() { sort -n | head -1; }
own() { # data
    rm -f "$dir/bench.db"
    measure ./slaudit run --period 2025Q3 -w "$dir/bench.db" --format none "$dir/$1"
}
peak() { # data: peak resident memory in kB, from the kernel's account of the child
    rm -f "$dir/bench.db"
    command -v /usr/bin/time >/dev/null 2>&1 || { echo 0; return; }
    /usr/bin/time -f %M -o "$dir/peak" ./slaudit run --period 2025Q3 -w "$dir/bench.db" --format none "$dir/$1" >/dev/null 2>&1
    cat "$dir/peak"
}
bytes() { cat "$dir/$1"/*.csv "$dir/$1"/*.log | wc -c; }

make_data bench --bench
i=0; : > "$dir/own"; : > "$dir/rival"
have_duck=no
if [ -f "$duck" ] && command -v npm >/dev/null 2>&1; then
    [ -d "$dir/node_modules/@duckdb/node-api" ] || (cd "$dir" && npm install --no-audit --no-fund --silent @duckdb/node-api)
    cp "$duck" "$dir/duck.mjs"
    have_duck=yes
fi
while [ $i -lt "$times" ]; do
    own bench >> "$dir/own"
    [ $have_duck = no ] || node "$dir/duck.mjs" "$dir/bench" | sed 's/.*total \([0-9.]*\) s/\1/' >> "$dir/rival"
    i=$((i + 1))
done
o=$(best < "$dir/own")
awk -v o="$o" -v input="$(bytes bench)" -v peak="$(peak bench)" 'BEGIN {
    printf "slaudit import+audit  %s s   input %d MB   peak memory %d MB, %.2f times the input (to reach: 2)\n", o, input / 1e6, peak * 1024 / 1e6, peak * 1024 / input }'
if [ $have_duck = yes ]; then
    r=$(best < "$dir/rival")
    echo "duckdb, same checks   $r s"
    awk -v a="$o" -v b="$r" 'BEGIN { printf "ratio %.3f (to reach: 0.5; aim: 0.25)\n", a / b }'
fi
if [ "${BENCH_LARGE:-yes}" = yes ]; then
    make_data small "--bench --scale 0.1"
    s=$(own small | tail -1)
    awk -v a="$s" -v b="$o" 'BEGIN { printf "a tenth of the data %s s; ten times the data takes %.1f times as long (to reach: 11)\n", a, b / a }'
fi
sh tests/bench/reports.sh "$times"
sh tests/bench/imports.sh "$times"
