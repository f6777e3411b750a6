#!/bin/sh
# What was changed behind the program's back is found and named: a source (spec/cases E06), a report, a result, an entry, the end of the trail (E01), the whole trail (E02).
set -eu
d=$TMPDIR
command -v sqlite3 >/dev/null 2>&1 || { echo "[  SKIPPED ] 1 test(s): sqlite3 is not installed"; exit 0; }
fail() { echo "[  FAILED  ] $1"; cat "$d/out"; exit 1; }
cp -r "$SAMPLES" "$d/data"
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" -o "$d/zh" --format pdf,xlsx,json,html,oscal "$d/data" >/dev/null 2>&1
"$SLAUDIT" report -w "$d/w.db" -o "$d/en" --lang en --kind audit --format pdf >/dev/null 2>&1
head=$("$SLAUDIT" sql -w "$d/w.db" "select hash from trail order by seq desc limit 1")
verify() { "$SLAUDIT" verify -w "$1" --head "$head" $2 >"$d/out" 2>&1; }
holds() { verify "$1" "$2" || fail "$3"; }
breaks() { ! verify "$1" "$2" || fail "$3 was not found"; grep -qE -e "$4" "$d/out" || fail "$3: /$4/ is not said"; }
copy() { cp "$d/w.db" "$d/c.db"; rm -f "$d/c.db-wal" "$d/c.db-shm"; }
sqlite3 "$d/w.db" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null

holds "$d/w.db" "$d/zh/*" "everything as it was"
grep -q "$head" "$d/zh/results-2025Q3.json" || fail "the head is in the results"
holds "$d/w.db" "$d/en/audit-2025Q3.pdf" "the report in English"
! grep -q NOT "$d/out" || fail "NOT"

cp "$d/zh/kpi-2025Q3.xlsx" "$d/kpi-2025Q3.xlsx"
printf x | dd of="$d/kpi-2025Q3.xlsx" bs=1 seek=2000 conv=notrunc 2>/dev/null
breaks "$d/w.db" "$d/zh/audit-2025Q3.pdf $d/kpi-2025Q3.xlsx" "a byte of a report" 'kpi-2025Q3.xlsx: NOT what the run gives'
grep -q 'audit-2025Q3.pdf: as the run gives it' "$d/out" || fail "the other report"

copy
sqlite3 "$d/c.db" "DELETE FROM trail WHERE seq > (SELECT max(seq) - 2 FROM trail)"
breaks "$d/c.db" "" "the end of the trail" 'NO entry has the head'
copy
sqlite3 "$d/c.db" "UPDATE trail SET detail = replace(detail, 'staff.csv', 'stuff.csv') WHERE detail LIKE '%staff.csv%'"
breaks "$d/c.db" "" "an entry" 'entry [0-9]+ of the trail is not what was written'
copy
sqlite3 "$d/c.db" "DELETE FROM trail WHERE seq = 5"
breaks "$d/c.db" "" "an entry that is gone" 'entry 5 of the trail is missing'
copy
sqlite3 "$d/c.db" "UPDATE run SET meta = CAST(replace(CAST(meta AS TEXT), 'GD', 'GE') AS BLOB)"
breaks "$d/c.db" "" "the results" 'results are NOT those|damaged'

# one row of any table
row() { # what, SQL, what is said
    copy
    sqlite3 "$d/c.db" "$2"
    breaks "$d/c.db" "" "$1" "$3"
    [ "$(grep -cE 'NOT|NO import' "$d/out")" = 1 ] || fail "$1: more than that"
}
row "a finding" "UPDATE finding SET key='X' WHERE seq=3" 'run 1: 1 row of the table finding'
row "a finding that is gone" "DELETE FROM finding WHERE seq=3" 'run 1: 1 row of the table finding'
row "a line of evidence" "UPDATE finding_evidence SET line=line+1 WHERE finding=(SELECT min(finding) FROM finding_evidence) AND seq=1" 'table finding_evidence'
row "a verdict" "UPDATE rule_result SET verdict='conforms' WHERE rule='4.1-b'" 'table rule_result'
row "a score" "UPDATE staff_result SET score=100 WHERE seq=1" 'table staff_result'
row "a column of records" "UPDATE chunk_column SET data=zeroblob(length(data)) WHERE rowid=1" 'source 1 action.csv: what the workspace holds of it is NOT'
row "records taken out" "DELETE FROM chunk WHERE source=2" 'source 2 activity.csv: what the workspace holds'
row "records put in" "INSERT INTO chunk SELECT max(id)+1, 99, 'ticket', 0, 1, x'' FROM chunk" 'source 99: in the table chunk'
row "an answer" "INSERT INTO action(fingerprint, status) SELECT fingerprint, 'done' FROM finding LIMIT 1" 'answers: what the workspace holds'
row "a rejected row" "INSERT INTO reject VALUES(1, 5, 1, 'a', 'b', 'c', 1)" 'source 1 action.csv: what the workspace holds'

# the whole chain anew, every hash right, an entry changed: only the printed head knows
copy
sqlite3 "$d/c.db" "UPDATE trail SET detail = replace(detail, '\"rejected\":0', '\"rejected\":1') WHERE seq = 1"
prev= seq=1 n=$(sqlite3 "$d/c.db" "SELECT count(*) FROM trail")
while [ "$seq" -le "$n" ]; do
    hash=$({ printf '%s\000%s\000' "$prev" "$seq"; sqlite3 "$d/c.db" "SELECT kind FROM trail WHERE seq=$seq" | tr -d '\n'; printf '\000'; sqlite3 "$d/c.db" "SELECT detail FROM trail WHERE seq=$seq" | tr -d '\n'; } | sha256sum | cut -d' ' -f1)
    sqlite3 "$d/c.db" "UPDATE trail SET prev='$prev', hash='$hash' WHERE seq=$seq"
    prev=$hash seq=$((seq + 1))
done
"$SLAUDIT" verify -w "$d/c.db" >"$d/out" 2>&1 || fail "the chain written anew is sound in itself"
breaks "$d/c.db" "" "the whole trail" 'NO entry has the head'

sed -i 's/行政后勤/故障排除/' "$d/data/ticket.csv"
breaks "$d/w.db" "" "a source" 'ticket.csv: CHANGED'
grep -q 'finding 1.1-a GD' "$d/out" && grep -q 'more findings' "$d/out" || fail "the findings that rest on it"
rm "$d/data/outage.csv"
breaks "$d/w.db" "" "a source" 'outage.csv: not there any more'

cp "$SAMPLES/ticket.csv" "$d/data/ticket.csv"
"$SLAUDIT" audit --period 2025Q3 -w "$d/w.db" >/dev/null 2>&1
holds "$d/w.db" "--run 1 $d/zh/audit-2025Q3.xlsx" "a report of the run before"
grep -q '1 were added since' "$d/out" || fail "entries added since"
echo "[  PASSED  ] 23 test(s)."
