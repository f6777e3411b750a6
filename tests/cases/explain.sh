#!/bin/sh
# The first finding of one rule of each kind explained: the verdict is that of the audit, a clock's ledger adds up to its elapsed time, and a key that is not there is an error.
set -eu
d=$TMPDIR
export LC_ALL=C
fails=0 n=0
[ -f "$SAMPLES/ticket.csv" ] || { echo "[  SKIPPED ] explain: the samples are not there"; exit 0; }
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" --format json -o "$d/out" "$SAMPLES" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
awk '/^ "rules":/ { on = 1 } /^ "metrics":/ { on = 0 } on && /^   "(id|kind)":/ { gsub(/[",:]/, ""); v[$1] = $2; if ($1 == "kind") print v["id"], v["kind"] }' "$d/out/results-2025Q3.json" >"$d/kinds"
awk -F'"' 'NR == FNR { split($0, p, " "); kind[p[1]] = p[2]; next } ($4 in kind) && !done[kind[$4]]++ { print $4 "\t" $20 }' "$d/kinds" "$d/out/findings-2025Q3.ndjson" >"$d/asked"
tab=$(printf '\t')
while IFS=$tab read -r rule key; do
    n=$((n + 1))
    "$SLAUDIT" explain -w "$d/w.db" --format json "$rule" "$key" >"$d/why" 2>"$d/log" || { fails=$((fails + 1)); echo "[  FAILED  ] explain $rule $key"; cat "$d/log"; continue; }
    grep -q '"verdict": "nonconforming"' "$d/why" || { fails=$((fails + 1)); echo "[  FAILED  ] explain $rule $key: another verdict than the audit's"; }
    awk '/"elapsed_ms":/ { gsub(/[^0-9]/, "", $2); want = $2; clocks = 1 } /"counted_ms":/ { gsub(/[^0-9]/, "", $2); sum += $2 } END { exit clocks && sum != want }' "$d/why" ||
        { fails=$((fails + 1)); echo "[  FAILED  ] explain $rule $key: the ledger does not add up"; }
