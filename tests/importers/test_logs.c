/* Whole files of logs into a workspace in memory: what becomes of their events, messages over lines and in parts, years, orders of dates, changes of the clock. */
#include "tests/importers/logplace.h"

/* expect: "source action outcome user src_ip object", _ for nothing, of the event of row; rows, rejected: of the whole file. */
static const struct file_case { const char *name, *text; size_t rows, rejected, row; const char *expect, *say; } file_cases[] = {
    {"auth.log", "Jul  7 13:06:56 h1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\nJul  7 13:06:58 h1 sshd[12]: message repeated 3 times: [ Failed password for root from 10.0.0.1 port 22 ssh2]\n"
                 "Jul  7 13:07:00 h1 mystery[1]: something\n", 5, 0, 3, "auth login failure root 10.0.0.1 _", "taken as action other, by program: mystery 1"},
    {"messages", "Jul  7 13:06:56 h1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\nJul  7 13:07:56 h1 last message repeated 2 times\nJul  7 13:07:57 h2 last message repeated 2 times\nhello\n", 4, 1, 2,
     "auth login failure root 10.0.0.1 _", "repetition is an event"},
    {"new-year.log", "Dec 31 23:59:58 h su: (to root) bob on pts/0\nJan  1 00:00:01 h su: (to root) bob on pts/0\nDec 31 23:59:59 h su: (to root) bob on pts/0\n", 3, 0, 0, "auth privilege success bob _ root", "past 1 New Year; some stand out of order"},
    {"mixed.log", "Jul  7 13:06:56 h1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\n2025-07-07T13:06:57+08:00 WARN pool is full\n2025-07-07T13:06:58+08:00 10.0.0.9 POST /login 401 12 0.003\n", 3, 0, 2, "web http failure _ 10.0.0.9 /login", "log lines: syslog"},
    {"journal.log", "-- Logs begin at Tue 2025-07-01 08:00:00 CST, end at Tue 2025-07-01 10:00:00 CST. --\nJul  7 13:06:56 h1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\n"
                    "-- Boot 3a1f0c --\r\n-- No entries --\n-- something else --\n", 1, 1, 0, "auth login failure root 10.0.0.1 _", "3 lines are journalctl's own"},
    /* lines that begin with a blank go on with the message before, blank ones between them too; before any message they are none's; those of a rejected line are rejected with it */
    {"traces.log", "\tat the.first.Line\nJul  7 13:06:56 h1 app[1]: Exception\n\tat a.b(C.java:1)\n\n   Jul  7 13:06:57 h1 x: y\n  \nJul  7 13:06:58 h1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\r\n  more\r\n"
                   "Jul  7 13:07:56 h1 last message repeated 2 times\nhello\n  more\n", 4, 2, 3, "auth login failure root 10.0.0.1 _", "by program: app 1"},
    {"audispd.log", "Jul  7 13:06:56 hub audispd: node=web01 type=USER_LOGIN msg=audit(1751331600.123:5): pid=9 uid=0 auid=1000 ses=5 msg='op=login acct=\"bob\" exe=\"/usr/sbin/sshd\" addr=10.0.0.9 terminal=ssh res=failed'\n"
                    "Jul  7 13:06:56 hub audispd: type=EOE msg=audit(1751331600.123:5): \n", 2, 0, 0, "audit login failure bob 10.0.0.9 ssh", NULL},
    /* by the kernel and by journald: what they say of programs stands beside the programs' own lines. The first lines of the file hold values in hexadecimal, which probing reads too */
    {"kernel.log", "Jul  7 13:06:56 web01 audisp-syslog: type=EXECVE msg=audit(1751331600.123:5): argc=2 a0=\"cat\" a1=2F6574632F782079\n"
                   "Jul  7 13:06:56 web01 kernel: [12345.678] audit: type=1112 audit(1751331600.123:6): pid=9 uid=0 auid=1000 ses=5 msg='op=login acct=\"bob\" exe=\"/usr/sbin/sshd\" addr=10.0.0.9 terminal=ssh res=failed'\n"
                   "Jul  7 13:06:57 web01 audit[9]: CONFIG_CHANGE auid=0 ses=1 op=add_rule key=(null) list=4 res=1\nJul  7 13:06:57 web01 kernel: [UFW BLOCK] IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.1 PROTO=TCP SPT=4000 DPT=23\n"
                   "Jul  7 13:06:57 web01 kernel: [12345.679] ACPI x=y\n", 5, 0, 1, "audit other failure bob 10.0.0.9 ssh", NULL},
    /* LEEF: tabs, a delimiter of its own, written in hexadecimal, lost on the way; bare with its own time */
    {"leef.log", "<13>Jul  1 09:00:00 vpn1 LEEF:1.0|Acme|VPN|4.0|User login failed|src=203.0.113.9\tusrName=bob\tproto=ssl\n<13>1 2025-07-01T01:00:02Z vpn1 app 1 - - LEEF:2.0|Acme|FW|4.0|deny|x7C|cat=A b|src=203.0.113.9|dst=10.0.0.1|action=deny\n"
                 "<13>Jul  1 09:00:03 fw1 LEEF:1.0|Acme|FW|4.0|allow|src=10.0.0.9#011dst=10.0.0.1#011action=allow\nLEEF:2.0|Acme|VPN|4.0|User logged in|devTime=1751331600000\tsrc=10.0.0.9\tusrName=bob smith\nLEEF:2.0|Acme|VPN|4.0||\n", 4, 1, 0,
     "firewall login failure bob 203.0.113.9 _", NULL},
    {"leef2.log", "<13>Jul  1 09:00:00 vpn1 LEEF:2.0|Acme|VPN|4.0|User logged in|^|src=10.0.0.9^usrName=bob^dst=10.0.0.1\n", 1, 0, 0, "firewall login success bob 10.0.0.9 10.0.0.1", NULL},
    {"leef3.log", "<13>1 2025-07-01T01:00:02Z vpn1 app 1 - - LEEF:2.0|Acme|FW|4.0|deny|0x7C|src=203.0.113.9|dst=10.0.0.1|action=deny\n", 1, 0, 0, "firewall other failure _ 203.0.113.9 10.0.0.1", NULL},
    {"leef4.log", "<13>Jul  1 09:00:03 fw1 LEEF:1.0|Acme|FW|4.0|allow|src=10.0.0.9 dst=10.0.0.1 action=allow\n", 1, 0, 0, "firewall other success _ 10.0.0.9 10.0.0.1", NULL},
    {"vault.log", "<5>1 2025-07-01T01:00:04Z vault CEF:0|Cyber-Ark|Vault|12.6|7|Logon|5|act=\"Logon\" suser=\"bob\" fname= dvc= shost=10.0.0.9 dhost= cs1Label=\"Affected User Name\" cs1= msg=\n", 1, 0, 0, "auth login success bob 10.0.0.9 _", NULL},
    /* the server's own lines and those of the time are part of no entry; an entry over lines, the second one within the same second */
    {"slow.log", "/usr/sbin/mysqld, Version: 8.0.36 (MySQL). started with:\nTcp port: 3306  Unix socket: /x.sock\nTime                 Id Command    Argument\n# Time: 2025-07-01T01:00:00.123456Z\n# User@Host: app[app] @ web01 [10.0.0.5]  Id:    12\n"
                 "# Query_time: 12.3  Lock_time: 0.0\nuse shop;\nSET timestamp=1751331588;\nselect *\n\n  from orders;\n# User@Host: root[root] @ localhost []  Id:    13\n# Query_time: 2.3  Lock_time: 0.0\nSET timestamp=1751331588;\nselect 1;\n"
                 "# Time: 2025-07-01T01:00:09.123456Z\n# User@Host: x[x] @  [10.0.0.6]  Id:    13\nselect cut off\n", 2, 1, 0, "dbaudit query unknown app 10.0.0.5 shop", "MySQL slow query log"},
    {"general.log", "C:\\Program Files\\mysqld.exe, Version: 8.0.36 (MySQL). started with:\nTCP Port: 3306, Named Pipe: x\nTime                 Id Command    Argument\n2025-07-01T09:00:00.123456Z\t   12 Query\tselect 1\n", 1, 0, 0, "dbaudit query unknown _ _ _", "MySQL general query log"},
    {"grafana.csv", "\"labels\",\"Time\",\"Line\",\"tsNs\",\"id\"\n\"{\"\"job\"\":\"\"varlogs\"\"}\",\"2025-07-01 09:00:00.123\",\"Jul  1 09:00:00 web01 sshd[7]: Failed password for root from 10.0.0.9 port 22 ssh2\",\"1751331600123000000\",\"1_a\"\n"
                    "\"{\"\"job\"\":\"\"nginx\"\"}\",\"2025-07-01 09:00:01.123\",\"10.0.0.4 - bob [01/Jul/2025:09:00:01 +0800] \"\"GET /x HTTP/1.1\"\" 404 12 \"\"-\"\" \"\"curl\"\"\",\"1751331601123000000\",\"2_b\"\n\"{}\",\"2025-07-01 09:00:02.123\",\"level=info msg=x\",\"1751331602123000000\",\"3_c\"\n", 3, 0, 0,
     "auth login failure root 10.0.0.9 _", "Loki logs"},
    {"loki.json", "{\"labels\":{\"job\":\"nginx\",\"host\":\"web01\"},\"line\":\"10.0.0.4 - bob [01/Jul/2025:09:00:01 +0800] \\\"GET /x HTTP/1.1\\\" 404 12 \\\"-\\\" \\\"curl\\\"\",\"timestamp\":\"2025-07-01T01:00:01.123Z\"}\n", 1, 0, 0, "web http failure bob 10.0.0.4 /x", "Loki logs"},
    /* a search's results: lines of any kind as they came; a record whose other names differ from the first one's */
    {"splunk.csv", "\"_time\",host,source,\"_raw\"\n\"2025-07-01T09:00:00.000+0800\",web01,/var/log/secure,\"Jul  1 09:00:00 web01 sshd[7]: Failed password for root from 10.0.0.9 port 22 ssh2\"\n"
                   "\"2025-07-01T09:00:01.000+0800\",web01,/x,\"10.0.0.4 - bob [01/Jul/2025:09:00:01 +0800] \"\"GET /x HTTP/1.1\"\" 404 12 \"\"-\"\" \"\"curl\"\"\"\n", 2, 0, 0, "auth login failure root 10.0.0.9 _", "Splunk's search results"},
    {"cloudwatch.json", "{\"events\":[{\"timestamp\":1751331600000,\"message\":\"10.0.0.4 - bob [01/Jul/2025:09:00:01 +0800] \\\"GET /x HTTP/1.1\\\" 404 12 \\\"-\\\" \\\"curl\\\"\",\"ingestionTime\":1751331700000}]}\n", 1, 0, 0, "web http failure bob 10.0.0.4 /x", "AWS CloudWatch logs"},
    {"wazuh-api.json", "{\"data\":{\"affected_items\":[{\"timestamp\":\"2025-07-01T01:00:00Z\",\"level\":\"error\",\"message\":\"x\"},{\"timestamp\":\"2025-07-01T01:00:01Z\",\"level\":\"info\",\"message\":\"y\"}],"
                       "\"total_affected_items\":2,\"failed_items\":[]},\"message\":\"All\",\"error\":0}", 2, 0, 0, "syslog other unknown _ _ _", NULL},
    {"gcp.json", "[{\"insertId\":\"b\",\"logName\":\"p/logs/a\",\"timestamp\":\"2025-07-01T01:00:00.1Z\",\"protoPayload\":{\"methodName\":\"v1.compute.instances.delete\",\"authenticationInfo\":{\"principalEmail\":\"eve\"},\"requestMetadata\":{\"callerIp\":\"10.0.0.9\"},\"resourceName\":\"vm1\",\"status\":{\"code\":7}}},\n"
                 "{\"insertId\":\"c\",\"logName\":\"p/logs/syslog\",\"timestamp\":\"2025-07-01T01:00:01.1Z\",\"textPayload\":\"Jul  1 01:00:01 web01 sshd[7]: Failed password for root from 10.0.0.9 port 22 ssh2\"}]\n", 2, 0, 0, "auth config failure eve 10.0.0.9 vm1", "Google Cloud audit log"},
    {"netscaler.log", "Jul 13 09:00:00 <local0.info> 10.0.0.2 13/07/2025:01:00:00 GMT ns1 0-PPE-0 : default AAA LOGIN_FAILED 3391 0 :  User eve - Client_ip 10.0.0.9 - Failure_reason \"x\"\n", 1, 0, 0, "auth login failure eve 10.0.0.9 _", "NetScaler log"},
    {"meraki.log", "<134>1 1751331602.123456789 MX84 flows deny src=10.0.0.9 dst=10.0.0.5 mac=00:18:0A:00:00:01 protocol=tcp sport=4 dport=25\n", 1, 0, 0, "firewall other failure _ 10.0.0.9 10.0.0.5:25", "Cisco Meraki log"},
    {"mikrotik.txt", "# jul/01/2025 09:05:00 by RouterOS 6.48\njul/01 09:00:20 system,error,critical login failure for user root from 10.0.0.9 via ssh\njul/01/2025 09:00:21 system,info,account user bob logged in from 10.0.0.8 via winbox\n", 2, 0, 0, "auth login failure root 10.0.0.9 _", "MikroTik log"},
    {"logrus.log", "time=\"2025-07-01T09:00:00+08:00\" level=error msg=\"Unsuccessful TOTP authentication attempt by user 'eve'\" method=POST path=/x remote_ip=10.0.0.9\n", 1, 0, 0, "auth login failure eve 10.0.0.9 _", "logrus"},
    /* a record in JSON among lines, and one that is broken off */
    {"authelia.log", "time=\"2025-07-01T09:00:00+08:00\" level=info msg=\"x\"\ntime=\"2025-07-01T09:00:01+08:00\" level=info msg=\"x\"\ntime=\"2025-07-01T09:00:02+08:00\" level=info msg=\"x\"\n"
                     "{\"level\":\"error\",\"msg\":\"Unsuccessful 1FA authentication attempt by user 'eve'\",\"path\":\"/api/firstfactor\",\"remote_ip\":\"10.0.0.9\",\"time\":\"2025-07-01T09:00:05+08:00\"}\n{\"level\n",
     4, 1, 3, "auth login failure eve 10.0.0.9 _", "logrus"},
    {"prometheus.log", "time=2025-07-01T01:00:00.123Z level=INFO source=main.go:590 msg=\"Starting\" component=web\n", 1, 0, 0, "monitor other unknown _ _ web", "Alertmanager or Prometheus log"},
    {"exchange.log", "#Software: Microsoft Exchange Server\n#Log-type: SMTP Receive Protocol Log\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n"
                     "2025-07-01T00:00:10.223Z,EX1,08D,5,10.0.0.5:25,10.0.0.9:4455,*,,Inbound authentication failed with error LogonDenied for mechanism Login\n", 1, 0, 0, "auth login failure _ 10.0.0.9 _", "Exchange's SMTP protocol log"},
    {"daily.csv", "备份日期,系统名称,备份内容,开始时间,备份结果\n2025-07-01,ERP,db,02:00,成功\n2025/7/2,OA,files,,失败\n2025年7月3日,OA,files,2025-07-03 02:00:00,部分\nx,OA,files,02:00,成功\n", 3, 1, 1, "backup backup failure _ _ files", "daily table of backups"},
    /* the program's name is unescaped for each record */
    {"escaped.json", "{\"__REALTIME_TIMESTAMP\":\"1751331600123456\",\"SYSLOG_IDENTIFIER\":\"a\\/b\",\"MESSAGE\":\"x\"}\n{\"__REALTIME_TIMESTAMP\":\"1751331600123456\",\"SYSLOG_IDENTIFIER\":\"a\\/b\",\"MESSAGE\":\"y\"}\n", 2, 0, 0, "syslog other unknown _ _ _", "by program: a/b 2"},
    {"no-host.log", "Jul  7 13:06:56 h1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\nJul  7 13:07:56  sshd[12]: last message repeated 2 times\n", 3, 0, 2, "auth login failure root 10.0.0.1 _", "repetition is an event"},
    {"access.log", "10.0.0.4 - bob [01/Jul/2025:09:00:00 +0800] \"GET /x HTTP/1.1\" 404 12 \"-\" \"curl\"\n10.0.0.5 - - [01/Jul/2025:09:00:01 +0800] \"GET / HTTP/1.1\" 200 12 \"-\" \"cut off\nnonsense\n", 2, 1, 0,
     "web http failure bob 10.0.0.4 /x", "web access log"},
    {"mixed.log", "Jul  7 13:06:56 h1 sshd[12]: Accepted password for bob from 10.0.0.1 port 22 ssh2\n<165>1 2025-08-24T05:14:15.000003Z h2 sudo 1 - - bob : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls\n", 2, 0, 1,
     "auth privilege success bob _ /bin/ls", NULL},
    /* a line of another kind is not read as one that only has a time; one that has another order than its file says no zone, and is not guessed at */
    {"both.log", "Jul  9 09:00:07 web1 sshd[12]: Failed password for root from 10.0.0.1 port 22 ssh2\n2025/07/09 09:00:06 [error] 31#31: *5 open() \"/x\" failed (2: No such file), client: 10.0.0.4, server: a.example, request: \"GET /x HTTP/1.1\"\n", 2, 0, 1,
     "web http failure _ 10.0.0.4 /x", NULL},
    {"iis.log", "2025-07-01 01:00:01 10.0.0.5 POST /login - 443 bob 203.0.113.7 Mozilla/5.0 - 401 1 5 3\n2025-07-01 01:00:02 GET /a 10.0.0.9 200\n", 1, 1, 0, "web http failure bob 203.0.113.7 /login", NULL},
    {"pg.log", "2025-07-01 09:00:00.123 UTC [1] alice@shop LOG:  statement: select 1\n\tfrom t\n\twhere x\n2025-07-01 09:00:01.123 UTC [1] FATAL:  password authentication failed for user \"bob\"\n", 2, 0, 0,
     "dbaudit query unknown alice _ shop", "PostgreSQL server log"},
    {"bacula.log", "01-Jul 02:00 d-dir JobId 7: Start Backup JobId 7, Job=web.2025-07-01_02.00.00_10\n01-Jul 02:10 d-dir JobId 7: Bacula d-dir 9.6:\n  Job:       web.2025-07-01_02.00.00_10\n  Client:    \"web01-fd\" 9.6\n"
                   "  Termination:    *** Backup Error ***\n\n", 2, 0, 1, "backup backup failure _ _ web", "the lines have no year; by the period they begin on 2025-07-01"},
    {"audit.log", "type=SYSCALL msg=audit(1751331600.123:5): success=yes exit=0 auid=1000 uid=0 exe=\"/bin/ls\"\ntype=USER_CMD msg=audit(1751331600.200:6): auid=1000 msg='cmd=6C73202F res=failed'\n"
                  "type=EXECVE msg=audit(1751331600.123:5): argc=2 a0=\"ls\" a1=\"/\"\ntype=UNKNOWN[1] msg=?\n", 2, 1, 0, "audit other success 1000 _ ls_/", "joined to one event"},
    /* enriched: what is added stands behind \x1d, and the quote that closes msg='…' before it */
    {"audit.enriched", "type=USER_LOGIN msg=audit(1751331600.123:5): pid=2 uid=0 auid=1004 msg='op=login id=1004 exe=\"/usr/sbin/sshd\" addr=10.0.0.5 terminal=ssh res=success'\x1dUID=\"root\" AUID=\"bob\" ID=\"bob\"\n", 1, 0, 0,
     "audit login success bob 10.0.0.5 ssh", "joined to one event"},
    {"ausearch-i.txt", "----\ntype=PROCTITLE msg=audit(07/01/2025 09:00:00.123:5) : proctitle=cat /etc/shadow \ntype=SYSCALL msg=audit(07/01/2025 09:00:00.123:5) : success=no exit=EACCES(Permission denied) auid=wang uid=root "
                       "comm=cat exe=/usr/bin/cat \n----\ntype=USER_CMD msg=audit(07/13/2025 09:00:01.000:6) : uid=wang auid=wang msg='cwd=/home/wang cmd=systemctl restart nginx terminal=pts/0 res=success' \n", 2, 0, 0,
     "audit other failure wang _ /usr/bin/cat", "dates read as month/day/year, as their numbers tell"},
    {"ausearch-i.de.txt", "type=USER_LOGIN msg=audit(01.07.2025 09:00:00.123:5) : pid=1 uid=root auid=unset msg='op=login acct=bob exe=/usr/sbin/sshd addr=10.0.0.5 terminal=ssh res=failed' \n", 1, 0, 0, "audit login failure bob 10.0.0.5 ssh", "day/month/year"},
    {"ausearch-i.zh.txt", "type=USER_LOGIN msg=audit(2025年07月01日 09:00:00.123:5) : pid=1 uid=root auid=unset msg='op=login acct=bob exe=/usr/sbin/sshd addr=10.0.0.5 terminal=ssh res=success' \n", 1, 0, 0, "audit login success bob 10.0.0.5 ssh", "ausearch -i"},
    {"ausearch.txt", "----\ntime->Tue Jul  1 09:00:00 2025\ntype=USER_LOGIN msg=audit(1751331600.123:5): uid=0 msg='op=login acct=\"root\" addr=10.0.0.5 terminal=ssh res=failed'\n", 1, 0, 0, "audit login failure root 10.0.0.5 ssh", NULL},
    {"journal.json", "{\"__REALTIME_TIMESTAMP\":\"1751331600123456\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\"Accepted password for bob from 10.0.0.1 port 22 ssh2\"}\n{\"__REALTIME_TIMESTAMP\":\"1751331600123456\",\"MESSAGE\":[104,105]}\n"
                     "{\"MESSAGE\":\"no time\",\"_PID\":\"1\"}\n{\"__REALTIME_TIMESTAMP\":\"17513316\n", 2, 2, 0, "auth login success bob 10.0.0.1 _", "systemd journal"},
    /* a text that begins as a list of bytes does */
    {"kernel.json", "{\"__REALTIME_TIMESTAMP\":\"1751331600123456\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"MESSAGE\":\"[UFW BLOCK] IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.1 PROTO=TCP SPT=4000 DPT=23\"}\n", 1, 0, 0, "firewall other failure _ 10.0.0.9 10.0.0.1:23", "systemd journal"},
    /* any list of records in an object; what was tried and refused; an address with its port */
    {"answer.json", "{\"took\":3,\"events\":[\n{\"@timestamp\":\"2025-07-01T01:00:00Z\",\"winlog\":{\"event_id\":4723,\"computer_name\":\"DC\",\"provider_name\":\"Microsoft-Windows-Security-Auditing\",\"keywords\":[\"Audit Failure\"],"
                    "\"event_data\":{\"SubjectUserName\":\"bob\",\"TargetUserName\":\"bob\"}}},\n{\"@timestamp\":\"2025-07-01T01:00:01Z\",\"winlog\":{\"event_id\":4723,\"computer_name\":\"DC\",\"provider_name\":\"Microsoft-Windows-Security-Auditing\","
                    "\"event_data\":{\"SubjectUserName\":\"bob\",\"TargetUserName\":\"bob\"}}}]}\n", 2, 0, 0, "windows config failure bob _ bob", "Winlogbeat"},
    /* lines as a collector took them: their own times, the year of the record's; Shanghai is eight hours before UTC */
    {"filebeat.json", "{\"@timestamp\":\"2025-01-01T00:30:00Z\",\"message\":\"Dec 31 23:59:59 web01 sshd[7]: Failed password for root from 10.0.0.9 port 22 ssh2\",\"log\":{\"file\":{\"path\":\"/var/log/auth.log\"}},\"host\":{\"name\":\"hub\"}}\n"
                      "{\"@timestamp\":\"2025-01-01T00:30:00Z\",\"message\":\"type=USER_LOGIN msg=audit(1751331600.123:5): auid=1000 msg='op=login acct=\\\"bob\\\" addr=10.0.0.9 terminal=ssh res=failed'\",\"log\":{\"file\":{\"path\":\"x\"}}}\n"
                      "{\"@timestamp\":\"2025-01-01T00:30:00Z\",\"message\":\"level=info at=x: y\",\"log\":{\"file\":{\"path\":\"x\"}}}\n", 3, 0, 0, "auth login failure root 10.0.0.9 _", NULL},
    {"mongod.json", "{\"t\":{\"$date\":\"2025-07-01T09:00:00.000+08:00\"},\"c\":\"ACCESS\",\"ctx\":\"conn1\",\"msg\":\"Authentication failed\",\"attr\":{\"user\":\"eve\",\"db\":\"admin\",\"remote\":\"10.0.0.9:5000\"}}\n"
                    "{\"t\":{\"$date\":\"2025-07-01T09:00:01.000+08:00\"},\"c\":\"ACCESS\",\"ctx\":\"conn1\",\"msg\":\"Authentication failed\",\"attr\":{\"user\":\"eve\",\"db\":\"admin\",\"remote\":\"[2001:db8::9]:5000\"}}\n"
                    "{\"t\":{\"$date\":\"2025-07-01T09:00:02.000+08:00\"},\"c\":\"ACCESS\",\"ctx\":\"conn1\",\"msg\":\"Authentication failed\",\"attr\":{\"user\":\"eve\",\"db\":\"admin\",\"remote\":\"2001:db8::9:5000\"}}\n",
     3, 0, 1, "dbaudit login failure eve 2001:db8::9 admin", "MongoDB log"},
    {"events.json", "[{\"Event\":{\"System\":{\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Security-Auditing\"}},\"EventID\":{\"#attributes\":{\"Qualifiers\":\"\"},\"#text\":4625},\"TimeCreated\":{\"#attributes\":{\"SystemTime\":\"2025-07-01T01:00:00.1Z\"}},"
                    "\"Computer\":\"DC\"},\"EventData\":{\"TargetUserName\":\"bob\",\"IpAddress\":\"::ffff:10.0.0.9\"}}},\n{\"Event_attributes\":{},\"Event\":{\"System\":{\"Provider_attributes\":{\"Name\":\"Microsoft-Windows-Security-Auditing\"},\"EventID\":4720,"
                    "\"TimeCreated_attributes\":{\"SystemTime\":\"2025-07-01T01:00:01Z\"},\"Computer\":\"DC\"},\"EventData\":{\"SubjectUserName\":\"adm\",\"TargetUserName\":\"eve\"}}}]", 2, 0, 0, "windows login failure bob 10.0.0.9 _", "Windows events"},
    {"events.xml", "<?xml version=\"1.0\"?>\n<Events>\n<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4625</EventID><TimeCreated SystemTime='2025-07-01T01:00:00Z'/>"
                   "<Computer>DC</Computer></System><EventData><Data Name='TargetUserName'>b&amp;b</Data><Data Name='IpAddress'>10.0.0.9</Data></EventData></Event>\n<Event><System></Event>\n</Events>", 1, 1, 0, "windows login failure b&b 10.0.0.9 _", "Windows events"},
    {"security.csv", "Level,Date and Time,Source,Event ID,Task Category\r\nInformation,13/7/2025 9:00:00,Microsoft-Windows-Security-Auditing,4625,Logon,\"An account failed to log on.\r\n\r\nAccount For Which Logon Failed:\r\n\tAccount Name:\t\tbob\r\n\"\r\n", 1, 0, 0,
     "windows login failure bob _ _", "Event Viewer"},
    {"jobs.csv", "Job Name,System,Start Time,End Time,Status,Size\nnightly,erp,13/07/2025 02:00,13/07/2025 02:10,Failed,12 GB\nnightly,erp,x,y,Success,1\n", 1, 1, 0, "backup backup failure _ _ nightly", "table of backup jobs"},
    /* blocks of 7 bytes part lines from the directives that name their columns; the columns change within the file, and one line's day stands above it */
    {"u_ex.log", "#Software: Internet Information Services\r\n#Version: 1.0\r\n#Date: 2025-07-01 01:00:00\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-username c-ip cs(User-Agent) sc-status sc-bytes\r\n2025-07-01 01:00:01 10.0.0.5 GET /a - 10.0.0.9 a+b 200 5\r\n"
                 "#Date: 2025-07-01 23:00:00\r\n#Fields: time c-ip cs-username sc-status cs-uri-stem cs-method\r\n23:00:00 10.0.0.9 bob 401 /login POST\r\n23:00:00 10.0.0.9 bob 401 /login POST one too many\r\n\r\n23:00:01 10.0.0.8 - 200 /b GET", 3, 1, 1,
     "web http failure bob 10.0.0.9 /login", "IIS log (W3C extended)"},
    /* cut: the first line is of an order that nothing names any more, though it could be read as the default one; the last one ends before its status */
    {"u_cut.log", "2025-07-01 00:59:59 10.0.0.9 GET /a - 443 - 10.0.0.5 curl - 200 0 0 5\r\n#Software: Internet Information Services\r\n#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query s-port cs-username s-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n"
                 "2025-07-01 01:00:01 10.0.0.9 GET /a - 443 - 10.0.0.5 curl - 200 0 0 5\r\n2025-07-01 01:00:02 10.0.0.9 GET /b - 443 - 10.0.0.5 cur", 2, 1, 1, "web http unknown _ 10.0.0.9 /b", "1 row and 0 values rejected"},
    {"u_none.log", "2025-07-01 01:00:01 10.0.0.5 GET /a - 443 - 10.0.0.9 curl - 200 0 0 5\r\n2025-07-01 01:00:02 10.0.0.5 GET /b - 443 - 10.0.0", 2, 0, 1, "web http unknown _ _ /b", "without its line #Fields: taken to be in the order of columns that IIS has by default"},
    {"pfirewall.log", "#Version: 1.5\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size\n\n2025-07-01 09:00:00 DROP TCP 203.0.113.7 10.0.0.5 5000 3389 52\n", 1, 0, 0, "firewall other failure _ 203.0.113.7 10.0.0.5:3389", "Windows Firewall"},
    {"ssh.log", "#separator \\x09\n#path\tssh\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tclient\tauth_success\n#types\ttime\tstring\taddr\taddr\tstring\tbool\n1751331601.5\tC1\t203.0.113.7\t10.0.0.5\ta b\tF\n#close\t2025-07-02\n", 1, 0, 0,
     "network login failure _ 203.0.113.7 10.0.0.5", "Zeek log"},
    {"mail.log", "#Software: a mail server\n#Fields: date-time,client-ip,event-id,message-subject\n2025-07-01T01:00:00.123Z,10.0.0.1,RECEIVE,\"x, \"\"y\"\"\"\n", 1, 0, 0, "web other unknown _ 10.0.0.1 RECEIVE", "W3C"},
    {"alerts.json", "{\"status\":\"success\",\"data\":{\"alerts\":[{\"labels\":{\"alertname\":\"Down\",\"instance\":\"web01\"},\"annotations\":{},\"startsAt\":\"2025-07-01T01:00:00Z\"},{\"labels\":{\"alertname\":\"Up\"},\"startsAt\":\"2025-07-01T02:00:00Z\",\"status\":\"resolved\"}]}}", 2, 0, 0,
     "monitor alert failure _ _ Down", "Alertmanager"},
    {"nagios.log", "[1751331600] SERVICE ALERT: web01;HTTP;CRITICAL;HARD;3;x\n[Tue Jul 01 09:00:01 2025] SERVICE ALERT: web01;HTTP;OK;HARD;3;x\n", 2, 0, 0, "monitor alert failure _ _ HTTP", "Nagios"},
    /* Get-WinEvent | Select TimeCreated, Id, LevelDisplayName, Message | Export-Csv: no provider, no log */
    {"winevent.csv", "#TYPE Selected.System.Diagnostics.Eventing.Reader.EventLogRecord\n\"TimeCreated\",\"Id\",\"LevelDisplayName\",\"Message\"\n\"7/13/2025 9:00:00 AM\",\"4625\",\"Information\",\"An account failed to log on.\r\n\r\nAccount For Which Logon Failed:\r\n\tAccount Name:\t\tbob\r\n\r\n"
                     "Network Information:\r\n\tSource Network Address:\t10.0.0.9\r\n\"\n\"7/13/2025 9:00:01 AM\",\"7036\",\"Information\",\"The Print Spooler service entered the running state.\"\n", 2, 0, 0, "windows login failure bob 10.0.0.9 _", "Get-WinEvent"},
    /* wevtutil qe Security /f:text */
    {"security.txt", "Event[0]\n  Log Name: Security\n  Source: Microsoft-Windows-Security-Auditing\n  Date: 2025-07-01T09:00:00.1230000Z\n  Event ID: 4625\n  Task: Logon\n  Level: Information\n  Opcode: Info\n  Keyword: Audit Failure\n  User: N/A\n  User Name: N/A\n  Computer: DC01\n"
                     "  Description: \nAn account failed to log on.\n\nSubject:\n\tAccount Name:\t\t-\n\nAccount For Which Logon Failed:\n\tAccount Name:\t\tbob\n\nNetwork Information:\n\tSource Network Address:\t10.0.0.9\n\n"
                     "Event[1]\n  Log Name: System\n  Source: Service Control Manager\n  Date: 2025-07-01T09:00:01.000\n  Event ID: 7036\n  Task: N/A\n  Computer: DC01\n  Description: \nThe Print Spooler service entered the running state.\n", 2, 0, 0, "windows login failure bob 10.0.0.9 _", "wevtutil"},
    {"app.log", "2025-07-01 09:05:00,123 ERROR a.b.C - failed\njava.lang.X\n\tat y\n2025-07-01 09:05:01,123 INFO fine\n", 2, 0, 0, "syslog other unknown _ _ _", "lines that begin with a time"},
    /* a kind that knows some of the lines, and too few, does not keep the file from being read by their times */
    {"mixed.log", "2025-07-01 09:05:00 begun\n2025-07-01 09:05:01 [7] going on\n2025-07-01 09:05:02 fine\nJul  1 09:05:03 web01 app[9]: fine\n", 3, 0, 0, "syslog other unknown _ _ _", "lines that begin with a time"},
    /* lines behind others' prefixes: the program's own line holds; without a time of either nothing tells when; a container's local time is no other than that of its file */
    {"compose.log", "Attaching to web-1, db-1\nweb-1  | 10.0.0.9 - - [01/Jul/2025:09:00:05 +0800] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl\"\ndb-1   | 2025-07-01 01:00:10.123 UTC [66] FATAL:  password authentication failed for user \"app\"\n"
                    "app-1  | 2025-07-01 09:00:05,123 ERROR a.b.Job - failed\napp-1  | \tat a.b.Job.run(Job.java:10)\nweb-1 exited with code 0\nsomething else\n", 3, 2, 1, "dbaudit login failure app _ _", "docker compose logs"},
    {"compose-t.log", "app-1  | 2025-07-01T01:00:05.123456789Z starting\r\napp-1  | 2025-07-01T01:00:06.123456789Z \tat a.b.Job.run(Job.java:10)\n", 2, 0, 0, "syslog other unknown _ _ _", "by program: app 2"},
    {"0.log", "2025-07-01T09:00:07.123456789+08:00 stdout F 10.0.0.9 - - [01/Jul/2025:01:00:05 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl\"\n2025-07-01T09:00:06.123456789+08:00 stderr F 2025/07/01 01:00:06 [error] 29#29: *3 access forbidden by rule, "
              "client: 203.0.113.9, server: _, request: \"GET /x HTTP/1.1\", host: \"web\"\n2025-07-01T09:00:07.123456789+08:00 stdout P a long li\n", 3, 0, 1, "web http failure _ 203.0.113.9 /x", "CRI"},
    /* the parts of a message are one event, at the time of the first */
    {"cri.log", "2025-07-01T09:00:05.123456789+08:00 stdout P 10.0.0.9 - - [01/Jul/2025:01:00:05 +0000] \n2025-07-01T09:00:05.123456790+08:00 stdout P \"GET /long HTT\n2025-07-01T09:00:05.123456791+08:00 stdout F P/1.1\" 404 612 \"-\" \"curl\"\n"
                "2025-07-01T09:00:06.123456789+08:00 stderr P first \n2025-07-01T09:00:06.123456789+08:00 stderr F \n", 2, 0, 0, "web http failure _ 10.0.0.9 /long", "CRI"},
    /* a container's line that is a record in JSON; one that nobody knows stays a text */
    {"web-json.log", "{\"log\":\"{\\\"time_local\\\":\\\"01/Jul/2025:09:00:05 +0800\\\",\\\"remote_addr\\\":\\\"203.0.113.9\\\",\\\"request\\\":\\\"GET /x HTTP/1.1\\\",\\\"status\\\":\\\"404\\\"}\\n\",\"stream\":\"stdout\",\"time\":\"2025-07-01T01:00:05.1Z\"}\n"
                     "{\"log\":\"{\\\"level\\\":\\\"info\\\"}\\n\",\"stream\":\"stdout\",\"time\":\"2025-07-01T01:00:06.1Z\"}\n{\"log\":\"{\\\"level\\\":\\n\",\"stream\":\"stdout\",\"time\":\"2025-07-01T01:00:07.1Z\"}\n", 3, 0, 0, "web http failure _ 203.0.113.9 /x", NULL},
    {"app-json.log", "{\"log\":\"{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"listening\\\",\\\"time\\\":\\\"2025-07-01T01:00:16Z\\\"}\\n\",\"stream\":\"stdout\",\"attrs\":{\"tag\":\"app1\"},\"time\":\"2025-07-01T01:00:16.1Z\"}\n", 1, 0, 0, "syslog other unknown _ _ _", "by program: app1 1"},
    /* Winlogbeat names what it sends as the Elastic Common Schema too, but what an event means stands under its own names */
    {"winlogbeat.json", "{\"@timestamp\":\"2025-07-01T01:00:00.123Z\",\"agent\":{\"type\":\"winlogbeat\"},\"event\":{\"code\":\"4625\",\"module\":\"security\",\"action\":\"logon-failed\"},\"host\":{\"name\":\"dc01\"},\"message\":\"An account failed to log on.\","
                        "\"winlog\":{\"computer_name\":\"dc01\",\"event_data\":{\"IpAddress\":\"203.0.113.9\",\"TargetUserName\":\"eve\"},\"event_id\":\"4625\",\"provider_name\":\"Microsoft-Windows-Security-Auditing\"}}\n", 1, 0, 0, "windows login failure eve 203.0.113.9 _", NULL},
    /* a single event, whose message has more tabs than its row has commas */
    {"one.csv", "Keywords,Date and Time,Source,Event ID,Task Category\r\nAudit Failure,7/13/2025 9:00:00 AM,Microsoft-Windows-Security-Auditing,4625,Logon,\"An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tNULL SID\r\n\tAccount Name:\t\t-\r\n\r\n"
                "Logon Type:\t\t\t3\r\n\r\nAccount For Which Logon Failed:\r\n\tSecurity ID:\t\tNULL SID\r\n\tAccount Name:\t\teve\r\n\r\nNetwork Information:\r\n\tWorkstation Name:\tPC7\r\n\tSource Network Address:\t203.0.113.9\r\n\"\r\n", 1, 0, 0, "windows login failure eve 203.0.113.9 _", "Event Viewer"},
    {"list.txt", "\r\n\r\nTimeCreated  : 7/13/2025 9:00:00 AM\r\nProviderName : Microsoft-Windows-Security-Auditing\r\nId           : 4625\r\nMessage      : An account failed to log on.\r\n               \r\n               Subject:\r\n               \tAccount Name:\t\t-\r\n\r\n"
                 "               Account For Which Logon Failed:\r\n               \tAccount Name:\t\teve\r\n               \r\n               Network Information:\r\n               \tSource Network Address:\t203.0.113.9\r\n\r\nTimeCreated  : 7/4/2025 9:01:00 AM\r\nProviderName : Service Control Manager\r\n"
                 "Id           : 7036\r\nMessage      : The Print Spooler service entered the stopped state.\r\n\r\n\r\n", 2, 0, 0, "windows login failure eve 203.0.113.9 _", "dates read as month/day/year"},
    /* Oracle: elements without a root, and a root that is not closed yet */
    {"log.xml", "<msg time='2025-07-01T09:00:05.123+08:00' org_id='oracle' comp_id='rdbms'\n host_id='db01'>\n <txt>Starting ORACLE instance (normal)\n </txt>\n</msg>\n<msg time='2025-07-01T09:00:06.000+08:00' org_id='oracle' comp_id='tnslsnr' host_id='db01'>\n"
                " <txt>01-JUL-2025 09:00:06 * (CONNECT_DATA=(SID=x)(CID=(PROGRAM=sqlplus)(HOST=web01)(USER=bob))) * (ADDRESS=(PROTOCOL=tcp)(HOST=10.0.0.9)(PORT=5)) * establish * x * 12505\n </txt>\n</msg>\n", 2, 0, 1, "dbaudit other failure bob 10.0.0.9 x", "log.xml"},
    {"ora_7.xml", "<?xml version=\"1.0\"?>\n<Audit xmlns=\"http://xmlns.oracle.com/x.xsd\">\n<Version>11.2</Version>\n<AuditRecord><Audit_Type>1</Audit_Type><Extended_Timestamp>2025-07-01T01:01:05.123456Z</Extended_Timestamp><DB_User>EVE</DB_User><Userhost>pc7</Userhost>"
                  "<Action>100</Action><Returncode>1017</Returncode><Comment_Text>Client address: (ADDRESS=(PROTOCOL=tcp)(HOST=203.0.113.9)(PORT=5))</Comment_Text></AuditRecord>\n", 1, 0, 0, "dbaudit login failure EVE 203.0.113.9 pc7", NULL},
    /* the file's kind is one for want of a better: a record further down, of whatever shape before it, is of its own kind */
    {"generic.json", "{\"level\":\"info\",\"time\":\"2025-07-01T01:00:00Z\",\"msg\":\"started\"}\n{\"level\":\"info\",\"time\":\"2025-07-01T01:00:01Z\",\"msg\":\"more\"}\n{\"timestamp\":\"2025-07-01T09:00:02.000+0800\",\"rule\":{\"level\":5,\"description\":\"sshd: authentication failed.\",\"id\":\"5716\"},\"agent\":{\"id\":\"001\",\"name\":\"web01\"},\"manager\":{\"name\":\"m\"},\"id\":\"1751331602.3\",\"full_log\":\"Jul  1 09:00:02 web01 sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\",\"level\":\"x\",\"message\":\"m\"}\n{\"level\":\"info\",\"time\":\"2025-07-01T01:00:03Z\",\"msg\":\"again\"}\n", 4, 0, 2, "auth login failure root 203.0.113.9 _", "log in JSON"},
    /* the first records are of no known kind: lines, an array, a list within */
    {"late.json", "{\"timestamp\":\"2025-07-01T09:00:00.000+0800\",\"odd\":{\"path\":\"/etc/x\"},\"id\":\"1\"}\n{\"timestamp\":\"2025-07-01T09:00:00.000+0800\",\"odd\":{\"path\":\"/etc/x\"},\"id\":\"1\"}\n{\"timestamp\":\"2025-07-01T09:00:02.000+0800\",\"rule\":{\"level\":5,\"description\":\"sshd: authentication failed.\",\"id\":\"5716\"},\"agent\":{\"id\":\"001\",\"name\":\"web01\"},\"manager\":{\"name\":\"m\"},\"id\":\"1751331602.3\",\"full_log\":\"Jul  1 09:00:02 web01 sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\"}\n", 1, 2, 0, "auth login failure root 203.0.113.9 _", "Wazuh alerts"},
    {"late2.json", "[{\"timestamp\":\"2025-07-01T09:00:00.000+0800\",\"odd\":{\"path\":\"/etc/x\"},\"id\":\"1\"},\n{\"timestamp\":\"2025-07-01T09:00:02.000+0800\",\"rule\":{\"level\":5,\"description\":\"sshd: authentication failed.\",\"id\":\"5716\"},\"agent\":{\"id\":\"001\",\"name\":\"web01\"},\"manager\":{\"name\":\"m\"},\"id\":\"1751331602.3\",\"full_log\":\"Jul  1 09:00:02 web01 sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\"}]\n", 1, 1, 0, "auth login failure root 203.0.113.9 _", "Wazuh alerts"},
    {"late3.json", "{\"data\":{\"alerts\":[],\"items\":[{\"timestamp\":\"2025-07-01T09:00:00.000+0800\",\"odd\":{\"path\":\"/etc/x\"},\"id\":\"1\"},\n{\"timestamp\":\"2025-07-01T09:00:02.000+0800\",\"rule\":{\"level\":5,\"description\":\"sshd: authentication failed.\",\"id\":\"5716\"},\"agent\":{\"id\":\"001\",\"name\":\"web01\"},\"manager\":{\"name\":\"m\"},\"id\":\"1751331602.3\",\"full_log\":\"Jul  1 09:00:02 web01 sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\"}],\"total\":2}}\n", 1, 1, 0, "auth login failure root 203.0.113.9 _", "Wazuh alerts"},
    /* lines with their times, and nothing else; what is left of syslog names the program */
    {"cloudwatch.csv", "timestamp,message\n1751331600000,\"Jul  1 09:00:00 web01 sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\"\n1751331601000,\"{\"\"level\"\":\"\"info\"\",\"\"time\"\":\"\"2025-07-01T01:00:01Z\"\",\"\"msg\"\":\"\"x\"\"}\"\n1751331602000,hello\n", 3, 0, 0, "auth login failure root 203.0.113.9 _", "lines with their times"},
    {"graylog.csv", "\"timestamp\",\"source\",\"message\"\n\"2025-07-01T01:00:00.000Z\",\"web01\",\"sshd[7]: Failed password for root from 203.0.113.9 port 22 ssh2\"\n\"2025-07-01T01:00:01.000Z\",\"web01\",\"web01 CRON[12]: (root) CMD (x)\"\n\"2025-07-01T01:00:02.000Z\",\"web01\",\"a thing [1]: hello\"\n", 3, 0, 0, "auth login failure root 203.0.113.9 _", "Graylog's messages"},
    {"graylog2.csv", "timestamp,source,message\n2025-07-01T01:00:01.000Z,web01,web01 sshd[8]: Accepted password for bob from 10.0.0.9 port 22 ssh2\n", 1, 0, 0, "auth login success bob 10.0.0.9 _", "Graylog's messages"},
    /* devices among the programs of a central syslog: their lines name no program */
    {"central.log", "Jul  1 09:00:00 web01 sshd[1]: Accepted password for bob from 10.0.0.9 port 22 ssh2\nJul  1 09:00:01 10.0.0.1 date=2025-07-01 time=09:00:01 devname=FG100 devid=F logid=0100032002 user=\"root\" ui=ssh(203.0.113.7) status=failed\n"
                    "Jul  1 09:00:02 web01 sshd[1]: Connection closed by 10.0.0.9 port 22\nJul  1 09:00:03 10.0.0.2 no device, no program\n", 4, 0, 1, "firewall login failure root 203.0.113.7 FG100", "syslog"},
    /* files that begin in the middle of a record: what belongs to none is rejected */
    {"history.log", "Upgrade: libc6:amd64 (2.36-9, 2.36-10)\nEnd-Date: 2025-07-01  06:00:20\n\nStart-Date: 2025-07-02  06:00:12\nCommandline: apt purge foo\nRequested-By: bob (1001)\nPurge: foo:amd64 (1.0)\nEnd-Date: 2025-07-02  06:00:20\n", 1, 1, 0,
     "package package success bob _ foo:amd64 (1.0)", "apt history.log"},
    {"access.json.1", "rl\",\"status\":\"200\"}\n{\"time_local\":\"01/Jul/2025:09:00:01 +0800\",\"remote_addr\":\"203.0.113.9\",\"remote_user\":\"bob\",\"request\":\"GET /a HTTP/1.1\",\"status\":\"404\"}\n"
                      "{\"time_local\":\"01/Jul/2025:09:00:02 +0800\",\"remote_addr\":\"203.0.113.9\",\"request\":\"GET /a HTTP/1.1\",\"status\":\"200\"}\n", 2, 1, 0, "web http failure bob 203.0.113.9 /a", NULL},
    /* records of attributes alone, and of elements in a root that is not closed yet */
    {"audit.xml", "<?xml version=\"1.0\"?>\n<AUDIT>\n<AUDIT_RECORD\n  NAME=\"Connect\"\n  TIMESTAMP=\"2025-07-01T01:00:02 UTC\"\n  STATUS=\"1045\"\n  USER=\"b&gt;b\"\n  IP=\"10.0.0.7\"\n  DB=\"\"\n/>\n"
                  "<AUDIT_RECORD NAME=\"Query\" TIMESTAMP=\"2025-07-01T01:00:03 UTC\" STATUS=\"0\" USER=\"bob\" COMMAND_CLASS=\"drop_table\" SQLTEXT=\"DROP TABLE t\" IP=\"\"/>\n", 2, 0, 1, "dbaudit config success bob _ drop_table", "in XML"},
    {"audit2.xml", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<AUDIT>\n <AUDIT_RECORD>\n  <NAME>Connect</NAME>\n  <TIMESTAMP>2025-07-01T01:00:02Z</TIMESTAMP>\n  <STATUS>1045</STATUS>\n  <USER>bob</USER>\n  <IP>10.0.0.7</IP>\n </AUDIT_RECORD>\n", 1, 0, 0,
     "dbaudit login failure bob 10.0.0.7 _", "in XML"},
    /* values of an event that are a list of names, and those that are JSON in a text */
    {"dict.json", "[{\"Event\":{\"System\":{\"Provider\":{\"@Name\":\"Microsoft-Windows-Security-Auditing\"},\"EventID\":\"4625\",\"TimeCreated\":{\"@SystemTime\":\"2025-07-01T01:00:00Z\"},\"Computer\":\"DC\"},"
                  "\"EventData\":{\"Data\":[{\"@Name\":\"TargetUserName\",\"#text\":\"bob\"},{\"@Name\":\"Status\"},{\"@Name\":\"IpAddress\",\"#text\":\"10.0.0.9\"}]}}}]", 1, 0, 0, "windows login failure bob 10.0.0.9 _", "Windows events"},
    {"evtx.csv", "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,MapDescription,Keywords,Payload\n1,7,2025-07-01 01:00:00.1234567,4625,LogAlways,Microsoft-Windows-Security-Auditing,Security,7,8,DC,Failed logon,Audit failure,"
                 "\"{\"\"EventData\"\":{\"\"Data\"\":[{\"\"@Name\"\":\"\"TargetUserName\"\",\"\"#text\"\":\"\"bob\"\"},{\"\"@Name\"\":\"\"IpAddress\"\",\"\"#text\"\":\"\"10.0.0.9\"\"}]}}\"\n", 1, 0, 0, "windows login failure bob 10.0.0.9 _", "EvtxECmd"},
};

