#!/bin/sh
# slaudit diff: each change between two runs with what can have caused it.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; cat "$d/out"; exit 1; }
audit() { "$SLAUDIT" audit --period 2025Q3 -w "$d/w.db" "$@" >/dev/null 2>"$d/err" || [ $? -eq 3 ] || { cat "$d/err"; exit 1; }; }
has() { grep -qE -e "$1" "$d/out" || fail "$2: /$1/ is not said"; }
hasnt() { ! grep -qE -e "$1" "$d/out" || fail "$2: /$1/ is said"; }
diff_runs() { "$SLAUDIT" diff -w "$d/w.db" "$@" >"$d/out" 2>&1 || fail "diff $*"; }

cp -r "$SAMPLES" "$d/data"
"$SLAUDIT" import -w "$d/w.db" "$d/data" >/dev/null 2>&1
audit
audit
diff_runs 1 2
has '^0 rules changed' "nothing changed"
has 'data the same, pack the same, calendars the same' "nothing changed"

"$SLAUDIT" report -w "$d/w.db" --run 1 --format json -o "$d/then" >/dev/null 2>&1

# one ticket's category is mended: its finding is gone, by the data
f=$(sed -n 's/^\(GD[0-9]*\).*行政后勤.*/\1/p' "$d/data/ticket.csv" | head -1)
sed -i "/^$f,/s/行政后勤/故障排除/" "$d/data/ticket.csv"
"$SLAUDIT" import -w "$d/w.db" "$d/data/ticket.csv" >/dev/null 2>&1
audit
diff_runs 2 3
has 'ticket.csv +(changed|new)' "data"
has '^1\.1-a .*1 gone, 0 new +\(data\)' "data"
has "^    - $f" "data"
diff_runs 3 2
has "^    [+] $f" "the other way round"

# the same period judged as of another day: the cause is that, and a log event goes by its place
audit --as-of 2025-08-15T00:00:00
diff_runs 3 4
has '^6\.2-a .*3 gone, 0 new +\(instant of judgement\)' "as of"
has '^    - log.csv:14017$' "a log event"
audit

# a waiver and a milder target by a profile
cat >"$d/p.yaml" <<'Y'
waivers:
  - {rule: 3.1-b, owner: 张三, reason: 服务目录正在修订, until: 2025-12-31}
Y
audit --profile "$d/p.yaml"
diff_runs 5 6
has '^3\.1-b  fails -> waived.*\(.*waiver\)' "waiver"
hasnt '^2\.1-' "only what changed"

"$SLAUDIT" diff -w "$d/w.db" --format json 2 3 >"$d/out" 2>&1 || fail json
has '"rule": "1.1-a"' json
has "\"$f\"" json
# R09: a named baseline instead of the period before: what is new is that a file was replaced
"$SLAUDIT" audit --period 2025Q3 -w "$d/w.db" --baseline 1 >"$d/out" 2>&1
has '^compared with run 1: 1 new, [1-9][0-9]+ persisting' baseline
"$SLAUDIT" audit --period 2025Q3 -w "$d/w.db" --baseline 77 >"$d/out" 2>&1 && fail "a baseline that is not there"
has 'no run 77' "a baseline that is not there"
"$SLAUDIT" diff -w "$d/w.db" 1 99 >"$d/out" 2>&1 && fail "a run that is not there"
has '99' "a run that is not there"
# C39, C40: hours and limits changed later do not touch what was judged: the report of the first run is the same, that of a new one is not
printf 'clocks:\n  resolution: {limits: {limit: 1h, calendar: always}}\ncalendars:\n  office: {title: {zh: 新, en: New}, hours: {mon-fri: [10:00-16:00]}, holidays: cn}\n' >"$d/hours.yaml"
audit --profile "$d/hours.yaml"
"$SLAUDIT" report -w "$d/w.db" --format json -o "$d/new" >/dev/null 2>&1
"$SLAUDIT" report -w "$d/w.db" --run 1 --format json -o "$d/now" >/dev/null 2>&1
cmp "$d/then/findings-2025Q3.ndjson" "$d/now/findings-2025Q3.ndjson" >"$d/out" 2>&1 || fail "the first run's findings changed"
cmp "$d/then/results-2025Q3.json" "$d/now/results-2025Q3.json" >"$d/out" 2>&1 || fail "the first run's results changed"
! cmp -s "$d/now/findings-2025Q3.ndjson" "$d/new/findings-2025Q3.ndjson" || fail "other hours and limits change nothing"
echo "[  PASSED  ] 11 test(s)."
