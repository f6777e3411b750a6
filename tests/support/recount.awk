# An independent recount of the samples: reads the canonical files, knows the rules by heart, shares no code with the program.
# usage: awk -f recount.awk DIR/staff.csv DIR/service.csv DIR/history.csv DIR/ticket.csv DIR/auth.log     prints: rule conforming nonconforming unknown running
# Works in mawk, gawk and busybox awk. Zone Asia/Shanghai (wall-clock arithmetic), period and as of: 2025Q3.

function days(y, m, d,   a) { a = m <= 2; y -= a; m += a ? 9 : -3; return 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m + 2) / 5) + d - 1 }
function secs(s) { return s == "" ? "" : days(substr(s, 1, 4) + 0, substr(s, 6, 2) + 0, substr(s, 9, 2) + 0) * 86400 + substr(s, 12, 2) * 3600 + substr(s, 15, 2) * 60 + substr(s, 18, 2) }
function known(s,   t) { t = secs(s); return t != "" && t > AS_OF ? "" : t }
function min(a, b) { return a < b ? a : b }
function max(a, b) { return a > b ? a : b }
function works(d) { return d in makeup ? 1 : d in off ? 0 : (d - MONDAY) % 7 < 5 }
function worktime(a, b,   d, n) {
    for (d = int(a / 86400); d * 86400 < b; d++) if (works(d))
        n += max(0, min(b, d * 86400 + 43200) - max(a, d * 86400 + 32400)) + max(0, min(b, d * 86400 + 64800) - max(a, d * 86400 + 46800))
    return n + 0
}
function took(a, b, office) { return office ? worktime(a, b) : b - a }
# RFC 4180, one record a line (the samples have no line breaks inside cells)
function cells(line,   n, i, c, q, cur) {
    if (index(line, "\"") == 0) { n = split(line, C, ","); return n }
    n = 0; cur = ""; q = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (q) { if (c != "\"") cur = cur c; else if (substr(line, i + 1, 1) == "\"") { cur = cur c; i++ } else q = 0 }
        else if (c == "\"") q = 1
        else if (c == ",") { C[++n] = cur; cur = "" }
        else cur = cur c
    }
    C[++n] = cur
    return n
}
function f(name) { return C[col[name]] }
function tally(rule, verdict) { count[rule, verdict]++; if (!(rule in seen)) { seen[rule] = 1; order[++rules] = rule } }
function judge(rule, ok) { tally(rule, ok ? "c" : "n") }
function clock(rule, start, stop, limit, office, paused,   el, i, a, b, end) {
    if (start == "") { tally(rule, "u"); return }
    if (stop == "" && !later[rule] && final) { tally(rule, "u"); return }
    if (stop == "" && state == "cancelled") return
    if (stop != "" && stop < start) { tally(rule, "u"); return }
    end = stop == "" ? AS_OF : stop
    el = took(start, end, office)
    if (paused) for (i = 1; i <= gaps[id]; i++) {
        a = max(gap_from[id, i], start); b = min(gap_to[id, i], end)
        if (b > a) el -= took(a, b, office)
    }
    if (el > limit) tally(rule, "n")
    else tally(rule, stop == "" ? "r" : "c")
}
function gap(t, a, b) { gaps[t]++; gap_from[t, gaps[t]] = a; gap_to[t, gaps[t]] = b }