static void whole_files(void **state)
{
    const struct file_case *c = *state;
    for (size_t bytes = 7; bytes < 40000; bytes *= 11) { /* blocks end anywhere */
        place p;
        char got[512], *w = got;
        static const char *const fields[] = {"source", "action", "outcome", "user", "src_ip", "object"};
        open_place(&p);
        take(&p, write_file(c->name, c->text, strlen(c->text)), bytes);
        for (size_t i = 0; i < p.report.problems.n; i++) print_error("%s: %s\n", p.report.problems.items[i].file, p.report.problems.items[i].msg);
        assert_int_equal(p.report.problems.n, 0);
        assert_int_equal(p.t->nrows, c->rows);
        assert_int_equal(p.report.rejected, c->rejected);
        for (size_t i = 0; i < LEN(fields); i++) {
            slice v = cell(&p, fields[i], c->row);
            w += snprintf(w, (size_t)(got + sizeof got - w), "%s%.*s", i ? " " : "", v.len ? (int)v.len : 1, v.len ? v.ptr : "_");
        }
        for (char *q = got; *q; q++)
            if (*q == ' ' && q[1] == '/' && strcmp(c->name, "audit.log") == 0) *q = '_';
        assert_string_equal(got, c->expect);
        if (c->say && !said(&p, c->say)) print_error("%s", buf_cstr(&p.said));
        assert_true(!c->say || said(&p, c->say));
        close_place(&p);
    }
}

