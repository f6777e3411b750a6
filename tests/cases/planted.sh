#!/bin/sh
# Every planted fault of the samples is found, by file and line, and nothing else is: rule by rule, with the unknown and the running ones.
set -eu
d=$TMPDIR
manifest=$(dirname "$SAMPLES")/manifest-2025Q3.csv
"$SLAUDIT" run --period 2025Q3 -w "$d/p.db" --format json -o "$d/out" "$SAMPLES" >"$d/log" 2>&1
# Findings that are no records (a service below its availability) go by their key.
awk -F, 'NR > 1 && $2 == "nonconforming" { print $3 == "service" ? $1 "|" $4 : $1 "|" $5 "|" $6 }' "$manifest" | sort > "$d/want"
"$SLAUDIT" sql -w "$d/p.db" "select f.rule || '|' || case when f.line is null then f.key else s.path || '|' || f.line end from finding f left join source s on s.id = f.source" | sort > "$d/got"
fails=0
if ! diff "$d/want" "$d/got" > "$d/diff"; then
    echo "[  FAILED  ] findings (< planted and not found, > found and not planted):"
    head -40 "$d/diff"
    fails=1
fi
n=1
for what in unknown running; do
    for rule in $(awk -F, -v w=$what '$2 == w { print $1 }' "$manifest" | sort -u); do
        want=$(awk -F, -v w=$what -v r="$rule" '$1 == r && $2 == w { k++ } END { print k }' "$manifest")
        got=$("$SLAUDIT" sql -w "$d/p.db" "select $what from rule_result where rule = '$rule'")
        n=$((n + 1))
        [ "$want" = "$got" ] || { echo "[  FAILED  ] $rule: $got $what instead of $want"; fails=$((fails + 1)); }
    done
done
echo "$(wc -l < "$d/want") planted faults"
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