BEGIN {
    MONDAY = days(2025, 6, 23); FROM = days(2025, 7, 1) * 86400; AS_OF = days(2025, 10, 1) * 86400
    makeup[days(2025, 9, 28)]; makeup[days(2025, 10, 11)]
    for (i = 1; i <= 8; i++) off[days(2025, 10, i)]
    split("系统维护 软件升级 数据管理 网络安全 故障排除 用户支持", x, " "); for (i in x) scope[x[i]]
    split("phone email portal onsite chat monitor", x, " "); for (i in x) channels[x[i]]
    split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", x, " "); for (i in x) month[x[i]] = i
    split("junior middle senior expert", x, " "); for (i in x) rank[x[i]] = i
}
FNR == 1 { what = FILENAME; sub(/.*\//, "", what) }
what != "auth.log" { n = cells($0); if (FNR == 1) { split("", col); for (i = 1; i <= n; i++) col[C[i]] = i; next } }
what == "staff.csv" { level[f("id")] = rank[f("level")]; hired[f("id")] = secs(f("hired_on")); left[f("id")] = secs(f("left_on")); next }
what == "service.csv" { catalogue[f("id")]; next }
what == "history.csv" && f("field") == "status" {
    t = f("ticket_id"); at = secs(f("at"))
    if (at > AS_OF) { rolled[t]; next } # the export is younger than the instant of judgement: its status is of later
    if (status[t] ~ /^pending/) gap(t, since[t], at)
    if (status[t] == "resolved" && f("new") == "in_progress") gap(t, since[t], at)
    status[t] = f("new"); since[t] = at
    next
}
what == "ticket.csv" { ticket() }
what == "auth.log" && / Accepted / {
    user = ""
    for (i = 1; i < NF; i++) if ($i == "for") user = $(i + 1)
    at = days(2025, month[$1], $2 + 0) * 86400
    if (at < FROM || at >= AS_OF) next
    judge("3.2-d", user != "root")
    if (user in level) judge("3.2-f", left[user] == "" || left[user] >= at)
}
function pair(rule, a, b) { if (a == "" || b == "") tally(rule, "u"); else judge(rule, a != b) }
function ticket(   type, p, cr, re, cl, as, st, rs, ve, ac, co, created, person, office, i, m, x, last, ok) {
    id = f("id"); type = f("type"); p = substr(f("priority"), 2) + 0; person = f("assignee"); office = p > 2
    cr = secs(f("created_at")); re = known(f("responded_at")); cl = known(f("classified_at")); as = known(f("assigned_at")); st = known(f("started_at"))
    rs = known(f("resolved_at")); ve = known(f("verified_at")); ac = known(f("accepted_at")); co = known(f("closed_at"))
    state = (id in rolled) && status[id] != "" ? status[id] : f("status")
    if (state ~ /^pending/ && since[id]) gap(id, since[id], AS_OF)
    final = state ~ /^(resolved|verified|accepted|closed)$/
    created = cr >= FROM && cr < AS_OF
    split("", later)
    x["4.1-a"] = "responded_at"; x["4.1-b"] = "resolved_at"; x["2.1-b"] = "classified_at"; x["2.2-c"] = "assigned_at"; x["2.3-c"] = "accepted_at"; x["7.1-c"] = "started_at"; x["4.3-a"] = "responded_at"; x["4.3-b"] = "resolved_at"
    for (i in x) later[i] = f(x[i]) != "" && secs(f(x[i])) > AS_OF
    if (created) {
        if (f("category") == "") tally("1.1-a", "u"); else judge("1.1-a", f("category") in scope)
        if (f("service") == "") tally("1.1-b", "u"); else judge("1.1-b", f("service") in catalogue)
        judge("1.4-b", f("channel") in channels); judge("1.4-c", f("handling") != ""); judge("2.1-a", f("origin") != "")
        judge("6.1-a", type != "" && f("title") != "" && f("category") != "" && f("service") != "" && p && f("channel") != "" && f("requester") != "" && f("status") != "")
        ok = 1; last = cr; split("", m); m[1] = re; m[2] = rs; m[3] = ve; m[4] = ac; m[5] = co
        for (i = 1; i <= 5; i++) if (m[i] != "") { if (m[i] < last) ok = 0; last = m[i] }
        judge("6.1-b", ok)
        if (type == "change") { if (f("approver") == "" || f("requester") == "" || person == "") tally("5.1-c", "u"); else judge("5.1-c", f("requester") != f("approver") && f("requester") != person && f("approver") != person) }
        if (type == "complaint") {
            clock("4.3-a", cr, re, 14400, 1, 0); clock("4.3-b", cr, rs, 144000, 1, 0)
            if (f("complaint_about") != "") pair("4.3-c", person, f("complaint_about"))
        }
        if (type == "incident" || type == "request") {
            if (f("impact") == "" || f("urgency") == "") tally("2.1-c", "u"); else judge("2.1-c", p == min(4, f("impact") + f("urgency") - 1))
            clock("4.1-a", cr, re, p == 1 ? 900 : p == 2 ? 1800 : p == 3 ? 14400 : 28800, office, 0)
            clock("4.1-b", cr, rs, p == 1 ? 14400 : p == 2 ? 28800 : p == 3 ? 86400 : 144000, office, 1)
            clock("2.1-b", cr, cl, office ? 14400 : 1800, office, 0)
            if (f("classified_at") == "" && state == "cancelled") ; else if (cl != "" || !later["2.1-b"] && final) clock("2.2-c", cl, as, office ? 7200 : 900, office, 0)
            if (type == "incident" && p == 1) clock("7.1-c", cr, st, 900, 0, 0)
        }
    }
    if (rs != "" && rs >= FROM && rs < AS_OF) {
        if (person == "") tally("2.2-f", "u"); else judge("2.2-f", person in level && hired[person] <= rs && (left[person] == "" || left[person] >= rs - rs % 86400))
        if (type == "incident" || type == "request") {
            if (p <= 2) { if (!(person in level)) tally("2.2-a", "u"); else judge("2.2-a", level[person] >= 3) }
            if (p == 4) { if (!(person in level)) tally("2.2-b", "u"); else judge("2.2-b", level[person] < 3) }
        }
        if (type == "change") { judge("2.3-a", ac != ""); if (f("resolution") != "") judge("3.1-d", f("resolution") !~ /回退|失败/) }
        if (type == "change" || type == "request") clock("2.3-c", rs, ac, 144000, 1, 0)
        if (f("reopen_count") != "") judge("2.3-d", f("reopen_count") == 0)
    }
    if (ac != "" && ac >= FROM && ac < AS_OF) pair("2.3-b", f("accepter"), person)
    if (type == "change" && st != "" && st >= FROM && st < AS_OF) judge("3.1-c", known(f("approved_at")) != "" && known(f("approved_at")) <= st && f("rollback_plan") != "")
    if (co != "" && co >= FROM && co < AS_OF) {
        if (ve == "" || f("verifier") == "" || ve > co || rs != "" && ve < rs) tally("1.4-d", "n"); else tally("1.4-d", rs == "" ? "u" : "c")
        judge("1.4-e", ac != "" && ac <= co)
        judge("2.1-d", f("category") != "" && f("resolution") != "" && (type != "incident" || f("root_cause") != ""))
        if (type == "complaint") judge("4.3-d", f("satisfaction") != "")
    }
}
END {
    for (i = 1; i <= rules; i++) print order[i], count[order[i], "c"] + 0, count[order[i], "n"] + 0, count[order[i], "u"] + 0, count[order[i], "r"] + 0
}