static double number(const place *p, const char *name, size_t row)
{
    size_t f = (size_t)dataset_field(p->t->ds, slice_of(name));
    return p->t->cols[f].data && table_has(p->t, f, row) ? table_f64(p->t, f)[row] : -1;
}

/* Numbers that a line says, and numbers that the pattern says for it. */
static void numbers(void **state)
{
    (void)state;
    static const char text[] = "[1751331600] SERVICE ALERT: web01;HTTP;CRITICAL;HARD;3;x\n[1751331601] SERVICE ALERT: web01;HTTP;WARNING;HARD;3;x\n"
                               "10.0.0.9 - - [01/Jul/2025:09:00:02 +0800] \"GET /a HTTP/1.1\" 404 1234567\n10.0.0.9 - - [01/Jul/2025:09:00:03 +0800] \"GET /a HTTP/1.1\" 304 -\n";
    static const double want[][2] = {{2, -1}, {1, -1}, {404, 1234567}, {304, -1}};
    place p;
    open_place(&p);
    take(&p, write_file("mixed.log", text, sizeof text - 1), 4096);
    assert_int_equal(p.t->nrows, LEN(want));
    for (size_t i = 0; i < LEN(want); i++) {
        assert_true(number(&p, "status_code", i) == want[i][0]);
        assert_true(number(&p, "bytes", i) == want[i][1]);
    }
    close_place(&p);
}

