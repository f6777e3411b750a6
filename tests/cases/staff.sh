#!/bin/sh
# The staff report of one person names nobody else; under a key it names nobody, the same key gives the same bytes; each record behind a figure is named with its line.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; exit 1; }
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" -o "$d/all" --kind staff "$SAMPLES" >/dev/null 2>&1
report() { "$SLAUDIT" report -w "$d/w.db" "$@" >/dev/null 2>"$d/err" || fail "report $*: $(cat "$d/err")"; }
# what stands in the PDF and the workbook of a folder
words() { { pdftotext -layout "$1/staff-2025Q3.pdf" - 2>/dev/null; unzip -p "$1/staff-2025Q3.xlsx" xl/sharedStrings.xml 'xl/worksheets/*.xml' docProps/core.xml docProps/app.xml; } >"$1.txt"; }
command -v pdftotext >/dev/null 2>&1 && command -v unzip >/dev/null 2>&1 || { echo "[  SKIPPED ] 1 test(s): pdftotext or unzip is not installed"; exit 0; }
tail -n +2 "$SAMPLES/staff.csv" | awk -F, '{ print $1; print $2 }' >"$d/names"

words "$d/all"
n=$(grep -c . "$d/names")
for name in $(cat "$d/names"); do grep -q "$name" "$d/all.txt" || n=$((n - 1)); done
[ "$n" -gt 40 ] || fail "only $n names in the whole report"
grep -q 'GD[0-9]* (ticket.csv:[0-9]*)' "$d/all.txt" || fail "records behind the figures"

# the cover has no figures of a person, unless the report is about one
scores() { unzip -p "$1/staff-2025Q3.xlsx" xl/sharedStrings.xml | grep -c '满分 100' || true; }
[ "$(scores "$d/all")" = 0 ] || fail "the cover of the workbook has one person's score"

who=$(sed -n 10p "$SAMPLES/staff.csv" | cut -d, -f1)
report --person "$who" -o "$d/one"
words "$d/one"
[ "$(scores "$d/one")" = 1 ] || fail "the cover of one person's workbook has no score"
for name in $(cat "$d/names"); do
    case $name in "$who" | "$(sed -n 10p "$SAMPLES/staff.csv" | cut -d, -f2)") grep -q "$name" "$d/one.txt" || fail "$name is missing";;
    *) ! grep -q -w "$name" "$d/one.txt" || fail "the report of $who names $name";; esac
done
ls "$d/one" | grep -qv '^staff-' && fail "--person writes other reports"

printf 'a key of at least sixteen bytes' >"$d/key"
printf 'another key of sixteen bytes' >"$d/key2"
report --anonymise "$d/key" -o "$d/a"
report --anonymise "$d/key" -o "$d/b"
report --anonymise "$d/key2" -o "$d/c"
words "$d/a"
for name in $(cat "$d/names"); do ! grep -q -w "$name" "$d/a.txt" || fail "the anonymous report names $name"; done
grep -q 'P-[0-9a-f]\{10\}' "$d/a.txt" || fail "no pseudonyms"
cmp -s "$d/a/staff-2025Q3.pdf" "$d/b/staff-2025Q3.pdf" && cmp -s "$d/a/staff-2025Q3.xlsx" "$d/b/staff-2025Q3.xlsx" || fail "the same key gives other bytes"
! cmp -s "$d/a/staff-2025Q3.xlsx" "$d/c/staff-2025Q3.xlsx" || fail "another key gives the same bytes"

refused() { "$SLAUDIT" report -w "$d/w.db" -o "$d/r" "$@" >"$d/out" 2>&1 && fail "report $* was done"; [ ! -e "$d/r" ] || fail "report $* wrote something"; }
refused --person nobody
refused --person "$who" --kind audit
refused --anonymise "$d/key" --format json
printf short >"$d/short"
refused --anonymise "$d/short"
# a period of one month: its figures stand under that month, whatever months before have no records
"$SLAUDIT" run --period 2025-08 -w "$d/m.db" -o "$d/month" --kind staff "$SAMPLES" >/dev/null 2>&1
pdftotext -layout "$d/month/staff-2025-08.pdf" - 2>/dev/null | awk '$1 == "解决工单数" && NF == 11 && $2 > 0 { n++; if ($9 != $2 || $7 != "–") bad++ } END { exit !(n > 20 && !bad) }' || fail "months of a figure"
echo "[  PASSED  ] 13 test(s)."
