#!/bin/sh
# The records of a workspace in the stock SQLite shell, through the loadable extension: the same answers as `slaudit sql`.
set -eu
d=$TMPDIR
command -v sqlite3 >/dev/null 2>&1 || { echo "[  SKIPPED ] 1 test(s): sqlite3 is not installed"; exit 0; }
passed=0
fail() { echo "[  FAILED  ] $1"; exit 1; }
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" --format none "$SAMPLES" >/dev/null 2>&1

same() { # query
    "$SLAUDIT" sql -w "$d/w.db" "$1" >"$d/ours"
    sqlite3 -csv "$d/w.db" ".load ./slaudit" "$1" | tr -d '\r' | sed 's/"//g' >"$d/stock"
    sed 's/"//g' "$d/ours" | cmp -s - "$d/stock" || { diff "$d/ours" "$d/stock" | head -5; fail "$1"; }
    [ -s "$d/ours" ] || fail "no answer: $1"
    passed=$((passed + 1))
}
same "select priority, type, count(*) from ticket group by 1, 2 order by 1, 2"
same "select id, created_at, resolved_at, _line from ticket where assignee is not null order by id limit 50"
same "select t.id, h.at, h.new from ticket t join history h on h.ticket_id = t.id where h.field = 'status' order by t.id, h.at, h.new limit 200"
same "select f.rule, count(*) from finding f join ticket t on t.id = f.key group by 1 order by 1"

: >"$d/plain.db"
! sqlite3 "$d/plain.db" "create table x(y)" ".load ./slaudit" >"$d/out" 2>&1 && grep -q 'no workspace' "$d/out" || fail "another database is taken for a workspace"
passed=$((passed + 1))
echo "[  PASSED  ] $passed test(s)."