static void year_of_a_line_in_a_record(void **state)
{
    (void)state;
    static const char text[] = "{\"@timestamp\":\"2025-01-01T00:30:00Z\",\"message\":\"Dec 31 23:59:59 web01 sshd[7]: x\",\"input\":{\"type\":\"log\"}}\n"
                               "{\"@timestamp\":\"2024-12-31T23:30:00Z\",\"message\":\"Jan  1 07:30:00 web01 sshd[7]: x\",\"input\":{\"type\":\"log\"}}\n";
    place p;
    open_place(&p);
    take(&p, write_file("years.json", text, sizeof text - 1), 4096);
    assert_int_equal(at(&p, 1) - at(&p, 0), (7 * 3600 + 1800 + 1) * 1000);
    assert_slice_is(cell(&p, "host", 0), "web01");
    close_place(&p);
}

/* Times without a sign of their zone, of a kind that means UTC; Shanghai is eight hours before. */
static void zone_of_a_kind(void **state)
{
    (void)state;
    static const char text[] = "[{\"CreationTime\":\"2025-07-01T01:00:00\",\"Operation\":\"UserLoggedIn\",\"RecordType\":15,\"Workload\":\"AzureActiveDirectory\",\"UserId\":\"bob\",\"ClientIP\":\"10.0.0.9\"}]";
    place p;
    open_place(&p);
    take(&p, write_file("unified.json", text, sizeof text - 1), 4096);
    assert_int_equal(p.t->nrows, 1);
    assert_true(at(&p, 0) == 1751331600000);
    close_place(&p);
}

