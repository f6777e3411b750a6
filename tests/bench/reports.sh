#!/bin/sh
# make bench, section 'reports': the six reports (audit, kpi, staff as PDF and Excel) of 200,000 tickets with some 100,000 findings against the DuckDB script
# in all over the same data, and their peak memory. usage: reports.sh [TIMES]; without node and npm slaudit's own figures are printed.
set -eu
times=${1:-3}
dir=build/bench
duck=../shared/bench/duck.mjs
data=$dir/faulty
mkdir -p "$dir"

[ -f "$data/ticket.csv" ] || { echo "generating $data"; build/release/tests/generator/generate --seed 7 --bench --faults 5 --out "$data"; }
rm -f "$dir/faulty.db" "$dir/faulty.db-wal" "$dir/faulty.db-shm"
./slaudit run --period 2025Q3 -w "$dir/faulty.db" --format none "$data" >/dev/null 2>&1
findings=$(./slaudit sql -w "$dir/faulty.db" "select count(*) from main.finding")

seconds() { bash -c 'TIMEFORMAT=%R; exec 3>&1; { time "$@" >/dev/null 2>&1; } 2>&3' - "$@"; }
reports() { "$@" ./slaudit report -w "$dir/faulty.db" --format pdf,xlsx -o "$dir/reports"; }
least() { sort -n | head -1; }

i=0; : > "$dir/own.reports"; : > "$dir/rival.reports"
have_duck=no
[ ! -f "$duck" ] || [ ! -d "$dir/node_modules/@duckdb/node-api" ] || have_duck=yes
while [ $i -lt "$times" ]; do
    reports seconds >> "$dir/own.reports"
    [ $have_duck = no ] || { cp "$duck" "$dir/duck.mjs"; node "$dir/duck.mjs" "$data" | sed 's/.*total \([0-9.]*\) s/\1/' >> "$dir/rival.reports"; }
    i=$((i + 1))
done
o=$(least < "$dir/own.reports")
memory="not measured (no /usr/bin/time)"
if [ -x /usr/bin/time ]; then
    reports /usr/bin/time -f %M -o "$dir/peak.reports" >/dev/null 2>&1
    memory="$(($(cat "$dir/peak.reports") / 1000)) MB (at most 300)"
fi
echo "reports: six for $findings findings  $o s   peak memory $memory"
if [ $have_duck = yes ]; then
    r=$(least < "$dir/rival.reports")
    awk -v a="$o" -v b="$r" 'BEGIN { printf "reports: duckdb in all %s s, ratio %.3f (to reach: 1.0; aim: 0.5)\n", b, a / b }'
fi
