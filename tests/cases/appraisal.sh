#!/bin/sh
# The appraisal's workbook calculates: LibreOffice comes to the engine's scores by itself, and changed weights change scores and grades as the formulas' sense says.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; exit 1; }
for tool in soffice zip unzip; do command -v $tool >/dev/null 2>&1 || { echo "[  SKIPPED ] 1 test(s): $tool is not installed"; exit 0; }; done
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" -o "$d/o" --kind staff --format xlsx,json "$SAMPLES" >/dev/null 2>&1
mkdir "$d/x" "$d/as_is" "$d/changed"
(cd "$d/x" && unzip -q "$d/o/staff-2025Q3.xlsx")

# calculated NAME: what is in x, without the values that are stored with the formulas, as a CSV a sheet; the sheets' names, which are not ASCII, become those of the files
calculated() {
    sed -i 's|</f><v>[^<]*</v>|</f>|g' "$d"/x/xl/worksheets/*.xml
    (cd "$d/x" && zip -q -r "$d/$1/b.xlsx" .)
    LC_ALL=C.UTF-8 soffice --headless "-env:UserInstallation=file://$d/profile" --convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1' --outdir "$d/$1" "$d/$1/b.xlsx" >/dev/null 2>&1
    sed -i 's/"//g' "$d/$1"/*.csv
}
# id, score, grade of everybody as LibreOffice has them
scores() { awk -F, 'NR > 2 && $5 != "–" && $5 != "" { printf "%s %.4f %s\n", $1, $5, $6 }' "$d/$1/b-评分.csv"; }
# … and as they must be by the points, weights and bands on the sheets
by_hand() {
    awk -F, 'FNR == 1 { file++ }
        file == 1 && FNR > 2 && $3 ~ /^[0-9.]+$/ { weight[++n] = $3 }
        file == 2 && FNR > 2 && NF == 2 { grade[++g] = $1; from[g] = $2 }
        file == 3 && FNR > 2 && $5 != "–" && $5 != "" {
            sum = all = 0
            for (i = 1; i <= n; i++) if ($(6 + i) != "") { sum += $(6 + i) * weight[i]; all += weight[i] }
            for (i = 1; i < g && sum / all < from[i]; i++) ;
            printf "%s %.4f %s\n", $1, sum / all, grade[i]
        }' "$d/$1/b-权重.csv" "$d/$1/b-等级.csv" "$d/$1/b-评分.csv"
}

calculated as_is
scores as_is >"$d/before"
[ "$(grep -c . "$d/before")" -gt 30 ] || fail "scores in the workbook"
by_hand as_is | cmp -s - "$d/before" || fail "scores by hand"
awk '/^ "staff": \[/ { on = 1 } /^ \]/ { on = 0 } on && /^   "(id|score|grade)":/ { v = $0; sub(/^[^:]*: */, "", v); gsub(/[",]/, "", v); at[$1] = v; if ($1 ~ /grade/ && at["\"score\":"] != "null") printf "%s %.4f %s\n", at["\"id\":"], at["\"score\":"], v }' "$d/o/results-2025Q3.json" | sort >"$d/engine"
sort "$d/before" | cmp -s - "$d/engine" || fail "the engine's scores"

# satisfaction counts for nearly everything
weight() { sed -i "s|\(<c r=\"C$1\" s=\"[0-9]*\">\)<v>[^<]*</v>|\1<v>$2</v>|" "$d/x/xl/worksheets/sheet3.xml"; }   # cover, scores, weights
for row in 4 5 8 10 11 12; do weight $row 1; done
weight 9 200
calculated changed
scores changed >"$d/after"
by_hand changed | cmp -s - "$d/after" || fail "changed scores by hand"
awk 'NR == FNR { score[$1] = $2; grade[$1] = $3; next } { n++; s += score[$1] != $2; g += grade[$1] != $3 } END { exit !(n > 30 && s > 20 && g > 0) }' "$d/before" "$d/after" || fail "a changed weight changes scores and a grade"
echo "[  PASSED  ] 4 test(s)."