/* A container's line whose time names no zone, in a file that says when it was written. */
static void time_of_a_wrapped_line(void **state)
{
    (void)state;
    static const char text[] = "2025-07-01T09:00:00.000000000+08:00 stderr F 2025/07/01 01:00:00 [error] 29#29: *3 x, client: 203.0.113.9, server: _, request: \"GET /x HTTP/1.1\", host: \"web\"\n";
    place p;
    open_place(&p);
    take(&p, write_file("0.log", text, sizeof text - 1), 4096);
    assert_int_equal(p.t->nrows, 1);
    assert_true(at(&p, 0) == 1751331600000);
    close_place(&p);
}

/* Parts of messages of two streams, between each other. */
static void parts_of_two_streams(void **state)
{
    (void)state;
    static const char text[] = "2025-07-01T09:00:00.000000000+08:00 stdout P a\n2025-07-01T09:00:01.000000000+08:00 stderr P b\n2025-07-01T09:00:02.000000000+08:00 stdout F c\n2025-07-01T09:00:03.000000000+08:00 stderr F d\n";
    for (size_t bytes = 1; bytes <= 4096; bytes *= 16) {
        place p;
        open_place(&p);
        take(&p, write_file("0.log", text, sizeof text - 1), bytes);
        assert_int_equal(p.t->nrows, 2);
        assert_slice_is(cell(&p, "message", 0), "ac");
        assert_slice_is(cell(&p, "message", 1), "bd");
        assert_true(at(&p, 0) == 1751331600000 && at(&p, 1) == 1751331601000);
        close_place(&p);
    }
}

