#!/bin/sh
# Bursts count attempts to log in, whatever logs say over of them: the files as sshd and auditd write them.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; cat "$d/out"; exit 1; }
bursts() { # FOLDER: bursts by address and by user, and the reason
    "$SLAUDIT" run --period 2025Q3 -w "$d/$1.db" -o "$d/$1.out" --format json "$d/$1" >"$d/out" 2>&1 || fail "$1: exit status $?"
    "$SLAUDIT" sql -w "$d/$1.db" "select g.nonconforming from rule_group g where g.rule = '3.2-a' order by g.key" | tr -dc '0-9\n' | tr '\n' ' '
    "$SLAUDIT" sql -w "$d/$1.db" "select reason from rule_result where rule = '3.2-a'"
}
is() { got=$(bursts "$1"); [ "$got" = "$2" ] || fail "$1: '$got' is not '$2'"; }
mkdir "$d/beside" "$d/keys" "$d/apart" "$d/five"

# three attempts, each in both logs; the audit log names no host, and not whom it does not know
for i in 1 2 3; do
    echo "Jul  1 17:00:0$i web01 sshd[10$i]: Failed password for invalid user eve from 10.0.0.8 port 500$i ssh2" >>"$d/beside/auth.log"
    echo "type=USER_LOGIN msg=audit(175136040$i.123:5$i): pid=10$i uid=0 auid=4294967295 ses=5 msg='op=login acct=28696E76616C6964207573657229 exe=\"/usr/sbin/sshd\" addr=10.0.0.8 terminal=ssh res=failed'" >>"$d/beside/audit.log"
done
is beside "0 0 有 3 个事件只是再次记载其他事件所述的行为，不另计"

# the same lines of two machines: six attempts
sed 's/pid=10/pid=20/' "$d/beside/audit.log" >"$d/apart/audit.log"
cp "$d/beside/auth.log" "$d/apart/auth.log"
is apart "1 0 "

# somebody whose agent holds six keys, the last of which fits
for i in 1 2 3 4 5; do echo "Jul  1 17:00:01 web01 sshd[101]: Failed publickey for bob from 10.0.0.9 port 5000 ssh2: RSA SHA256:$i" >>"$d/keys/auth.log"; done
echo "Jul  1 17:00:02 web01 sshd[101]: Accepted publickey for bob from 10.0.0.9 port 5000 ssh2: RSA SHA256:6" >>"$d/keys/auth.log"
is keys "0 0 有 5 个事件只是再次记载其他事件所述的行为，不另计"

# five passwords are a burst, with or without the audit log
for i in 1 2 3 4 5; do
    echo "<86>1 2025-07-01T17:00:0$i+08:00 web01 sshd 77 - - Failed password for root from 10.0.0.8 port 5000 ssh2" >>"$d/five/auth.log"
    echo "type=USER_LOGIN msg=audit(175136040$i.123:5$i): pid=77 uid=0 auid=4294967295 ses=5 msg='op=login acct=\"root\" exe=\"/usr/sbin/sshd\" addr=10.0.0.8 terminal=ssh res=failed'" >>"$d/five/audit.log"
done
is five "1 1 有 5 个事件只是再次记载其他事件所述的行为，不另计"

# Asterisk writes of an attempt a notice, and an event of its security log; three attempts are no burst, five are one
mkdir "$d/notices" "$d/security"
for i in 1 2 3; do
    echo "[2025-07-01 17:00:0$i] NOTICE[7] chan_sip.c: Registration from '<sip:100@10.0.0.1>' failed for '10.0.0.8:5060' - Wrong password" >>"$d/notices/messages"
    echo "[2025-07-01 17:00:0$i] SECURITY[7] res_security_log.c: SecurityEvent=\"InvalidPassword\",EventTV=\"x\",Severity=\"Error\",Service=\"SIP\",EventVersion=\"2\",AccountID=\"100\",SessionID=\"1\",LocalAddress=\"IPV4/UDP/10.0.0.1/5060\",RemoteAddress=\"IPV4/UDP/10.0.0.8/5060\"" >>"$d/notices/messages"
done
is notices "0 0 有 3 个事件只是再次记载其他事件所述的行为，不另计"
for i in 1 2 3 4 5; do sed -n "2s/17:00:01/17:00:0$i/p" "$d/notices/messages" >>"$d/security/security"; done
is security "1 1 "

# a log that names no host: findings say that none is recorded
mkdir "$d/nohost"
printf 'at,action,outcome,user,src_ip,protocol\n2025-07-01 09:00:00,login,success,root,10.0.0.9,telnet\n' >"$d/nohost/log.csv"
"$SLAUDIT" run --period 2025Q3 -w "$d/nohost.db" -o "$d/nohost.out" --lang en --format json "$d/nohost" >"$d/out" 2>&1 || fail "without a host"
grep '"message"' "$d/nohost.out/findings-2025Q3.ndjson" >"$d/out"
grep -q 'cleartext protocol telnet on (not recorded)"' "$d/out" && grep -q 'logged in directly to (not recorded) from 10.0.0.9"' "$d/out" || fail "a finding without a host"

# a line that tells of five attempts is evidence once
mkdir "$d/repeated"
printf 'Jul  1 17:00:01 web01 sshd[7]: Failed password for root from 10.0.0.8 port 5000 ssh2\nJul  1 17:00:09 web01 sshd[7]: message repeated 5 times: [ Failed password for root from 10.0.0.8 port 5000 ssh2]\n' >"$d/repeated/auth.log"
"$SLAUDIT" run --period 2025Q3 -w "$d/repeated.db" -o "$d/repeated.out" --format json "$d/repeated" >"$d/out" 2>&1 || fail "a repeated message"
grep '"rule":"3.2-a"' "$d/repeated.out/findings-2025Q3.ndjson" >"$d/out"
[ "$(grep -c '"count":"6".*"evidence":\[{"source":1,"line":1},{"source":1,"line":2}\]' "$d/out")" = 2 ] || fail "lines of repeated messages"

# what local times of a log leave open touches the rules whose bursts, responses and cells go by them
mkdir "$d/local"
printf 'Nov  2 01:30:00 web01 sshd[7]: Failed password for root from 10.0.0.8 port 5000 ssh2\n' >"$d/local/auth.log"
"$SLAUDIT" import --zone America/New_York --period 2025Q4 -w "$d/local.db" "$d/local" >"$d/out" 2>&1 || fail "local times"
for rule in 3.1-b 3.2-a 3.2-b 3.2-c; do grep 'occur twice' "$d/out" | grep -q "touches.* $rule," || fail "local times do not touch $rule"; done
echo "[  PASSED  ] 9 test(s)."
