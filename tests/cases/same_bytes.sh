#!/bin/sh
# The same input gives the same bytes (E04: on another day too): another folder, zone, locale and number of threads change nothing; a second import changes nothing.
set -eu
d=$TMPDIR
mkdir -p "$d/elsewhere/deep"
cp -r "$SAMPLES" "$d/elsewhere/deep/2025Q3"
env TZ=UTC LC_ALL=C SLAUDIT_THREADS=1 "$SLAUDIT" run --period 2025Q3 -w "$d/a.db" -o "$d/a" --format pdf,xlsx,json,html,oscal "$SAMPLES" >/dev/null 2>&1
(cd "$d/elsewhere" && env TZ=America/New_York LC_ALL=zh_CN.UTF-8 SLAUDIT_THREADS=2 "$SLAUDIT" run --period 2025Q3 -w "$d/b.db" -o "$d/b" --format pdf,xlsx,json,html,oscal deep/2025Q3 >/dev/null 2>&1)
for f in "$d"/a/*; do
    cmp "$f" "$d/b/$(basename "$f")" || { echo "[  FAILED  ] $(basename "$f") differs"; exit 1; }
done
n=$(ls "$d/a" | wc -l)
[ "$n" -eq 10 ] || { echo "[  FAILED  ] $n files instead of 10"; exit 1; }
before=$("$SLAUDIT" sql -w "$d/a.db" "select count(*), (select count(*) from ticket) from source")
"$SLAUDIT" import -w "$d/a.db" "$SAMPLES" >/dev/null 2>&1
after=$("$SLAUDIT" sql -w "$d/a.db" "select count(*), (select count(*) from ticket) from source")
[ "$before" = "$after" ] || { echo "[  FAILED  ] a second import changed the workspace: $before, then $after"; exit 1; }
"$SLAUDIT" report -w "$d/a.db" -o "$d/c" >/dev/null 2>&1
cmp "$d/a/audit-2025Q3.pdf" "$d/c/audit-2025Q3.pdf"
# C48: times without a zone are those of the export's zone, wherever the reader sits
mkdir "$d/riyadh"
printf 'id,type,priority,status,created_at,responded_at\nT1,incident,P1,closed,2025-07-01 09:00:00,2025-07-01 09:10:00\n' >"$d/riyadh/ticket.csv"
for tz in Asia/Kolkata UTC; do env TZ=$tz "$SLAUDIT" import -w "$d/$(basename $tz).db" --zone Asia/Riyadh "$d/riyadh" >/dev/null 2>&1; done
for w in Kolkata UTC; do "$SLAUDIT" sql -w "$d/$w.db" "select created_at from ticket" >"$d/$w.time"; done
cmp "$d/Kolkata.time" "$d/UTC.time" && grep -q '09:00:00' "$d/UTC.time" || { echo "[  FAILED  ] C48"; cat "$d/UTC.time"; exit 1; }
printf 'id,type,priority,status,created_at\nT2,incident,P1,closed,2025-07-01T06:00:00Z\n' >"$d/riyadh/ticket.csv"
"$SLAUDIT" import -w "$d/UTC.db" "$d/riyadh" >/dev/null 2>&1
[ "$("$SLAUDIT" sql -w "$d/UTC.db" "select count(distinct created_at) from ticket")" = 1 ] || { echo "[  FAILED  ] C48: 06:00Z is 09:00 in Riyadh"; exit 1; }
echo "[  PASSED  ] 6 test(s)."
