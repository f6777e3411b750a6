#!/bin/sh
# Every pack's own examples come out as they say, and only rules that no rows can make fail lack an example that does.
set -eu
d=$TMPDIR
fails=0 n=0
for pack in "$SLAUDIT_HOME"/rules/*/; do
    n=$((n + 1))
    "$SLAUDIT_HOME/slaudit" rules test "$pack" >"$d/out" 2>&1 || { fails=$((fails + 1)); echo "[  FAILED  ] examples of $(basename "$pack")"; cat "$d/out"; continue; }
    n=$((n + 1))
    if grep -v -e "^4\\.4-c: no example makes it fail" -e "^5\\.3-b: no example makes it fail" -e "^[0-9]* examples of" "$d/out"; then fails=$((fails + 1)); echo "[  FAILED  ] rules of $(basename "$pack") lack examples"; fi
done
# spec/cases in the same form: a small pack beside the tests
n=$((n + 1))
"$SLAUDIT_HOME/slaudit" rules test tests/cases/complaints >"$d/out" 2>&1 && grep -q '^2[2-9] examples of' "$d/out" || { fails=$((fails + 1)); echo "[  FAILED  ] complaints"; cat "$d/out"; }
n=$((n + 1))
"$SLAUDIT" import -w "$d/w.db" "$SAMPLES/ticket.csv" >/dev/null 2>&1
"$SLAUDIT" rules list -w "$d/w.db" --lang en >"$d/out" 2>&1
grep -q '1.1-b .*\[ticket, no service\]' "$d/out" && grep -q '^1\.1 *+ticket -service' "$d/out" && grep -q '^10[0-9] rules; [1-9][0-9]* cannot be assessed .* service' "$d/out" || { fails=$((fails + 1)); echo "[  FAILED  ] rules list -w"; cat "$d/out"; }
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
