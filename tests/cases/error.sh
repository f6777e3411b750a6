#!/bin/sh
# A rule that cannot be worked out (R05): its verdict is error with the reason and its place, counted once; the others are judged, and the exit status says so.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; cat "$d/out"; exit 1; }
has() { grep -qE -e "$1" "$d/out" || fail "$2: /$1/ is not said"; }
hasnt() { ! grep -qE -e "$1" "$d/out" || fail "$2: /$1/ is said"; }

commas=$(printf '%0400d' 0 | tr 0 ,)
cat >"$d/ticket.csv" <<E
id,type,priority,status,created_at,resolved_at,title,service,assignee,responded_at
A1,incident,P3,resolved,2025-07-01 09:00:00,2025-07-01 10:00:00,printer,SVC-1,li,2025-07-01 09:10:00
A2,incident,P3,resolved,2025-07-02 09:00:00,2025-07-02 10:00:00,"b;$commas",SVC-1,li,2025-07-02 09:10:00
A3,incident,P3,resolved,2025-07-03 09:00:00,2025-07-03 10:00:00,"a;$commas",SVC-1,li,2025-07-03 09:10:00
E
{ echo ticket_id,at,field,new; i=10; while [ $i -lt 60 ]; do echo "A1,2025-07-01 09:$i:00,status,in_progress"; i=$((i + 1)); done; } >"$d/history.csv"
# the pattern is quick on short texts, and too slow on long ones
cat >"$d/p.yaml" <<'E'
add:
  - {id: 1.1-y, title: {zh: 标题, en: Titles}, severity: minor, kind: record, over: ticket, require: 'title not matches /^.*,.*,.*,.*;$/'}
  - {id: 1.1-z, title: {zh: 标题, en: Titles}, severity: minor, kind: record, over: ticket, require: 'title is not missing'}
  - {id: 1.2-x, title: {zh: 筛选, en: Where}, severity: minor, kind: metric, over: ticket, where: 'extract(title, /^.*,.*,.*,.*;$/) is missing', value: count(), target: ">= 1"}
  - {id: 1.2-y, title: {zh: 子行, en: Rows}, severity: minor, kind: record, over: history, in_period: at, require: 'count(ticket[id = ticket_id] where title matches /^.*,.*,.*,.*;$/) = 0'}
  - {id: 1.2-z, title: {zh: 流程, en: Steps}, severity: minor, kind: sequence, case: {dataset: ticket, key: id}, event: {dataset: history, key: ticket_id}, activities: {N: 'new = "in_progress"', Z: 'new = "closed"'}, pattern: /^N*N*N*N*N*N*N*N*N*Z$/}
E
"$SLAUDIT" import -w "$d/w.db" "$d/ticket.csv" "$d/history.csv" >/dev/null 2>&1
rc=0
"$SLAUDIT" audit -w "$d/w.db" --period 2025Q3 --profile "$d/p.yaml" --fail-on observation >"$d/out" 2>&1 || rc=$?
[ $rc -eq 1 ] || fail "the exit status is $rc"
for rule in 1.1-y 1.2-x 1.2-y; do has "error: rule $rule could not be worked out: the pattern /\^\.\*,.* takes too many steps on the text “a;,,.*…” \(p\.yaml:[2-6]\)" $rule; done
has 'error: rule 1.2-z could not be worked out: the pattern /\^N\*N.* takes too many steps on the text “NNN.*” \(p\.yaml:6\)' "a sequence"
hasnt 'rule 1.1-z' "the others go on"
has '^4 rules could not be judged' total
has '^1.1  not assessed ' "a clause of which a rule is in error does not conform"

"$SLAUDIT" report -w "$d/w.db" --kind audit --format html,json,oscal,xlsx --lang en -o "$d/en" >"$d/out" 2>&1 || fail "report en"
"$SLAUDIT" report -w "$d/w.db" --kind audit --format html,pdf,xlsx --lang zh -o "$d/zh" >"$d/out" 2>&1 || fail "report zh"
tr -d '\n' <"$d/en/results-2025Q3.json" | sed 's/{ *"id"/\n{"id"/g' >"$d/out"
has '"1.1-z".*"verdict": "conforms"' json
has '"1.1-y".*"verdict": "error".*"population": 0.*"reason": "could not be worked out' json
has '"id": "1.1",.*"verdict": "not_assessed".*"errors": 1' "once in its clause"
has '"id": "1.2",.*"errors": 3' "once each in its clause"
cat "$d"/en/*.html >"$d/out"
has 'Rules that could not be judged: 4' html
cat "$d"/zh/*.html >"$d/out"
has '出错而未能评判的规则：4 条' html
has '无法计算：模式' html
if command -v pdftotext >/dev/null; then
    pdftotext -layout "$d/zh/audit-2025Q3.pdf" - >"$d/out"
    has '出错而未能评判的规则：4 条' pdf
    has '1\.1-y .*出错' pdf
    for rule in 1.1-y 1.2-x 1.2-y 1.2-z; do has "^ *$rule: " "the summary has each on a line of its own"; done
fi
unzip -p "$d/zh/audit-2025Q3.xlsx" xl/sharedStrings.xml >"$d/out"
has '无法计算：模式' xlsx
cat "$d"/en/*oscal* >"$d/out"
has '1\.1-y: error' oscal
"$SLAUDIT" explain -w "$d/w.db" --profile "$d/p.yaml" --lang en 1.1-y A1 >"$d/out" 2>&1 || fail explain
has 'could not be worked out' explain
"$SLAUDIT" explain -w "$d/w.db" --profile "$d/p.yaml" 1.1-y A1 >"$d/out" 2>&1 || fail explain
has '无法计算' explain
"$SLAUDIT" verify -w "$d/w.db" >"$d/out" 2>&1 || fail verify

# the same from any number of threads and order of rows
{ sed -n 1p "$d/ticket.csv"; sed 1d "$d/ticket.csv" | tac; } >"$d/r.csv"
mkdir "$d/in" && mv "$d/r.csv" "$d/in/ticket.csv" && cp "$d/history.csv" "$d/in"
"$SLAUDIT" import -w "$d/w2.db" "$d/in" >/dev/null 2>&1
"$SLAUDIT" audit -w "$d/w2.db" --period 2025Q3 --profile "$d/p.yaml" >/dev/null 2>&1 || true
"$SLAUDIT" report -w "$d/w2.db" --format json --lang en -o "$d/en2" >"$d/out" 2>&1 || fail "report"
for f in en en2; do sed -n '/"rules"/,$p' "$d/$f/results-2025Q3.json" >"$d/$f.txt"; done
cmp "$d/en.txt" "$d/en2.txt" >"$d/out" 2>&1 || fail "the order of rows"
echo "[  PASSED  ] 22 test(s)."
