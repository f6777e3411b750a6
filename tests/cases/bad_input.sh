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
# all errors of a pack at once, and one of a calendar not once more for each clock and rule that names it
p=$SLAUDIT_HOME/rules/itss-2025
sed 's/09:00-12:00, 13:00-18:00/09:00-12:30, 12:00-18:00/' "$p/calendars/cn.yaml" >"$d/pack/calendars/cn.yaml"
expect 'hours that overlap, and a name' 1 'cn\.yaml:[0-9]+:[0-9]+: error: these hours overlap' "$SLAUDIT" rules check "$d/pack"
expect 'two errors' 1 'has 2 errors' "$SLAUDIT" rules check "$d/pack"
cp "$p/calendars/cn.yaml" "$d/pack/calendars/cn.yaml"
sed 's/id: 2\.3-b/id: 2.3-a/; s/accepter != assignee/accepter != created_at/' "$p/rules/2-service.yaml" >"$d/pack/rules/2-service.yaml"
sed 's/\^TLS ?v?1/^(a+)+b(c|c)*1/' "$p/rules/6-information.yaml" >"$d/pack/rules/6-information.yaml"
sed 's/    load: count(/    load: off_hours + count(/' "$p/pack.yaml" >"$d/pack/pack.yaml"
expect 'an id twice' 1 "2-service\.yaml:[0-9]+:9: error: rule '2\.3-a' is there already" "$SLAUDIT" rules check "$d/pack"
expect 'a wrong type' 1 '2-service\.yaml:[0-9]+:[0-9]+: error: text cannot be compared with time' "$SLAUDIT" rules check "$d/pack"
expect 'a pattern that explodes' 1 '6-information\.yaml:[0-9]+:[0-9]+: error: wrong regular expression: it takes millions' "$SLAUDIT" rules check "$d/pack"
expect 'a circle' 1 "pack\.yaml:[0-9]+:[0-9]+: error: 'load' is computed before 'off_hours'" "$SLAUDIT" rules check "$d/pack"
printf 'rules:\n  4.1-a: {target: 190%%}\n  9.9-z: {target: 90%%}\n  3.4-b: {off: true}\nwaivers:\n  - {rule: 6.3-a, owner: x, reason: y, until: 2025-13-31}\n' >"$d/profile.yaml"
for e in "3:3: error: the pack has no rule '9\.9-z'" '2:19: error: .190%. is above 100' '4:3: error: rule 3\.4-b is switched off without a reason' "6:[0-9]+: error: '2025-13-31' is no date"; do
    expect "profile: $e" 1 "profile\.yaml:$e" "$SLAUDIT" audit -w "$d/c.db" --period 2025Q3 --profile "$d/profile.yaml"
done
if [ -c /dev/full ]; then
    expect 'full disk for data' 1 'written|space' sh -c "\"$SLAUDIT\" rules list > /dev/full"
fi
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
