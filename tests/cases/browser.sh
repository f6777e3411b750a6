#!/bin/sh
# The page in a browser: a click on a head sorts its table and another turns it round, the box filters, nothing is wider than a phone, paper shows what is folded, and
# without scripts every finding of the register is there, in the order of the rules.
set -eu
d=$TMPDIR
fail() { echo "[  FAILED  ] $1"; exit 1; }
for name in chromium chromium-browser google-chrome; do command -v $name >/dev/null 2>&1 && break; done
command -v $name >/dev/null 2>&1 || { echo "[  SKIPPED ] 1 test(s): Chromium is not installed"; exit 0; }
browse() { "$name" --headless=new --no-sandbox --disable-gpu --user-data-dir="$d/profile" --virtual-time-budget=20000 "$@" 2>/dev/null; }
"$SLAUDIT" run --period 2025Q3 -w "$d/w.db" -o "$d" --format html "$SAMPLES" >/dev/null 2>&1
page=$d/report-2025Q3.html

# the page with a script of ours at its end, which tells what it found in an element of its own
cat >"$d/probe" <<'JS'
<script>
const said = [], say = (what, good) => said.push(what + '=' + (good ? 'yes' : 'no'));
const value = (row, i) => { const c = row.cells[i]; return c.dataset.v !== undefined ? +c.dataset.v : c.textContent; };
let tables = 0, sorted = true, whole = true;
for (const t of document.querySelectorAll('table.sortable')) {
  const body = t.tBodies[0], all = Array.from(body.rows, r => r.textContent).sort().join();
  tables++;
  Array.from(t.tHead.rows[0].cells).forEach((th, i) => {
    for (const way of [1, -1]) {
      th.querySelector('button').click();
      const v = Array.from(body.rows, r => value(r, i));
      if (v.every(x => typeof x === 'number') && v.some((x, k) => k > 0 && way * (x - v[k - 1]) < 0)) sorted = false;
      if (th.getAttribute('aria-sort') !== (way > 0 ? 'ascending' : 'descending')) sorted = false;
      whole = whole && Array.from(body.rows, r => r.textContent).sort().join() === all;
    }
  });
}
say('sorted', tables > 10 && sorted);
say('whole', whole);
const box = document.querySelector('.find input'), rows = document.getElementById(box.dataset.table).tBodies[0].rows;
box.value = rows[0].cells[0].textContent + ' ' + rows[0].cells[6].textContent;
box.oninput();
const left = Array.from(rows).filter(r => !r.hidden).length;
say('filtered', left > 0 && left < rows.length && box.parentNode.querySelector('output').textContent === left + ' / ' + rows.length);
const lines = node => { const r = document.createRange(); r.selectNodeContents(node); return new Set(Array.from(r.getClientRects(), x => Math.round(x.bottom / 6))).size; };
const ids = Array.from(document.querySelectorAll('td:first-child, td.r')).filter(c => c.offsetParent && /^[\w:.,%]{3,20}( %)?$/.test(c.textContent));
say('unbroken', ids.length > 100 && ids.every(c => lines(c) === 1));
say('narrow', document.documentElement.scrollWidth <= innerWidth);
const done = document.createElement('p');
done.id = 'said';
done.textContent = said.join(' ');
document.body.appendChild(done);
if (parent !== window) parent.postMessage(done.textContent, '*');
</script>
JS
sed 's|</body></html>||' "$page" >"$d/probed.html"
cat "$d/probe" >>"$d/probed.html"
echo '</body></html>' >>"$d/probed.html"
browse --dump-dom "file://$d/probed.html" >"$d/dom" || fail "the page in a browser"
for what in sorted whole filtered unbroken narrow; do grep -q "<p id=\"said\">.*$what=yes" "$d/dom" || fail "$what: $(grep -o '<p id="said">[^<]*' "$d/dom")"; done

echo '<p id="in"></p><script>onmessage = e => document.getElementById("in").textContent = e.data</script><iframe src="probed.html" style="width:390px;height:844px;border:0"></iframe>' >"$d/phone.html"
browse --dump-dom "file://$d/phone.html" | grep -q '<p id="in">.*unbroken=yes narrow=yes' || fail "390 pixels wide"

sed "s|script-src 'unsafe-inline'|script-src 'none'|" "$page" >"$d/plain.html"
browse --dump-dom "file://$d/plain.html" >"$d/plain" || fail "without scripts"
! grep -q '<th[^>]*><button' "$d/plain" || fail "the page without scripts has buttons"
in_order() { sed 's|<script>.*||' "$1" | grep -o '<td[^>]*>GD[0-9]*\(:[^<]*\)*<'; }
in_order "$page" >"$d/want" && in_order "$d/plain" | cmp -s - "$d/want" && [ "$(grep -c . "$d/want")" -gt 100 ] || fail "findings without scripts"

passed=7
if command -v pdftotext >/dev/null 2>&1; then
    for kind in report-2025Q3 plain; do
        browse --no-pdf-header-footer --print-to-pdf="$d/page.pdf" "file://$d/$kind.html" || fail "$kind on paper"
        pdftotext -layout "$d/page.pdf" "$d/page.txt"
        [ "$(grep -c '^ *[1-8]\.[1-4]-[a-z] ' "$d/page.txt")" -gt 106 ] || fail "rules of $kind on paper"
    done
    passed=9
else
    echo "[  SKIPPED ] 1 test(s): pdftotext is not installed"
fi
echo "[  PASSED  ] $passed test(s)."
