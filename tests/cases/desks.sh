#!/bin/sh
# Figures over the exports of two desks say so in every report that has them; over two files of one desk they do not. What is found in a log goes by its place, and explain takes that.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; exit 1; }
command -v pdftotext >/dev/null 2>&1 || { echo "[  SKIPPED ] 1 test(s): pdftotext is not installed"; exit 0; }
printf 'id,type,priority,status,assignee,created_at,resolved_at\nT1,incident,P3,resolved,u1,2025-07-01 09:00:00,2025-07-01 12:00:00\n' >"$d/ticket.csv"
printf 'id,type,priority,status,assignee,created_at,resolved_at\nT2,incident,P3,resolved,u1,2025-08-01 09:00:00,2025-08-01 12:00:00\n' >"$d/ticket-2.csv"
printf 'Number,Opened,State,Priority,Short description,Assigned to,Resolved\nINC0000001,2025-07-03 09:00:00,Resolved,3 - Moderate,Printer,u1,2025-07-03 12:00:00\n' >"$d/snow.csv"
printf 'id,name,team,level,hired_on\nu1,A,B,senior,2020-01-01\n' >"$d/staff.csv"
printf 'at,source,kind,action,outcome,host,user,src_ip,object,message\n2025-07-09 10:00:00,auth,sshd,login,success,db01,root,10.20.1.200,ssh,x\n' >"$d/log.csv"
run() { to=$1; shift; "$SLAUDIT" run --period 2025Q3 -w "$d/$to.db" -o "$d/$to" "$@" >"$d/out" 2>&1 || fail "run: $(cat "$d/out")"; }
run one "$d/ticket.csv" "$d/ticket-2.csv" "$d/staff.csv" "$d/log.csv"
run two "$d/ticket.csv" "$d/snow.csv" "$d/staff.csv" "$d/log.csv"
words() { pdftotext -raw "$d/$1/$2-2025Q3.pdf" - 2>/dev/null | tr -d ' \n'; }
for kind in audit kpi staff; do
    words two $kind | grep -q '2个系统的导出，各项数字把它们合在一起计算' || fail "$kind does not say that it takes two desks together"
    words one $kind | grep -q '个系统的导出' && fail "$kind speaks of desks where there is one"
done

words one audit | grep -q 'log.csv:2' || fail "the place of a log event"
"$SLAUDIT" explain -w "$d/one.db" 3.2-d log.csv:2 >"$d/why" 2>&1 || fail "explain: $(cat "$d/why")"
grep -q 'log.csv:2' "$d/why" || fail "explain by place"
"$SLAUDIT" explain -w "$d/one.db" 3.2-d log.csv:3 >/dev/null 2>&1 && fail "explain takes a line that is not there"
"$SLAUDIT" explain -w "$d/one.db" 3.2-d other.csv:2 >/dev/null 2>&1 && fail "explain takes a file that is not there"
echo "[  PASSED  ] 10 test(s)."