/* Message i of a stream is i % 5 parts and an end, and lines of the other stream stand between any of them: wherever blocks end, each is one event. */
static void parts_at_the_edges_of_blocks(void **state)
{
    enum { LINES = 400 };
    static const char *const streams[] = {"stdout", "stderr"};
    static const size_t blocks[] = {1, 64, 100, 1000, 5000, 0};
    size_t messages[2] = {0}, part[2] = {0};
    uint64_t x = 7;
    buf b = {0};
    (void)state;
    for (size_t i = 0; i < LINES || part[0] || part[1]; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        size_t s = i < LINES ? x >> 63 : part[0] == 0; /* at last both end */
        bool ends = part[s] == messages[s] % 5;
        buf_printf(&b, "2025-07-01T09:00:00.000000000+08:00 %s %c %s%zu.%zu;\n", streams[s], ends ? 'F' : 'P', streams[s], messages[s], part[s]);
        part[s] = ends ? 0 : part[s] + 1;
        messages[s] += ends;
    }
    const char *path = write_file("edges.log", b.ptr, b.len);
    for (size_t k = 0; k < LEN(blocks); k++) {
        size_t next[2] = {0};
        place p;
        open_place(&p);
        take(&p, path, blocks[k]);
        assert_int_equal(p.t->nrows, messages[0] + messages[1]);
        for (size_t row = 0; row < p.t->nrows; row++) {
            slice m = cell(&p, "message", row);
            size_t s = memcmp(m.ptr, streams[1], 6) == 0, n = next[s]++;
            buf_reset(&b);
            for (size_t i = 0; i <= n % 5; i++) buf_printf(&b, "%s%zu.%zu;", streams[s], n, i);
            assert_slice_is(m, buf_cstr(&b));
        }
        close_place(&p);
    }
    buf_free(&b);
}

