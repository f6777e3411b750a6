// Heads of tables become buttons that sort; the register gets a box that filters; what is folded unfolds for the printer. Without this the page reads the same, in the order
// of the rules.
document.documentElement.className = 'js';
document.querySelectorAll('table.sortable').forEach(function (table) {
  var heads = table.tHead.rows[0].cells, body = table.tBodies[0];
  function value(row, i) { var c = row.cells[i]; return c.dataset.v !== undefined ? +c.dataset.v : c.textContent; }
  Array.prototype.forEach.call(heads, function (th, i) {
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = th.textContent;
    th.textContent = '';
    th.appendChild(button);
    button.onclick = function () {
      var down = th.getAttribute('aria-sort') === 'ascending';
      Array.prototype.forEach.call(heads, function (h) { h.removeAttribute('aria-sort'); });
      th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      var rows = Array.prototype.map.call(body.rows, function (r, k) { return [value(r, i), k, r]; });
      rows.sort(function (a, b) {
        var x = a[0], y = b[0], n = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), document.documentElement.lang, {numeric: true});
        return (down ? -n : n) || a[1] - b[1];
      });
      rows.forEach(function (r) { body.appendChild(r[2]); });
    };
  });
});
document.querySelectorAll('.find input').forEach(function (box) {
  var rows = document.getElementById(box.dataset.table).tBodies[0].rows, said = box.parentNode.querySelector('output');
  box.oninput = function () {
    var words = box.value.toLowerCase().split(/\s+/), n = 0;
    Array.prototype.forEach.call(rows, function (row) {
      var text = row.textContent.toLowerCase();
      row.hidden = !words.every(function (w) { return text.indexOf(w) >= 0; });
      n += !row.hidden;
    });
    said.textContent = n + ' / ' + rows.length;
  };
});
// Paper shows what is folded too; afterwards the page is as it was.
var folded = [];
window.addEventListener('beforeprint', function () {
  folded = Array.prototype.slice.call(document.querySelectorAll('details:not([open])'));
  folded.forEach(function (d) { d.open = true; });
});
window.addEventListener('afterprint', function () { folded.forEach(function (d) { d.open = false; }); });
