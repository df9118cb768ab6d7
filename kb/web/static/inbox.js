'use strict';
// The inbox: choose all at once, and how many are chosen.
const many = document.getElementById('many'), all = document.getElementById('all'), chosen = document.getElementById('chosen');
const ticks = many ? [...many.querySelectorAll('input[name=id]')] : [];
function count() {
  const number = ticks.filter(one => one.checked).length;
  chosen.textContent = chosen.dataset.words.replace('#', number);
  all.checked = number === ticks.length;
  all.indeterminate = number > 0 && number < ticks.length;
}
if (many) {
  chosen.hidden = false;
  all.parentElement.hidden = false;
  all.addEventListener('change', () => { ticks.forEach(one => { one.checked = all.checked; }); count(); });
  many.addEventListener('change', count);
  count();
}
