#!/bin/sh
# What was planted is what is found: each fault of the generator's manifest comes out as listed, by key or line, nothing else does, for several seeds;
# and an independent recount in awk gives the same counts, here and over the samples.
set -eu
d=$TMPDIR
generate=build/release/tests/generator/generate
fails=0 n=0
export LC_ALL=C

# id, kind, conforming, nonconforming, unknown, running of each rule of the result, one rule a line
rules_of() {
    awk '/^ "rules":/ { on = 1 } /^ "metrics":/ { on = 0 }
        on && /^   "(id|kind|conforming|nonconforming|unknown|running)":/ { gsub(/[",:]/, ""); v[$1] = $2; if ($1 == "running") print v["id"], v["kind"], v["conforming"], v["nonconforming"], v["unknown"], v["running"] }' "$1"
}
# "rule key" of each finding; of the log "rule line", unless the list that is expected names its key
findings_of() {
    awk -F'"' 'NR == FNR { wanted[$0] = 1; next } { key = $20; if ($16 == "log" && !(($4 " " key) in wanted)) { key = $0; sub(/.*"evidence":\[\{"source":[0-9]+,"line":/, "", key); sub(/[^0-9].*/, "", key) } print $4, key }' "$1" "$2" | sort -u
}
compare() { # name, expected, got
    n=$((n + 1))
    if ! diff "$2" "$3" >"$d/diff"; then
        fails=$((fails + 1))
        echo "[  FAILED  ] $1 (< expected, > got)"
        head -20 "$d/diff"
    fi
}
for seed in 1 2 3; do
    lapsed=; [ $seed -lt 3 ] || lapsed=--lapsed
    "$generate" --seed $seed $lapsed --out "$d/$seed" --manifest "$d/manifest.csv"
    "$SLAUDIT" run --period 2025Q3 -w "$d/$seed.db" --format json -o "$d/out$seed" "$d/$seed" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
    rules_of "$d/out$seed/results-2025Q3.json" >"$d/rules"
    (cd "$d/$seed" && awk -f "$SLAUDIT_HOME/tests/support/recount.awk" staff.csv service.csv history.csv ticket.csv auth.log) | sort >"$d/recount"
    awk '{ print $1 }' "$d/rules" >"$d/assessed"
    awk -F, 'NR == FNR { ok[$1] = 1; next } ok[$1] && $2 == "nonconforming" { print $1, $3 == "log" && $6 ? $6 : $4 }' "$d/assessed" "$d/manifest.csv" | sort -u >"$d/want"
    findings_of "$d/want" "$d/out$seed/findings-2025Q3.ndjson" | awk 'NR == FNR { ok[$1] = 1; next } ok[$1]' "$d/assessed" - >"$d/got"
    [ "$(wc -l <"$d/want")" -ge 100 ] || { echo "[  FAILED  ] seed $seed: the manifest lists too few faults"; exit 1; }
    compare "seed $seed: the findings are the planted faults" "$d/want" "$d/got"
    awk -F, 'NR == FNR { ok[$1] = 1; next } ok[$1] && $2 != "nonconforming" { c[$1 " " $2]++ } END { for (k in c) print k, c[k] }' "$d/assessed" "$d/manifest.csv" | sort >"$d/want"
    awk '$5 { print $1, "unknown", $5 } $6 { print $1, "running", $6 }' "$d/rules" | sort >"$d/got"
    compare "seed $seed: unknown and running as planted" "$d/want" "$d/got"
    awk 'NR == FNR { ok[$1] = 1; next } ok[$1] { print $1, $3, $4, $5, $6 }' "$d/recount" "$d/rules" | sort >"$d/got"
    compare "seed $seed: the recount agrees" "$d/recount" "$d/got"
done
echo changed >>"$d/3/service.csv"
"$SLAUDIT" audit --period 2025Q3 -w "$d/3.db" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
"$SLAUDIT" report -w "$d/3.db" --kind audit --format json -o "$d/changed" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
echo "4.4-c service.csv" >"$d/want"
grep -h '"rule":"4.4-c"' "$d/changed/findings-2025Q3.ndjson" | awk -F'"' '{ print $4, $20 }' >"$d/got"
compare "a source that changed after its import is found" "$d/want" "$d/got"
[ "$(wc -l <"$d/recount")" -ge 30 ] || { echo "[  FAILED  ] the recount knows too few rules"; exit 1; }
if [ -f "$SAMPLES/ticket.csv" ]; then
    "$SLAUDIT" run --period 2025Q3 -w "$d/samples.db" --format json -o "$d/samples" "$SAMPLES" >"$d/log" 2>&1 || { cat "$d/log"; exit 1; }
    rules_of "$d/samples/results-2025Q3.json" >"$d/rules"
    (cd "$SAMPLES" && awk -f "$SLAUDIT_HOME/tests/support/recount.awk" staff.csv service.csv history.csv ticket.csv auth.log) | sort >"$d/want"
    awk 'NR == FNR { ok[$1] = 1; next } ok[$1] { print $1, $3, $4, $5, $6 }' "$d/want" "$d/rules" | sort >"$d/got"
    compare "samples: the recount agrees" "$d/want" "$d/got"
fi
"$generate" --seed 2 --out "$d/again"
for f in "$d"/again/*; do cmp "$f" "$d/2/$(basename "$f")"; done
n=$((n + 1))
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
