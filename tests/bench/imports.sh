#!/bin/sh
# make bench, imports: logs against ripgrep counting one such pattern, canonical tickets in MB/s, a workbook against openpyxl. One line a measurement.
# usage: imports.sh [TIMES]    Each is the best of TIMES runs, taken in turn with its rival's; two threads; a rival that is not installed is skipped and named.
set -eu
times=${1:-3}
dir=build/bench/imports
logs_mb=${BENCH_LOG_MB:-400}
SLAUDIT_THREADS=2
export SLAUDIT_THREADS
mkdir -p "$dir"

# ---- data: the same on every machine ----
make_sshd() {
    awk -v bytes=$((logs_mb * 1000000)) 'BEGIN {
        split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month, " "); split("root admin oracle test deploy liyang wangwei", user, " ")
        text[0] = "Failed password for invalid user %s from %s port %d ssh2"; text[1] = "Failed password for %s from %s port %d ssh2"
        text[2] = "Accepted publickey for %s from %s port %d ssh2: ED25519 SHA256:abc"; text[3] = "Invalid user %s from %s port %d"
        text[4] = "Connection closed by authenticating user %s %s port %d [preauth]"; text[5] = "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=%s  user=%s"
        for (s = 1; n < bytes; t += 3) {
            s = (s * 16807) % 2147483647
            who = user[1 + s % 7]; from = "10." int(s / 7) % 32 "." int(s / 99) % 8 ".9"
            message = s % 6 < 5 ? sprintf(text[s % 6], who, from, 1024 + s % 60000) : sprintf(text[5], from, who)
            line = sprintf("%s %2d %02d:%02d:%02d ops%02d sshd[%d]: %s", month[1 + int(t / 2592000) % 12], 1 + int(t / 86400) % 28, t / 3600 % 24, t / 60 % 60, t % 60, s % 9, s % 30000, message)
            print line; n += length(line) + 1
        } }' > "$1"
}
make_access() {
    awk -v bytes=$((logs_mb * 1000000)) 'BEGIN {
        split("200 200 200 304 404 500", status, " ")
        for (s = 1; n < bytes; t++) {
            s = (s * 16807) % 2147483647
            line = sprintf("10.%d.%d.7 - - [%02d/Jul/2025:%02d:%02d:%02d +0800] \"GET /app/page%d.html?id=%d HTTP/1.1\" %s %d \"http://example.com/start\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/%d.0\"",
                int(s / 7) % 32, int(s / 99) % 250, 1 + int(t / 86400) % 28, t / 3600 % 24, t / 60 % 60, t % 60, s % 300, s % 100000, status[1 + s % 6], s % 50000, 100 + s % 30)
            print line; n += length(line) + 1
        } }' > "$1"
}
make_tickets() { # the generator's, with other numbers
    build/release/tests/generator/generate --seed 7 --out "$dir/once" --bench
    { head -1 "$dir/once/ticket.csv"; for i in 1 2 3 4; do tail -n +2 "$dir/once/ticket.csv" | sed "s/^GD/GD$i/"; done; } > "$1"
    rm -r "$dir/once"
}
# A Python that has the rival: the one at hand, or the system's.
python=
for p in python3 /usr/bin/python3; do
    [ -n "$python" ] || { "$p" -c 'import openpyxl' 2>/dev/null && python=$p; } || :
done
make_workbook() { "$python" tests/bench/openpyxl_rival.py write "$dir/ticket.csv" 10000 "$1"; }
data() { [ -f "$dir/$1" ] || { echo "making $dir/$1" >&2; "$2" "$dir/$1.part"; mv "$dir/$1.part" "$dir/$1"; }; }

# ---- measuring ----
seconds() { # of a command, printed
    /usr/bin/env bash -c 'TIMEFORMAT=%R; exec 3>&1; { time "$@" >/dev/null 2>"$0"; } 2>&3' "$dir/last.log" "$@"
}
import() { rm -f "$dir/db"*; seconds ./slaudit import -w "$dir/db" --period 2025 --year 2025 "$1"; }
# Our import of a file and the rival's command, in turn: the least seconds of each in $own and $rival.
race() { # file, command...
    file=$1 i=0; shift
    : > "$dir/own"; : > "$dir/rival"
    while [ $i -lt "$times" ]; do
        import "$file" >> "$dir/own"
        [ $# -eq 0 ] || seconds "$@" >> "$dir/rival"
        i=$((i + 1))
    done
    own=$(sort -n "$dir/own" | head -1) rival=$(sort -n "$dir/rival" | head -1)
}
have() { command -v "$1" >/dev/null 2>&1; }
megabytes() { echo $(($(wc -c < "$1") / 1000000)); }
peak() { rm -f "$dir/db"*; /usr/bin/time -f %M ./slaudit import -w "$dir/db" --period 2025 --year 2025 "$1" 2>&1 >/dev/null | tail -1; }

# ---- logs ----
log() { # name, file, pattern
    if have rg; then
        race "$2" rg -c -P "$3" "$2"
        awk -v what="$1" -v a="$own" -v b="$rival" -v mb="$(megabytes "$2")" 'BEGIN { printf "%-26s %6.2f s   rg -c -P %6.2f s   %d MB   ratio %.2f (to reach: 1 or less)\n", what, a, b, mb, a / b }'
    else
        race "$2"
        echo "$1: $own s; SKIPPED against rg: ripgrep is not installed"
    fi
}
data sshd.log make_sshd
data access.log make_access
log "import of an sshd log" "$dir/sshd.log" '^(\w+ +\d+ [\d:]+) (\S+) sshd\[\d+\]: Failed password for (?:invalid user )?(\S+) from (\S+) port'
log "import of an access log" "$dir/access.log" '^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+) [^"]*" (\d+) (\d+|-)'
if [ -x /usr/bin/time ]; then
    head -c $((logs_mb * 100000)) "$dir/sshd.log" > "$dir/tenth.log"
    awk -v a="$(peak "$dir/tenth.log")" -v b="$(peak "$dir/sshd.log")" 'BEGIN { printf "memory for an sshd log      a tenth of it %d MB   all %d MB   ratio %.2f (to reach: about 1)\n", a / 1000, b / 1000, b / a }'
else
    echo "SKIPPED memory: /usr/bin/time is not installed"
fi

# ---- tables ----
data ticket.csv make_tickets
race "$dir/ticket.csv"
awk -v a="$own" -v mb="$(megabytes "$dir/ticket.csv")" 'BEGIN { printf "%-26s %6.2f s   %d MB   %.0f MB/s (to reach: 400)\n", "import of tickets as CSV", a, mb, mb / a }'

if [ -n "$python" ]; then
    data ticket.xlsx make_workbook
    race "$dir/ticket.xlsx" "$python" tests/bench/openpyxl_rival.py read "$dir/ticket.xlsx"
    awk -v a="$own" -v b="$rival" 'BEGIN { printf "%-26s %6.2f s   openpyxl %6.2f s   %.1f times as fast (to reach: 10)\n", "import of tickets as XLSX", a, b, b / a }'
else
    echo "SKIPPED import of tickets as XLSX: python3-openpyxl is not installed"
fi
rm -f "$dir/db"*
