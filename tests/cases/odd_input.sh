#!/bin/sh
# Files that are odd, hostile or in motion: each is taken or refused with a reason, in little time and memory, and the others go on.
set -u
d=$TMPDIR odd=../shared/real/odd
fails=0 n=0
# The sanitizers' own memory is not the program's: under them the limit is left away and the time is longer.
case $SLAUDIT in */san/*) limit=unlimited ;; *) limit=524288 ;; esac

# import NAME STATUS PATTERN PATH...: exit status, pattern in what is said (- : any); no crash, no sanitizer report
import() {
    name=$1 want=$2 pattern=$3
    shift 3
    rm -f "$d/w.db" "$d/w.db-wal" "$d/w.db-shm"
    (ulimit -v $limit 2>/dev/null; exec timeout 120 "$SLAUDIT" import -w "$d/w.db" "$@") >"$d/out" 2>&1
    got=$?
    n=$((n + 1))
    if [ "$got" -ne "$want" ] || ! { [ "$pattern" = - ] || grep -qE "$pattern" "$d/out"; } || grep -qE 'Sanitizer|runtime error' "$d/out"; then
        fails=$((fails + 1))
        echo "[  FAILED  ] $name: exit $got (want $want), said:"
        head -12 "$d/out" | cut -c1-300
    fi
}
# The same under the limit of memory too, by the program without sanitizers, which `make test` has built before.
import_lean() {
    import "$@"
    [ "$limit" = unlimited ] && [ -x build/release/engine/cli/main ] || return 0
    with=$SLAUDIT SLAUDIT=build/release/engine/cli/main limit=524288
    import "$@"
    SLAUDIT=$with limit=unlimited
}
head='id,type,title,created_at'
row() { printf 'T%s,incident,x,2025-07-01 09:00:00\n' "$1"; }

mkdir "$d/mixed" "$d/mixed/inner"
{ echo $head; row 1; } >"$d/mixed/a.csv"
{ echo $head; row 2; } | gzip >"$d/mixed/b.bin"
mkfifo "$d/mixed/pipe.csv"
ln -s . "$d/mixed/loop"
ln -s ../../mixed "$d/mixed/inner/up"
ln -s nowhere "$d/mixed/dangling.csv"
printf '%s\nT3,incident,"a\0b",2025-07-01 09:00:00\n%s\n' $head "$(row 4)" >"$d/mixed/nul.csv"
{ echo $head; row 5; } | gzip | head -c 40 >"$d/mixed/cut.gz"
import 'a folder of everything: the good ones are taken' 1 '^slaudit: 2 files taken' "$d/mixed"
import 'a pipe' 1 'pipe.csv.*neither a file nor a folder' "$d/mixed"
import 'a pipe by its name' 1 'not a regular file' "$d/mixed/pipe.csv"
import 'a link to nothing' 1 'dangling.csv' "$d/mixed"
import 'a loop of links' 1 'loop.*leads back' "$d/mixed"
import 'a zero byte in a table' 1 'nul.csv:2:15: error: a zero byte' "$d/mixed"
import 'a compressed file that is cut' 1 'cut.gz: error: the compressed file is cut off' "$d/mixed"
if [ "$(id -u)" -ne 0 ]; then
    chmod 000 "$d/mixed/a.csv"
    import 'no permission' 1 'a.csv.*[Pp]ermission|a.csv.*not permitted' "$d/mixed"
    chmod 644 "$d/mixed/a.csv"
fi

# bombs: much out of little, archives in archives, a cell without an end
{ echo $head; head -c 400000000 /dev/zero | tr '\0' x; } | gzip >"$d/bomb.gz"
import 'a gzip bomb' 1 'bomb' "$d/bomb.gz"
{ echo $head; row 6; } >"$d/t.csv"
cp "$d/t.csv" "$d/deep"
for i in 1 2 3 4 5; do gzip -c "$d/deep" >"$d/deeper" && mv "$d/deeper" "$d/deep"; done
import 'archives in archives in archives' 1 'archives within archives' "$d/deep"
# 16 archives in each of 16 in each of 16: they are one thing to say, and the table beside them is taken
mkdir "$d/nest" && cp "$d/t.csv" "$d/in"
for level in 1 2 3 4; do
    rm -f "$d/nest"/*
    for i in 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16; do cp "$d/in" "$d/nest/$i"; done
    rm -f "$d/in.zip" && (cd "$d/nest" && zip -q ../in.zip ./*) && mv "$d/in.zip" "$d/in"
done
mkdir "$d/nests" && mv "$d/in" "$d/nests/16.zip" && cp "$d/t.csv" "$d/nests"
import 'archives by the thousand in an archive' 1 '^16.zip/01/01/01: error: archives within archives within archives; 4096 of that kind in 16.zip were not opened' "$d/nests"
import 'archives by the thousand in an archive: the others are taken' 1 '^slaudit: 1 file taken, .* 1 refused' "$d/nests"
n=$((n + 1))
[ "$(grep -c 'within archives' "$d/out")" -eq 1 ] || { fails=$((fails + 1)); echo "[  FAILED  ] archives by the thousand in an archive: not said once"; }
gzip -c "$d/t.csv" | gzip -c >"$d/twice"
import 'twice compressed' 0 '1 file taken' "$d/twice"
{ echo $head; printf 'T1,incident,"'; head -c 80000000 /dev/zero | tr '\0' x; } >"$d/cell.csv"
import 'a cell without an end' 1 'cell.csv:2:13: error: a quote' "$d/cell.csv"
{ printf '[{"id":"T1","title":"'; head -c 80000000 /dev/zero | tr '\0' x; } >"$d/cell.json"
import 'a string without an end' 1 'cell.json:1: error: a record of more than 64 MiB' "$d/cell.json"
rm -f "$d/cell.csv" "$d/cell.json" "$d/bomb.gz"
{ echo $head; printf 'T1,incident,x,2025-07-01 09:00:00,'; head -c 80000000 /dev/zero | tr '\0' x; } >"$d/line.csv"
import 'a line without an end' 1 'line.csv:2: error: a record of more than 64 MiB' "$d/line.csv"
rm -f "$d/line.csv"
{ head -c 100000 /dev/zero | tr '\0' '['; head -c 100000 /dev/zero | tr '\0' ']'; } >"$d/deep.json"
import 'lists in lists' 1 'deep.json:1:101: error: this is no JSON: nested too deeply' "$d/deep.json"
{ printf '%s' $head; i=0; while [ $i -lt 1000 ]; do printf ',c%s' $i; i=$((i + 1)); done; echo; row 1; } >"$d/wide.csv"
import 'more columns than are read: it is said' 0 'columns not used: all beyond the first 512' --dataset ticket "$d/wide.csv"

awk 'BEGIN { printf "id,type,title,created_at"; for (i = 0; i < 1000000; i++) printf ",c%d", i; printf "\nT1,incident,x,2025-07-01 09:00:00"; for (i = 0; i < 1000000; i++) printf ",%d", i; print "" }' >"$d/wide.csv"
import_lean 'a million columns: the header is longer than what is looked at for one' 1 'wide.csv:1: error: a first line of more than 1024 KiB is no header' --dataset ticket "$d/wide.csv"
awk 'BEGIN { printf "id,type,title,created_at"; for (i = 0; i < 100000; i++) printf ",c%d", i; printf "\nT1,incident,x,2025-07-01 09:00:00"; for (i = 0; i < 1000000; i++) printf ",%d", i; print "" }' >"$d/wide.csv"
import_lean 'a million columns below a hundred thousand' 0 'columns not used: all beyond the first 512' --dataset ticket "$d/wide.csv"
rm -f "$d/wide.csv"

# bombs in zip: a member of 600 MB out of little, and 200 members that lie on the same bytes (the archive's list has one entry 200 times)
{ echo $head; yes 'T1,incident,x,2025-07-01 09:00:00' | head -c 600000000; } | zip -qX "$d/flat.zip" -
import_lean 'a zip bomb' 1 'flat.zip: error: a decompression bomb: [0-9]* bytes become more than 600000025' "$d/flat.zip"
{ echo $head; yes 'T1,incident,x,2025-07-01 09:00:00' | head -c 10000000; } >"$d/1"
(cd "$d" && zip -qX one.zip 1)
size=$(wc -c <"$d/one.zip")
{
    head -c $((size - 69)) "$d/one.zip"
    i=0
    while [ $i -lt 200 ]; do tail -c 69 "$d/one.zip" | head -c 47; i=$((i + 1)); done
    printf 'PK\005\006\0\0\0\0\310\0\310\0\270\044\0\0'
    tail -c 6 "$d/one.zip"
} >"$d/overlap.zip"
import_lean 'members of a zip on the same bytes' 1 'overlap.zip: error: a decompression bomb: [0-9]* bytes become more than 2000005000' "$d/overlap.zip"
rm -f "$d"/*.zip "$d/1"

# entities of entities, ten times each: in records, in the workbook of 2003, in events, in a sheet of an .xlsx
lol='<!ENTITY a "aaaaaaaaaa">'
for pair in ba cb dc ed fe gf hg ih; do e=${pair#?}; lol="$lol<!ENTITY ${pair%?} \"&$e;&$e;&$e;&$e;&$e;&$e;&$e;&$e;&$e;&$e;\">"; done
sheet='<Table><Row><Cell><Data>id</Data></Cell><Cell><Data>created_at</Data></Cell></Row><Row><Cell><Data>&i;</Data></Cell><Cell><Data>2025-07-01</Data></Cell></Row></Table>'
echo "<?xml version='1.0'?><!DOCTYPE tickets [$lol]><tickets><ticket><id>T1</id><title>&i;</title><created_at>2025-07-01</created_at></ticket></tickets>" >"$d/records.xml"
echo "<?xml version='1.0'?><!DOCTYPE Workbook [$lol]><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet>$sheet</Worksheet></Workbook>" >"$d/workbook.xml"
echo "<?xml version='1.0'?><!DOCTYPE Events [$lol]><Events><Event><System><EventID>4625</EventID><Computer>&i;</Computer></System></Event></Events>" >"$d/events.xml"
echo "<?xml version='1.0'?><!DOCTYPE tickets [<!ENTITY i SYSTEM 'file:///etc/passwd'>]><tickets><ticket><id>T1</id><title>&i;</title><created_at>2025-07-01</created_at></ticket></tickets>" >"$d/outside.xml"
for f in records workbook events outside; do import_lean "entities of its own: $f.xml" 1 "$f.xml: error: a document type with entities of its own" "$d/$f.xml"; done
mkdir "$d/x" "$d/x/_rels" "$d/x/xl" "$d/x/xl/_rels"
package='http://schemas.openxmlformats.org/package/2006' office='http://schemas.openxmlformats.org/officeDocument/2006/relationships' main='http://schemas.openxmlformats.org/spreadsheetml/2006/main'
echo "<Types xmlns='$package/content-types'/>" >"$d/x/[Content_Types].xml"
echo "<Relationships xmlns='$package/relationships'><Relationship Id='r1' Type='$office/officeDocument' Target='xl/workbook.xml'/></Relationships>" >"$d/x/_rels/.rels"
echo "<Relationships xmlns='$package/relationships'><Relationship Id='r1' Type='$office/worksheet' Target='sheet1.xml'/></Relationships>" >"$d/x/xl/_rels/workbook.xml.rels"
echo "<workbook xmlns='$main' xmlns:r='$office'><sheets><sheet name='ticket' sheetId='1' r:id='r1'/></sheets></workbook>" >"$d/x/xl/workbook.xml"
text() { printf '<c t="inlineStr"><is><t>%s</t></is></c>' "$1"; }
rows="<sheetData><row>$(text id)$(text created_at)</row><row>$(text '&i;')$(text 2025-07-01)</row></sheetData>"
echo "<!DOCTYPE worksheet [$lol]><worksheet xmlns='$main'>$rows</worksheet>" >"$d/x/xl/sheet1.xml"
(cd "$d/x" && zip -qr ../bomb.xlsx .)
import_lean 'entities of its own: a sheet' 1 'bomb.xlsx/ticket: error: a document type with entities of its own' "$d/bomb.xlsx"

# of a folder, what is locked is no stranger: it is a file whose records are missing
mkdir "$d/locked" && cp "$d/t.csv" "$d/locked"
base64 -d >"$d/locked/secret.zip" <<'EOF'
UEsDBAoACQAAAHU7fV2txOMMOAAAACwAAAAKABwAdGlja2V0LmNzdlVUCQAD7tMLa+7TC2t1eAsAAQQAAAAABAAAAABFABISEtCRmNzCZbL2aYPAgJJfxwaQPOaoY609Sgp+8yVtVtsCTjl7rIsQfJ
j8xG/Fapqo3tJbplBLBwitxOMMOAAAACwAAABQSwECHgMKAAkAAAB1O31drcTjDDgAAAAsAAAACgAYAAAAAAABAAAApIEAAAAAdGlja2V0LmNzdlVUBQAD7tMLa3V4CwABBAAAAAAEAAAAAFBLBQYA
AAAAAQABAFAAAACMAAAAAAA=
EOF
import 'a locked archive among others' 1 'secret.zip: error: the archive is protected with a password' "$d/locked"
import 'a locked archive among others: these are taken' 1 '^slaudit: 1 file taken, .* 1 refused' "$d/locked"
truncate -s 4G "$d/holes.csv" 2>/dev/null && import 'four gigabytes of nothing' 1 'holes.csv' "$d/holes.csv"
rm -f "$d/holes.csv"

# a block of zero bytes within a log, as a machine that lost power leaves it: one line is rejected, the others are events
{ i=10; while [ $i -lt 40 ]; do echo "Jul  1 09:00:$i web01 sshd[$i]: Connection closed by 10.0.0.9 port $i"; i=$((i + 1)); done; head -c 6000 /dev/zero; echo; echo 'Jul  1 10:00:00 web01 sshd[1]: Connection closed by 10.0.0.9 port 1'; } >"$d/power.log"
import 'a log with a block of zero bytes' 0 '32 rows, 1 row and 0 values rejected' --year 2025 "$d/power.log"

# a file that grows while it is read
{ echo $head; i=0; while [ $i -lt 200 ]; do row $i; i=$((i + 1)); done; } >"$d/t200"
{ echo $head; i=0; while [ $i -lt 1000 ]; do tail -n +2 "$d/t200"; i=$((i + 1)); done; } >"$d/grows.csv"
: >"$d/on"
(while [ -e "$d/on" ]; do row 9 >>"$d/grows.csv"; done) 2>/dev/null &
writer=$!
import 'a file that grows while it is read' 1 'grows.csv: error: the file changed while it was read' "$d/grows.csv"
rm -f "$d/on"
wait $writer 2>/dev/null

# has NAME QUERY ANSWER: what the workspace of the last import holds
has() {
    n=$((n + 1))
    got=$("$SLAUDIT" sql -w "$d/w.db" "$2")
    [ "$got" = "$3" ] && return 0
    fails=$((fails + 1))
    echo "[  FAILED  ] $1: $got, not $3"
}
mkdir "$d/months"
printf 'Sr. No.,Date Reported,Reported By,Issue,Status,Engineer\n1,2025-07-13 09:05,Ann,no mail,Closed,Bob\n2,2025-07-14 09:05,Ann,no net,Closed,Bob\n' >"$d/months/july.csv"
printf '序号,报修时间,报修人,问题描述,状态,处理人\n1,2025-08-13 09:05,王五,断网,已完成,张三\nB2,2025-08-14 09:05,王五,断网,已完成,张三\n' >"$d/months/八月.csv"
import 'tables that number their rows' 0 'id: the column 序号 counts the rows of its table' "$d/months"
has 'no row of one month takes the place of another' "select group_concat(id, ' ') from (select id from ticket order by id)" 'B2 july-1 july-2 八月-1'

if [ -d "$odd" ]; then
    for k in json spreadsheets csv-spectrum clevercsv encodings regex; do import "odd files: $k" 1 - "$odd/$k"; done
else
    echo "[  SKIPPED ] odd files of others: $odd is not there"
fi
echo "[  PASSED  ] $((n - fails)) test(s)."
[ $fails -eq 0 ]