done <"$d/asked"
# members that conform are explained as well: what was looked into, and the lines it rests on
told() { # RULE KEY VERDICT EVIDENCE: the lines it must rest on begin with that file
    n=$((n + 1))
    "$SLAUDIT" explain -w "$d/w.db" --format json "$1" "$2" >"$d/why" 2>"$d/log" || { fails=$((fails + 1)); echo "[  FAILED  ] explain $1 $2"; cat "$d/log"; return; }
    grep -q "^ *\"verdict\": \"$3\"" "$d/why" && sed -n '/"findings"/,$p' "$d/why" | grep -q "\"source\": \"$4\"" || { fails=$((fails + 1)); echo "[  FAILED  ] explain $1 $2: $3 by $4 is not told"; cat "$d/why"; }
}
first() { "$SLAUDIT" sql -w "$d/w.db" "$1" | head -1; }
told 1.4-a "$(first "select id from ticket where type = 'request' and closed_at > '2025-07-10' and id not in (select key from finding where rule = '1.4-a')")" conforms history.csv
told 2.1-e "$(first "select id from ticket where type = 'request' and started_at > '2025-07-10' and id not in (select key from finding where rule = '2.1-e') and responded_at < started_at")" conforms ticket.csv
told 6.3-a "$(first "select id from system where backup_required") 2025-07-02" conforms log.csv
told 5.2-a "$(first "select id from staff where left_on is null")" conforms training.csv
told 1.2-a "GB/T 36055-2018" conforms document.csv
told 7.4-a "$(first "select id from ticket where type = 'incident' and priority = 'P1' and resolved_at between '2025-07-02' and '2025-09-20' and id in (select ticket_id from activity where kind = 'postmortem') order by 1 desc")" conforms activity.csv
told 3.4-a "$(first "select id from ticket where type = 'change' and title like '%迁移%' and started_at between '2025-07-02' and '2025-09-20' and id not in (select key from finding where rule = '3.4-a')")" conforms log.csv
# as the person reads it: fields, calendars and states by their names, each observation in one language, what the rule applies to and what it asks for
reads() { # LANGUAGE RULE PATTERN: the first finding of the rule, explained, holds a line like that; NOT PATTERN: none
    n=$((n + 1))
    lang=$1 rule=$2
    shift 2
    "$SLAUDIT" explain -w "$d/w.db" --lang "$lang" "$rule" "$(first "select key from finding where rule = '$rule' order by key")" >"$d/why" 2>"$d/log" || { fails=$((fails + 1)); echo "[  FAILED  ] explain $rule"; cat "$d/log"; return; }
    if [ "$1" = NOT ]; then ! grep -qE -e "$2" "$d/why"; else grep -qE -e "$1" "$d/why"; fi || { fails=$((fails + 1)); echo "[  FAILED  ] explain $lang $rule: $*"; cat "$d/why"; }
}
reads zh 2.1-b '^时钟 首次评估 \((办公时间|全天候.*)\)：时限 .*→ 超时$'
reads zh 2.1-b '^记录：工单 '
reads en 2.1-b '^clock First assessment \((Office hours|Around the clock)\): limit .*→ breached$'
reads zh 2.1-b '^  创建时间 \(created_at\) = '
reads zh 1.4-a '^  偏离：第[0-9]+步'
reads zh 1.4-a NOT '_en|departure'
reads en 1.4-a '^  departure: step [0-9]+'
reads en 1.4-a NOT '第[0-9]*步'
reads zh 2.3-d '适用范围：reopen_count is not missing'
reads en 2.3-d '\[true\] share\(reopen_count > 0\)'
n=$((n + 1))
if "$SLAUDIT" explain -w "$d/w.db" 4.1-b nobody >"$d/why" 2>&1; then fails=$((fails + 1)); echo "[  FAILED  ] a key that is not there was explained"; fi
grep -q "has no record or finding" "$d/why" || { fails=$((fails + 1)); echo "[  FAILED  ] the error does not say what is missing"; }
# what an export does not deliver: no pauses without a history, and a rule that is not assessed does not leave its records out
printf 'id,type,title,priority,status,created_at,resolved_at\nT1,incident,x,P1,closed,2025-07-01 09:00:00,2025-07-01 15:00:00\nT2,incident,x,P1,in_progress,2025-07-01 09:00:00,\n' >"$d/ticket.csv"
"$SLAUDIT" run --period 2025Q3 -w "$d/bare.db" --format json -o "$d/bare" "$d/ticket.csv" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
bare() { # LANGUAGE RULE PATTERN: what is said of T2 has a line like that
    n=$((n + 1))
    "$SLAUDIT" explain -w "$d/bare.db" --lang "$1" "$2" T2 >"$d/why" 2>&1 && grep -qE -e "$3" "$d/why" || { fails=$((fails + 1)); echo "[  FAILED  ] explain $*"; cat "$d/why"; }
}
bare zh 4.1-b '，暂停 无从得知（没有该记录的状态变更，按全部工作时间计） → 超时$'
bare en 4.1-b ', paused not known \(no status change of this record'
bare zh 4.1-a '^结论：未评估'
bare en 4.1-a ': not assessed, for the reason given'
bare zh 4.1-a '^  导入的数据中字段“响应时间”没有任何值$'
n=$((n + 1))
grep '"rule":"4.1-b"' "$d/bare/findings-2025Q3.ndjson" | grep -q '"key":"T2".*已扣除暂停（无记录）' || { fails=$((fails + 1)); echo "[  FAILED  ] a finding claims to know of pauses"; grep '4.1-b' "$d/bare/findings-2025Q3.ndjson"; }
# of two desks one delivers no responses: what is said of its tickets is that nothing is, and why
mkdir -p "$d/desks/b"
printf 'id,type,priority,status,created_at,responded_at\nA1,incident,P1,in_progress,2025-07-01 09:00:00,2025-07-01 09:05:00\n' >"$d/desks/ticket.csv"
awk 'BEGIN { print "id,type,priority,status,created_at,responded_at"; for (i = 0; i < 20; i++) print "T" i ",incident,P1,in_progress,2025-07-01 09:00:00," }' >"$d/desks/b/ticket.csv"
rm "$d/bare.db"
"$SLAUDIT" run --period 2025Q3 -w "$d/bare.db" --format none "$d/desks" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
bare zh 4.1-a '^  此记录所在的导出没有任何“响应时间”的值，其他导出有：因此不作判断$'
bare en 4.1-a 'the export that it is of has no value of “Responded” at all'
bare en 4.1-a '→ not judged$'
[ $n -ge 8 ] || { echo "[  FAILED  ] too few kinds were asked about"; exit 1; }
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
