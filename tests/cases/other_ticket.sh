#!/bin/sh
# A duplicate and a P1 with a known root cause name the ticket before them, the last one, with its line as evidence.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; cat "$d/out"; exit 1; }
mkdir "$d/in"
cat >"$d/in/ticket.csv" <<'END'
id,type,priority,requester,service,title,created_at,root_cause
A1,incident,P1,ann,mail,no mail,2025-07-01 09:00:00,worn disk
A2,incident,P1,ann,mail,no mail,2025-07-01 09:30:00,worn disk
A3,incident,P1,ann,mail,no mail,2025-07-01 09:50:00,worn disk
B1,incident,,bob,crm,slow,2025-07-02 09:00:00,worn disk
B2,incident,P1,eve,crm,slow,2025-07-03 09:00:00,worn disk
END
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" -o "$d/o" --format json --lang en "$d/in" >"$d/out" 2>&1 || fail "exit status $?"
cp "$d/o/findings-2025Q3.ndjson" "$d/out"
names() { grep "\"rule\":\"$1\".*\"key\":\"$2\"" "$d/out" | grep "$3" | grep -q "\"evidence\":\\[{\"source\":1,\"line\":$4},{\"source\":1,\"line\":$5}" || fail "$1 $2"; }
names 6.1-c A2 'A2 repeats A1,' 3 2
names 6.1-c A3 'A3 repeats A2,' 4 2
names 7.4-c A2 'of P1 incident A1 within 90 days' 3 2
names 7.4-c B2 'of P1 incident A3 within 90 days' 6 2    # B1, which may be a P1 or not, is not named
echo "[  PASSED  ] 4 test(s)."
