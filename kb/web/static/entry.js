'use strict';
// Forms of documents: rows come and go without a new page, and who leaves with something unsaved is warned.
const form = document.getElementById('entry');
let changed = false;
let unkept = false;
form.addEventListener('input', () => { changed = unkept = true; });
form.addEventListener('submit', () => { changed = unkept = false; });
// What is typed is kept every quarter of a minute, where the form says how that is told.
if (form.dataset.keep) setInterval(async () => {
  if (!unkept) return;
  unkept = false;
  const body = new FormData(form);
  body.append('do', 'keep');
  try {
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'error' });
    if (answer.status !== 204) throw answer;
    document.getElementById('kept').textContent = `${form.dataset.keep} ${new Date().toLocaleTimeString('fr', { hour: '2-digit', minute: '2-digit' })}`;
  } catch { unkept = true; }
}, 15000);
addEventListener('beforeunload', event => { if (changed) event.preventDefault(); });

const parts = ['name', 'id', 'for', 'value', 'data-row', 'aria-describedby'];
function numbered(card, table, number) {
  const old = card.dataset.row;
  for (const one of [card, ...card.querySelectorAll('*')])
    for (const part of parts) {
      const held = one.getAttribute(part);
      if (held && held.includes(old)) one.setAttribute(part, held.replaceAll(old, `${table}.${number}`));
    }
}
function renumber(rows) {
  [...rows.children].forEach((card, place) => {
    const said = card.querySelector('.tools .lb');
    said.textContent = said.textContent.replace(/\d+/, place + 1);
    card.setAttribute('aria-label', card.getAttribute('aria-label').replace(/\d+$/, place + 1));
  });
}
function add(rows) {
  const last = rows.lastElementChild, card = last.cloneNode(true);
  const number = Math.max(...[...rows.children].map(c => +c.dataset.row.split('.').pop())) + 1;
  numbered(card, rows.dataset.rows, number);
  card.querySelectorAll('.err,.preview,.tag').forEach(one => one.remove());
  card.querySelectorAll('.has-err').forEach(one => one.classList.remove('has-err'));
  card.querySelectorAll('[aria-invalid]').forEach(one => one.removeAttribute('aria-invalid'));
  card.querySelectorAll('input:not([type=hidden]),textarea').forEach(one => { one.value = ''; });
  card.querySelectorAll('select').forEach(one => { one.selectedIndex = 0; });
  rows.append(card);
  renumber(rows);
  card.querySelector('input:not([type=hidden]),textarea,select').focus();
}
form.addEventListener('click', event => {
  const button = event.target.closest('button[name=do]');
  const [what, name] = button ? button.value.split(':') : [];
  const rows = what === 'add' ? document.querySelector(`[data-rows="${name}"]`) : button && button.closest('[data-rows]');
  if (!rows || !['add', 'remove', 'up'].includes(what)) return;
  const card = button.closest('[data-row]');
  if (what === 'add') add(rows);
  else if (what === 'remove' && rows.children.length === 1) return;
  else if (what === 'remove') {
    const next = card.nextElementSibling || card.previousElementSibling;
    card.remove();
    renumber(rows);
    next.querySelector('input:not([type=hidden]),textarea,select').focus();
  } else if (card.previousElementSibling) {
    card.previousElementSibling.before(card);
    renumber(rows);
    button.focus();
  }
  event.preventDefault();
  changed = unkept = true;
});
