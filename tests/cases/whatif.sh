#!/bin/sh
# slaudit whatif, and calendars that change on a day (C39): what was closed before keeps its verdict, what was open uses the old hours up to the day.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; cat "$d/out"; exit 1; }
has() { grep -qE -e "$1" "$d/out" || fail "$2: /$1/ is not said"; }
hasnt() { ! grep -qE -e "$1" "$d/out" || fail "$2: /$1/ is said"; }
what_if() { "$SLAUDIT" whatif -w "$d/w.db" "$@" >"$d/out" 2>&1 || fail "whatif $*"; }

# P3 is answered within four working hours: MAY after 3 h, OVER after 4 h by the hours of May and 4:30 by those of June, JUNE in time by either
cat >"$d/ticket.csv" <<'E'
id,type,priority,status,created_at,responded_at
MAY,incident,P3,in_progress,2026-05-25 16:00:00,2026-05-26 10:00:00
OVER,incident,P3,in_progress,2026-05-29 17:00:00,2026-06-01 12:30:00
JUNE,incident,P3,in_progress,2026-06-08 17:30:00,2026-06-09 10:00:00
E
cat >"$d/june.yaml" <<'E'
calendars:
  office: {title: {zh: 办公, en: Office}, hours: {mon-fri: [09:00-12:00, 13:00-18:00]}, holidays: cn, changes: [{from: 2026-06-01, hours: {mon-fri: [09:00-20:00]}}]}
E
cat >"$d/always.yaml" <<'E'
calendars:
  office: {title: {zh: 办公, en: Office}, hours: {mon-fri: [09:00-20:00]}, holidays: cn, day: 8h}
E
"$SLAUDIT" import -w "$d/w.db" "$d/ticket.csv" >/dev/null 2>&1
"$SLAUDIT" audit -w "$d/w.db" --period 2026Q2 >/dev/null 2>&1

what_if
has '^run 1 \(2026Q2\) -> what if: data the same, pack the same, calendars the same' "nothing else"
has '^0 rules changed' "nothing else"
what_if --profile "$d/june.yaml"
has '^4\.1-a  conforms -> fails, 0 gone, 1 new  \(calendar\)' "an edit on 1 June"
has '^    [+] OVER' "an edit on 1 June"
hasnt 'MAY|JUNE' "an edit on 1 June"
what_if --profile "$d/always.yaml"
has '^4\.1-a  conforms -> fails, 0 gone, 2 new  \(calendar\)' "the new hours all the time"
has '^    [+] MAY' "the new hours all the time"
has '^    [+] OVER' "the new hours all the time"
what_if --profile "$d/june.yaml" --run 1 --format json
has '"cause": "calendar"' json
has '"OVER"' json

# nothing was kept; the run that is kept says the same, and each ticket's time to the minute
"$SLAUDIT" diff -w "$d/w.db" 1 2 >"$d/out" 2>&1 && fail "whatif kept a run"
"$SLAUDIT" audit -w "$d/w.db" --period 2026Q2 --profile "$d/june.yaml" >/dev/null 2>&1
"$SLAUDIT" diff -w "$d/w.db" 1 2 >"$d/out" 2>&1
has '^4\.1-a  conforms -> fails, 0 gone, 1 new  \(calendar\)' "the run that is kept"
for t in "MAY 10800000 conforms" "OVER 16200000 nonconforming" "JUNE 12600000 conforms"; do
    set -- $t
    "$SLAUDIT" explain -w "$d/w.db" --profile "$d/june.yaml" --format json 4.1-a "$1" >"$d/out" 2>&1
    has "\"elapsed_ms\": $2\b" "$1"
    has "\"verdict\": \"$3\"" "$1"
done
"$SLAUDIT" report -w "$d/w.db" --kind audit --format html --lang en -o "$d/r" >"$d/out" 2>&1 || fail report
cat "$d"/r/*.html >"$d/out"
has 'from 2026-06-01 mon-fri 09:00-20:00' "the report tells of the change"
"$SLAUDIT" report -w "$d/w.db" --kind audit --format html -o "$d/zh" >"$d/out" 2>&1 || fail report
cat "$d"/zh/*.html >"$d/out"
has '自 2026-06-01 周一-周五 09:00-20:00' "the Chinese report tells of the change"

# another edition of a list of holidays is another calendar, too
{ echo 'holidays:'; sed -n '/^  cn:/,$p' "$SLAUDIT_HOME/rules/itss-2025/calendars/cn.yaml" | sed 's/- 2026-06-19..2026-06-21/- 2026-06-19..2026-06-22/'; } >"$d/list.yaml"
what_if --profile "$d/list.yaml" --run 1
has 'calendars differ' "a holiday more"
"$SLAUDIT" whatif -w "$d/w.db" --profile "$d/nowhere.yaml" >"$d/out" 2>&1 && fail "a profile that is not there"
echo "[  PASSED  ] 13 test(s)."