/* A record of Docker's json-file: n times c, with a line feed where the message ends. */
static void put_docker(buf *b, char c, size_t n, bool ends, const char *stream, int second)
{
    buf_text(b, "{\"log\":\"");
    for (size_t i = 0; i < n; i++) buf_char(b, c);
    buf_printf(b, "%s\",\"stream\":\"%s\",\"time\":\"2025-07-01T01:00:%02d.5Z\"}\n", ends ? "\\n" : "", stream, second);
}

static void assert_messages(const char *name, const buf *b, size_t bytes, const char *want)
{
    place p;
    buf got = {0};
    open_place(&p);
    take(&p, write_file(name, b->ptr, b->len), bytes);
    for (size_t i = 0; i < p.t->nrows; i++) {
        slice m = cell(&p, "message", i);
        buf_printf(&got, "%d.%d:", (int)((at(&p, i) - 1751331600000) / 1000), (int)p.t->lines[i]);
        for (size_t k = 0, from = 0; k < m.len; from = k) {
            while (k < m.len && m.ptr[k] == m.ptr[from]) k++;
            buf_printf(&got, " %c%zu", m.ptr[from], k - from);
        }
        buf_char(&got, '\n');
    }
    assert_string_equal(buf_cstr(&got), want);
    assert_int_equal(p.report.rejected, 0);
    buf_free(&got);
    close_place(&p);
}

/* What Docker parts after 16 KiB; second.line of each event, and the runs of its message. */
static void parts_of_docker(void **state)
{
    enum { FULL = 16384 };
    static const struct { struct { char c; size_t n; bool ends; const char *stream; } parts[5]; const char *want; } files[] = {
        {{{'a', 5, true, "stdout"}, {'b', FULL, false, "stdout"}, {'c', FULL, false, "stdout"}, {'d', 3, true, "stdout"}, {'e', 5, true, "stdout"}}, "1.1: a5\n2.2: b16384 c16384 d3\n5.5: e5\n"},
        {{{'b', FULL, false, "stdout"}, {'x', FULL, false, "stderr"}, {'y', 2, true, "stderr"}, {'c', 1, true, "stdout"}, {'d', 1, true, "stdout"}}, "2.2: x16384 y2\n1.1: b16384 c1\n5.5: d1\n"},
        {{{'b', FULL, false, "stdout"}, {'x', 4, true, "stderr"}, {'c', 1, true, "stdout"}, {'b', FULL, false, "stdout"}}, "2.2: x4\n1.1: b16384 c1\n4.4: b16384\n"},   /* the file ends before the message */
        {{{'a', 4, false, "stdout"}, {'b', 4, false, "stdout"}, {'c', FULL - 1, false, "stdout"}, {'d', FULL, true, "stdout"}, {'e', 1, true, "stdout"}}, "1.1: a4\n2.2: b4\n3.3: c16383\n4.4: d16384\n5.5: e1\n"},   /* whole, though without line feeds */
    };
    (void)state;
    for (size_t i = 0; i < LEN(files); i++)
        for (size_t bytes = 4096; bytes <= 65536; bytes *= 4) { /* smaller and larger than parts */
            buf b = {0};
            for (int k = 0; k < 5 && files[i].parts[k].c; k++) put_docker(&b, files[i].parts[k].c, files[i].parts[k].n, files[i].parts[k].ends, files[i].parts[k].stream, k + 1);
            assert_messages("web-json.log", &b, bytes, files[i].want);
            buf_free(&b);
        }
}

/* Of two containers in one file, as a collector writes them, each has its own message. */
static void parts_of_two_containers(void **state)
{
    buf b = {0};
    (void)state;
    for (int k = 0; k < 2; k++) {
        put_docker(&b, (char)('a' + k), 16384, false, "stdout", 1 + k);
        b.len -= 2;
        buf_printf(&b, ",\"container\":\"c%d\"}\n", k);
    }
    put_docker(&b, 'c', 1, true, "stdout", 3);
    assert_messages("two.log", &b, 0, "3.3: c1\n1.1: a16384\n2.2: b16384\n");
    buf_free(&b);
}

/* A file of each importer of logs, by its name among the cases, and one with messages in parts: whichever allocation fails, nothing leaks, no text is used that is gone, no other importer takes the file
 * for its own, and nothing of it is in the workspace. */
static const struct memory_case { const char *name, *text, *importer; } memory_cases[] = {
    {"auth.log", NULL, "log"}, {"bacula.log", NULL, "log"}, {"audit.log", NULL, "audit"}, {"filebeat.json", NULL, "log json"}, {"answer.json", NULL, "log json"}, {"events.xml", NULL, "log xml"},
    {"jobs.csv", NULL, "log table"}, {"u_ex.log", NULL, "log table"}, {"security.txt", NULL, "log table"}, {"compose.log", NULL, "log table"},
    {"parts.log", "2025-07-01T09:00:00.000000000+08:00 stdout P a\n2025-07-01T09:00:01.000000000+08:00 stderr P b\n2025-07-01T09:00:02.000000000+08:00 stdout F c\n", "log table"}};

static const char *text_of_case(const char *name)
{
    for (size_t i = 0; i < LEN(file_cases); i++)
        if (strcmp(file_cases[i].name, name) == 0) return file_cases[i].text;
    fail_msg("no such case: %s", name);
    return NULL;
}

static void memory_runs_out(void **state)
{
    const struct memory_case *c = *state;
    const char *text = c->text ? c->text : text_of_case(c->name), *path = write_file(c->name, text, strlen(text));
    bool worked = false;
    place p;
    open_place(&p);
    EACH_ALLOCATION_FAILS(n, worked) {
        err e = {0};
        source_info *list;
        size_t sources;
        import_options o = {.zone = p.z, .own = common.own};
        import_report_clear(&p.report);
        mem_fail_after(n);
        worked = import_paths(p.s, p.m, &o, &path, 1, &p.report, &e) == SLA_OK;
        mem_fail_after(-1);
        assert_int_equal(e.code, worked ? SLA_OK : SLA_NOMEM);
        assert_int_equal(p.report.problems.n, 0);
        assert_int_equal(p.report.taken, worked);
        assert_int_equal(store_sources(p.s, &p.a, &list, &sources, &e), SLA_OK);
        assert_int_equal(sources, worked);
        if (worked) assert_slice_is(list[0].importer, c->importer);
    }
    assert_true(worked);
    close_place(&p);
}

static void new_year(void **state)
{
    (void)state;
    place p;
    open_place(&p);
    take(&p, write_file("new-year.log", file_cases[2].text, strlen(file_cases[2].text)), 9);
    assert_true(at(&p, 1) - at(&p, 0) == 3000 && at(&p, 1) - at(&p, 2) == 2000);
    close_place(&p);
}

/* What goes on in further lines is part of the message, whatever blocks they lie in. */
static void message_over_lines(void **state)
{
    (void)state;
    place p;
    open_place(&p);
    static const char text[] = "Jul  7 13:06:56 h1 app[1]: Exception\n\tat a.b(C.java:1)\n\n   at c\n  \n\nJul  7 13:06:57 h1 app[1]: fine\n";
    take(&p, write_file("over-lines.log", text, sizeof text - 1), 16);
    assert_int_equal(p.t->nrows, 2);
    assert_int_equal(p.report.rejected, 0);
    assert_slice_is(cell(&p, "message", 0), "Exception\n\tat a.b(C.java:1)\n\n   at c");
    assert_slice_is(cell(&p, "message", 1), "fine");
    assert_int_equal(at(&p, 1) - at(&p, 0), 1000);
    close_place(&p);
    open_place(&p);
    static const char slow[] = "# User@Host: a[a] @ [10.0.0.5]\nSET timestamp=1751331588;\nselect\n 1;\n# Time: 250701  9:00:00\n# User@Host: a[a] @ [10.0.0.5]\nSET timestamp=1751331589;\nselect 2;\n";
    take(&p, write_file("slow-over-lines.log", slow, sizeof slow - 1), 16);
    assert_int_equal(p.t->nrows, 2);
    assert_slice_is(cell(&p, "message", 0), "select\n 1;");
    close_place(&p);
}

