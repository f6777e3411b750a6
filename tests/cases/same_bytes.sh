#!/bin/sh
# The same input gives the same bytes: another folder, zone, locale and number of threads change nothing; a second import changes nothing.
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
echo "[  PASSED  ] 4 test(s)."
