#!/bin/sh
# Complaints about other tools that are about whole runs (the letters are those of the collection); those about one rule are in complaints/.
set -eu
d=$TMPDIR
n=0
fail() { echo "[  FAILED  ] $1"; exit 1; }
ok() { n=$((n + 1)); }

"$SLAUDIT" run --period 2025Q3 -w "$d/s.db" -o "$d/s" --format json "$SAMPLES" >/dev/null 2>&1
# R15: every finding about records says why, and rests on a line of a file; only a figure over many records has none of its own
figures=$(awk -F'"' '/^   "id":/ { id = $4 } /^   "kind": "(metric|scorecard)"/ { print id }' "$d/s/results-2025Q3.json" | tr '\n' '|')
grep -vE "\"rule\": ?\"(${figures}none)\"" "$d/s/findings-2025Q3.ndjson" >"$d/findings"
[ "$(wc -l <"$d/findings")" -gt 100 ] || fail "R15: too few findings"
! grep -vE '"evidence": ?\[\{"source": ?[1-9][0-9]*, ?"line": ?[1-9]' "$d/findings" | head -3 | grep . || fail "R15: a finding without a line"
grep -E '"rule": ?"4.1-c"' "$d/s/findings-2025Q3.ndjson" | grep -qE '"evidence": ?\[\{"source": ?[1-9][0-9]*, ?"line": ?[1-9]' || fail "R15: an availability below target without an outage's line"
! grep -E '"message": ?""' "$d/findings" | head -3 | grep . || fail "R15: a finding without a reason"
ok

# L08: three thousand different keys
mkdir "$d/wide"
awk 'BEGIN { for (i = 0; i < 300; i++) { printf "{\"at\": \"2025-07-01T09:%02d:00Z\", \"action\": \"login\", \"outcome\": \"success\", \"user\": \"u%d\"", i % 60, i; for (k = 0; k < 10; k++) printf ", \"k%04d\": %d", i * 10 + k, k; print "}" } }' >"$d/wide/log.ndjson"
"$SLAUDIT" import -w "$d/wide.db" "$d/wide" >/dev/null 2>"$d/log" || { cat "$d/log"; fail "L08"; }
[ "$("$SLAUDIT" sql -w "$d/wide.db" "select count(*), count(distinct user) from log where outcome = 'success'" | tr -d ' \t' | tail -1 | tr -dc 0-9)" = 300300 ] || fail "L08: rows or values were lost"
ok

# R16: a character that the font has can be copied out of the PDF; one that it lacks shows as its number, and is told of
mkdir "$d/rare"
cat >"$d/rare/ticket.csv" <<'E'
id,type,priority,status,created_at,resolved_at,title,category
张龘-1,incident,P1,resolved,2025-07-01 09:00:00,2025-07-02 09:00:00,龘,别的
王󰀀-2,incident,P1,resolved,2025-07-01 09:00:00,2025-07-02 09:00:00,x,别的
E
"$SLAUDIT" run --period 2025Q3 -w "$d/rare.db" -o "$d/r" --kind audit --format pdf "$d/rare" >/dev/null 2>"$d/log" || { cat "$d/log"; fail "R16"; }
if command -v pdftotext >/dev/null; then
    pdftotext -layout "$d/r/audit-2025Q3.pdf" "$d/r/text"
    grep -q '张龘-1' "$d/r/text" || fail "R16: a rare character cannot be copied"
    grep -q '王\[U+F0000\]-2' "$d/r/text" || fail "R16: a character that no font has is blank"
fi
grep -q 'U+F0000' "$d/log" || { cat "$d/log"; fail "R16: the missing character is not told of"; }
ok
echo "[  PASSED  ] $n test(s)."