/* The head lets expect one year, the end shows another: the file is read again, and nothing is there twice. */
static void year_found_at_the_end(void **state)
{
    (void)state;
    place p;
    buf b = {0};
    open_place(&p);
    static const int months[] = {10, 12, 3, 6, 8}; /* the first two fill the head */
    for (size_t i = 0; i < LEN(months); i++)
        for (int k = 0; k < 6000; k++) buf_printf(&b, "%.3s  3 10:00:00 host1 sshd[%d]: Accepted password for bob from 10.0.0.1 port %d ssh2 and a lot more of text to fill the line\n", &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * (months[i] - 1)], k, k);
    take(&p, write_file("long.log", b.ptr, b.len), 0);
    assert_int_equal(p.report.problems.n, 0);
    assert_int_equal(p.t->nrows, LEN(months) * 6000);
    assert_true(at(&p, p.t->nrows - 1) > 1751299200000 && at(&p, p.t->nrows - 1) < 1759248000000);
    assert_true(said(&p, "they begin on 2024-10-03 and end on 2025-08-03, past 1 New Year"));
    buf_free(&b);
    close_place(&p);
}

/* Records that go on over many lines each: a few that begin among the first lines are enough, and a text that only begins with a time is no log. */
static void few_that_begin(void **state)
{
    (void)state;
    for (int records = 1; records < 8; records += 6) {
        place p;
        buf b = {0};
        open_place(&p);
        for (int i = 0; i < records; i++) {
            buf_printf(&b, "2025-07-01 09:0%d:00,123 ERROR com.example.Job - failed\njava.lang.IllegalStateException: x\n", i);
            for (int k = 0; k < 58; k++) buf_printf(&b, "at com.example.C%d.run(C%d.java:%d)\n", k, k, k);
        }
        const char *path = write_file("trace.log", b.ptr, b.len);
        import_options o = {.zone = p.z, .own = common.own};
        err e = {0};
        import_paths(p.s, p.m, &o, &path, 1, &p.report, &e);
        assert_int_equal(p.report.taken, records > 1);
        assert_int_equal(p.report.rows, records > 1 ? records : 0);
        assert_int_equal(p.report.rejected, 0);
        buf_free(&b);
        close_place(&p);
    }
}

/* Tables and JSON of events: the order of day and month is one for a file, whatever single dates could be, also where a date far down is the first to tell it. */
static void add_event(buf *b, bool json, const char *day, const char *clock)
{
    if (json) buf_printf(b, "{\"Id\":7036,\"LogName\":\"System\",\"MachineName\":\"h1\",\"ProviderName\":\"Service Control Manager\",\"TimeCreated\":\"%s %s\",\"Message\":\"The A service entered the running state.\"}\n", day, clock);
    else buf_printf(b, "Information,%s %s,Service Control Manager,7036,None,The A service entered the running state.\n", day, clock);
}

static void order_of_day_and_month(void **state)
{
    (void)state;
    static const struct { const char *late, *clock; size_t rows; int64_t first; const char *say; } orders[] = {
        {"13/07/2025", "9:00:00 AM", 2, 1751936400000, "dates read as day/month/year: 1 can only be day first"}, {"07/13/2025", "09:00:00", 2, 1751936400000, "dates read as month/day/year"},
        {"13/07/2025", "9:00:00 AM", 1000, 1751936400000, "dates read as day/month/year"}, {"07/13/2025", "09:00:00", 1000, 1751936400000, "dates read as month/day/year"},
        {"07/07/2025", "9:00:00 AM", 3, 1751936400000, "dates read as month/day/year beside AM and PM, else as day/month/year: of 3 none"}};
    for (size_t i = 0; i < 2 * LEN(orders); i++) {
        place p;
        buf b = {0};
        open_place(&p);
        bool json = i >= LEN(orders), day = orders[i % LEN(orders)].late[0] == '1';
        size_t rows = orders[i % LEN(orders)].rows;
        const char *clock = orders[i % LEN(orders)].clock;
        if (!json) buf_text(&b, "Level,Date and Time,Source,Event ID,Task Category\n");
        for (size_t k = 0; k + 1 < rows; k++) add_event(&b, json, day ? "08/07/2025" : "07/08/2025", clock);
        add_event(&b, json, orders[i % LEN(orders)].late, clock);
        take(&p, write_file(json ? "events.json" : "events.csv", b.ptr, b.len), 0);
        assert_int_equal(p.t->nrows, rows);
        assert_true(at(&p, 0) == orders[i % LEN(orders)].first);
        assert_true(said(&p, orders[i % LEN(orders)].say));
        buf_free(&b);
        close_place(&p);
    }
}

static void asked_year(void **state)
{
    (void)state;
    place p;
    err e = {0};
    static const char text[] = "Jul  7 13:06:56 h1 sshd[12]: Accepted password for bob from 10.0.0.1 port 22 ssh2\n";
    open_place(&p);
    const char *path = write_file("auth.log", text, sizeof text - 1);
    bool all[FIELDS_MAX];
    memset(all, 1, sizeof all);
    import_options o = {.zone = p.z, .year = 2019};
    assert_int_equal(import_paths(p.s, p.m, &o, &path, 1, &p.report, &e), SLA_OK);
    assert_int_equal(store_table_load(p.s, schema_dataset(p.m, SLICE_LIT("log")), all, p.d, &p.t, &e), SLA_OK);
    assert_true(at(&p, 0) == 1562476016000);
    close_place(&p);
}

/* Local times around the changes of the clock, in lines, in records of JSON and in tables: counted, said and kept among what the file cannot prove. Times that say their offset are plain. */
static void changes_of_the_clock(void **state)
{
    static const struct { const char *name, *text; uint64_t repeated, skipped; } cases[] = {
        {"clock.log", "2025-03-30T02:30:00 h sshd[1]: x\n2025-10-26T01:59:59 h sshd[1]: x\n2025-10-26T02:00:00 h sshd[1]: x\n2025-10-26T02:59:59 h sshd[1]: x\n2025-10-26T03:00:00 h sshd[1]: x\n2025-10-26T02:30:00+01:00 h sshd[1]: x\n", 2, 1},
        {"clock.json", "{\"Id\":4625,\"LogName\":\"Security\",\"MachineName\":\"h\",\"ProviderName\":\"p\",\"TimeCreated\":\"2025-10-26 02:30:00\",\"Message\":\"x\"}\n", 1, 0},
        {"clock.csv", "job,system,start,end,status\nnightly,S1,2025-10-26 02:00:00,2025-10-26 02:10:00,OK\nnightly,S1,2025-10-27 02:00:00,2025-10-27 02:10:00,OK\n", 1, 0},
        {"plain.log", "2025-10-26T12:00:00 h sshd[1]: x\n", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < LEN(cases); i++) {
        err e = {0};
        place p;
        caveat *list;
        size_t n, repeated = 0, skipped = 0;
        open_place(&p);
        zone_close(p.z);
        assert_int_equal(zone_open("Europe/Berlin", &p.z, &e), SLA_OK);
        take(&p, write_file(cases[i].name, cases[i].text, strlen(cases[i].text)), 0);
        assert_int_equal(said(&p, "occur twice when the clock is put back"), cases[i].repeated > 0);
        assert_int_equal(said(&p, "do not occur, the clock being put forward"), cases[i].skipped > 0);
        assert_int_equal(store_caveats(p.s, &p.a, &list, &n, &e), SLA_OK);
        for (size_t k = 0; k < n; k++) {
            repeated += slice_is(list[k].kind, "repeated") && slice_is(list[k].field, "at") ? (size_t)list[k].n : 0;
            skipped += slice_is(list[k].kind, "skipped") ? (size_t)list[k].n : 0;
            if (!slice_is(list[k].kind, "repeated") && !slice_is(list[k].kind, "skipped")) continue;
            assert_int_equal(strncmp(list[k].zh.ptr, "时间：", strlen("时间：")), 0); /* the field by its titles */
            assert_int_equal(strncmp(list[k].en.ptr, "At: ", 4), 0);
        }
        assert_int_equal(repeated, cases[i].repeated);
        assert_int_equal(skipped, cases[i].skipped);
        close_place(&p);
    }
}

int main(void)
{
    static const struct CMUnitTest more[] = {
        cmocka_unit_test(new_year), cmocka_unit_test(zone_of_a_kind), cmocka_unit_test(time_of_a_wrapped_line), cmocka_unit_test(parts_of_two_streams), cmocka_unit_test(parts_at_the_edges_of_blocks), cmocka_unit_test(parts_of_docker), cmocka_unit_test(parts_of_two_containers),
        cmocka_unit_test(numbers), cmocka_unit_test(year_of_a_line_in_a_record), cmocka_unit_test(message_over_lines), cmocka_unit_test(few_that_begin), cmocka_unit_test(year_found_at_the_end), cmocka_unit_test(order_of_day_and_month), cmocka_unit_test(asked_year), cmocka_unit_test(changes_of_the_clock),
    };
    struct CMUnitTest tests[LEN(file_cases) + LEN(memory_cases) + LEN(more)];
    size_t n = 0;
    ROWS(tests, n, memory_cases, memory_runs_out);
    ROWS(tests, n, file_cases, whole_files);
    for (size_t i = 0; i < LEN(more); i++) tests[n++] = more[i];
    return _cmocka_run_group_tests("logs", tests, n, load_common, free_common);
}
