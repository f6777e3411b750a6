#!/bin/sh
# Rows in another order, files cut into parts, another number of threads: the same findings and the same counts. Lines and sources are others, of course.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; exit 1; }

# What must stay: each finding's rule, key (of a record that has none it is source and line), text and fingerprint; each rule's and each figure's numbers.
judge() {
    name=$1
    shift
    "$SLAUDIT" run --period 2025Q3 -w "$d/$name.db" -o "$d/$name-out" "$@" >/dev/null 2>"$d/$name.err" || [ $? -eq 3 ] || fail "$name: $(tail -1 "$d/$name.err")"
    sed -E 's/,"evidence":\[[^]]*\]//; s/"key":"[0-9]+:[0-9]+",//' "$d/$name-out/findings-2025Q3.ndjson" | LC_ALL=C sort >"$d/$name.findings"
    # rules about the files themselves count files
    sed -n '/^ "clauses"/,$p' "$d/$name-out/results-2025Q3.json" | awk '/"id":/ { id = $0 } /"kind": "integrity"/ { skip = id } id != skip' | grep -E '"(id|verdict|population|conforming|nonconforming|unknown|running|share|value|n|key)":' | grep -vE '"key": "[0-9]+:[0-9]+"' >"$d/$name.counts"
}
same() {
    cmp "$d/plain.findings" "$d/$1.findings" || { diff "$d/plain.findings" "$d/$1.findings" | head -4; fail "$2: other findings"; }
    cmp "$d/plain.counts" "$d/$1.counts" || { diff "$d/plain.counts" "$d/$1.counts" | head; fail "$2: other counts"; }
}

judge plain "$SAMPLES"
[ "$(wc -l <"$d/plain.findings")" -gt 100 ] && [ "$(wc -l <"$d/plain.counts")" -gt 1000 ] || fail "nothing to compare"

mkdir "$d/backwards" "$d/parts"
for f in "$SAMPLES"/*.csv; do
    b=$(basename "$f" .csv)
    { head -1 "$f"; tail -n +2 "$f" | sed '1!G;h;$!d'; } >"$d/backwards/$b.csv"
    n=$(($(wc -l <"$f") / 3 + 1))
    for part in 0 1 2; do
        { head -1 "$f"; tail -n +2 "$f" | tail -n +$((part * n + 1)) | head -n $n; } >"$d/parts/$b-$part.csv"
        [ "$(wc -l <"$d/parts/$b-$part.csv")" -gt 1 ] || rm "$d/parts/$b-$part.csv"
    done
done
cp "$SAMPLES"/*.log "$d/backwards"
for f in "$SAMPLES"/*.log; do split -l 400 "$f" "$d/parts/$(basename "$f")-"; done

judge backwards "$d/backwards"
same backwards "rows in reverse"
judge parts "$d/parts"
same parts "files cut into parts"
SLAUDIT_THREADS=1 judge one "$SAMPLES"
same one "one thread"
SLAUDIT_THREADS=5 judge five "$SAMPLES"
same five "five threads"
echo "[  PASSED  ] 4 test(s)."
