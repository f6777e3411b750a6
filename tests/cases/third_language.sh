#!/bin/sh
# A further language of the reports is a file of texts, and no C: one made of the English file, in a copy of the program's data.
set -eu
passed=0
ok() { passed=$((passed + 1)); }
fail() { echo "$1" >&2; exit 1; }

home=$TMPDIR/home
mkdir -p "$home/importers" "$home/reports"
cp -r "$SLAUDIT_HOME/rules" "$home/rules"
cp -r "$SLAUDIT_HOME/importers/profiles" "$SLAUDIT_HOME/importers/logs" "$home/importers/"
cp -r "$SLAUDIT_HOME/reports/texts" "$SLAUDIT_HOME/reports/html" "$home/reports/"
sed -e 's/^language: {tag: en,/language: {tag: eo,/' -e 's/title: Service compliance audit/title: Revizio de servoj/' -e 's/major: major nonconformity/major: grava neplenumo/' "$home/reports/texts/en.yaml" >"$home/reports/texts/eo.yaml"
export SLAUDIT_HOME="$home"

"$SLAUDIT" run --period 2025Q3 -w "$TMPDIR/w.db" --lang eo --kind audit --format pdf,xlsx,html -o "$TMPDIR/out" "$SAMPLES" >/dev/null 2>"$TMPDIR/err" || { cat "$TMPDIR/err"; fail "the reports in a third language"; }
pdftotext "$TMPDIR/out/audit-2025Q3.pdf" "$TMPDIR/text" && grep -q 'Revizio de servoj' "$TMPDIR/text" && grep -q 'grava neplenumo' "$TMPDIR/text" || fail "the PDF does not speak it"
ok
grep -q '<html lang="eo">' "$TMPDIR/out/report-2025Q3.html" && grep -q 'grava neplenumo' "$TMPDIR/out/report-2025Q3.html" || fail "the page does not speak it"
ok
"$SLAUDIT" action import -w "$TMPDIR/w.db" "$TMPDIR/out/audit-2025Q3.xlsx" >/dev/null 2>"$TMPDIR/err" || { cat "$TMPDIR/err"; fail "its register cannot come back"; }
ok
"$SLAUDIT" verify -w "$TMPDIR/w.db" "$TMPDIR/out/audit-2025Q3.pdf" >"$TMPDIR/verified" 2>&1 || { cat "$TMPDIR/verified"; fail "verify does not build it anew"; }
ok
! "$SLAUDIT" report -w "$TMPDIR/w.db" --lang tlh -o "$TMPDIR/out" 2>"$TMPDIR/err" && grep -q "do not speak 'tlh'" "$TMPDIR/err" && grep -q 'en, eo, zh' "$TMPDIR/err" || { cat "$TMPDIR/err"; fail "an unknown language"; }
ok
echo "[  PASSED  ] $passed test(s)."
