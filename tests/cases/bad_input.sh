#!/bin/sh
# Bad input: each gives a message that says what, where and what to do, exit 1 or 2, and nothing lost.
set -u
d=$TMPDIR
fails=0 n=0
# expect NAME STATUS PATTERN COMMAND...: the status is that, stderr matches the pattern, no sanitizer report
expect() {
    name=$1 want=$2 pattern=$3
    shift 3
    "$@" >"$d/out" 2>"$d/err"
    got=$?
    n=$((n + 1))
    if [ "$got" -ne "$want" ] || ! grep -qE "$pattern" "$d/err" || grep -qE 'AddressSanitizer|runtime error' "$d/err"; then
        fails=$((fails + 1))
        echo "[  FAILED  ] $name: exit $got (want $want), stderr:"
        head -12 "$d/err"
    fi
}
mkdir -p "$d/empty" "$d/unknown" "$d/broken" "$d/good"
: > "$d/empty/ticket.csv"
echo 'shopping list: milk' > "$d/unknown/readme.txt"
head -c 5000 /dev/urandom > "$d/binary.bin"
printf 'id,type,created_at\nT1,incident,2025-07-01 09:00:00\nT2,"incident,2025-07-01 09:00:00\n' > "$d/broken/ticket.csv"
printf 'id,type,priority,status,created_at\nT1,incident,P1,closed,2025-07-01 09:00:00\n' > "$d/good/ticket.csv"

expect 'no arguments' 2 'usage' "$SLAUDIT"
expect 'unknown command' 2 "did you mean 'run'" "$SLAUDIT" rum
expect 'unknown option' 2 'did you mean --period' "$SLAUDIT" run --periode 2025Q3 "$d/good"
expect 'no path' 2 'usage: slaudit run' "$SLAUDIT" run --period 2025Q3
expect 'no period' 2 'period' "$SLAUDIT" run -w "$d/a.db" "$d/good"
expect 'bad period' 2 '2025Q3' "$SLAUDIT" run -w "$d/a.db" --period 2025Q5 -o "$d/o" "$d/good"
expect 'missing file' 1 'nothere\.csv' "$SLAUDIT" import -w "$d/b.db" "$d/nothere.csv"
expect 'empty file' 1 'ticket\.csv.*empty' "$SLAUDIT" import -w "$d/b.db" "$d/empty/ticket.csv"
expect 'nothing known in the folder' 1 'readme\.txt' "$SLAUDIT" import -w "$d/b.db" "$d/unknown"
expect 'binary' 1 'binary\.bin' "$SLAUDIT" import -w "$d/b.db" "$d/binary.bin"
expect 'broken quote' 1 'ticket\.csv:3:4' "$SLAUDIT" import -w "$d/b.db" "$d/broken"
expect 'workspace is no workspace' 1 'binary\.bin' "$SLAUDIT" audit -w "$d/binary.bin" --period 2025Q3
expect 'workspace missing' 1 'none\.db' "$SLAUDIT" audit -w "$d/none.db" --period 2025Q3
"$SLAUDIT" import -w "$d/c.db" "$d/good" >/dev/null 2>&1
expect 'report without a run' 1 'audit' "$SLAUDIT" report -w "$d/c.db" -o "$d/o"
cp -r "$SLAUDIT_HOME/rules/itss-2025" "$d/pack"
sed 's/require: channel is not/require: chanel is not/' "$SLAUDIT_HOME/rules/itss-2025/rules/1-general.yaml" > "$d/pack/rules/1-general.yaml"
expect 'rule with an error' 1 "1-general\.yaml:[0-9]+:[0-9]+.*chanel" "$SLAUDIT" audit -w "$d/c.db" --period 2025Q3 --pack "$d/pack"
expect 'rules check names it too' 1 "did you mean .?'?channel" "$SLAUDIT" rules check "$d/pack"
if [ -c /dev/full ]; then
    expect 'full disk for data' 1 'written|space' sh -c "\"$SLAUDIT\" rules list > /dev/full"
fi
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
