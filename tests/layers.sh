#!/bin/sh
# Who may include whom: holds every #include "…" of the program to the table of rooms, and finds circles of files.
# usage: layers.sh [ROOT]   the tree to look at, by default the one this script lies in
set -u
cd "${1:-$(dirname "$0")/..}" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
: >"$tmp/edges"

find engine importers reports -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort >"$tmp/files"
xargs awk -v edges="$tmp/edges" '
    BEGIN {
        # a room, and what it knows beside itself; a single header may stand for its room
        knows["engine/base"]  = ""
        knows["engine/model"] = "engine/base"
        knows["engine/time"]  = "engine/base"
        knows["engine/store"] = "engine/base engine/model"
        knows["engine/lang"]  = "engine/base engine/model engine/time"
        knows["engine/audit"] = "engine/base engine/model engine/time engine/store engine/lang"
        knows["importers"]    = "engine/base engine/model engine/time engine/store"
        knows["reports"]      = "engine/base engine/time engine/store engine/audit/result.h"
        knows["engine/cli"]   = "engine/base engine/model engine/time engine/store engine/lang engine/audit importers reports"
    }
    function wrong(what) { printf "%s:%d: error: %s\n", FILENAME, FNR, what; bad = 1 }
    function room_of(path) { sub("/[^/]*$", "", path); return path }
    FNR == 1 { room = room_of(FILENAME); if (!(room in knows)) wrong("the folder " room " is no room of the house: add it to tests/layers.sh") }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        seen = part[2]
        other = room_of(seen)
        if (!(other in knows)) wrong("\"" seen "\": name the file by its path from the root of the repository")
        else if (seen ~ /\.c$/) wrong("\"" seen "\": a .c file is compiled, not included")
        else {
            if (other != room && index(" " knows[room] " ", " " other " ") == 0 && index(" " knows[room] " ", " " seen " ") == 0)
                wrong(room " must not know " other ": \"" seen "\" (it may know: " (knows[room] ? knows[room] : "nothing") ")")
            print FILENAME, seen >>edges
        }
    }
    END { exit bad }' <"$tmp/files"
bad=$?

# tsort names the files of a circle on stderr
if ! tsort "$tmp/edges" >/dev/null 2>"$tmp/circle"; then
    sed 's/^tsort: //' "$tmp/circle" | grep -v 'input contains a loop' | sed 's/^/circle: /'
    echo "error: files include each other in a circle"
    bad=1
fi

n=$(wc -l <"$tmp/edges")
echo "[==========] $n includes of $(wc -l <"$tmp/files") files held to the table of rooms."
if [ $bad -eq 0 ]; then
    echo "[  PASSED  ] 1 test(s)."
else
    echo "[  FAILED  ] 1 test(s), listed below:"
    echo "[  FAILED  ] layers"
    exit 1
fi
