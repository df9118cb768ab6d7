// Copies, cites what is selected, and keeps a list in this browser alone. Without it all of these are links.
const each = (s, f) => document.querySelectorAll(s).forEach(f);
const key = 'rassid-list';
const list = () => { try { return JSON.parse(localStorage[key]).filter(i => /^[a-z0-9]{10}$/.test(i)); } catch { return []; } };
const save = ids => { try { localStorage[key] = JSON.stringify([...new Set(ids)].slice(0, 200)); } catch {} show(); };
const show = () => each('[data-keep]', a => {
  const s = a.querySelector('span') ?? a.firstChild, d = a.dataset, on = list().includes(d.keep);
  d.free ??= s.textContent;
  s.textContent = on ? d.kept : d.free;
  a.classList.toggle('on', on);
});
each('[data-copy]', b => {
  b.hidden = false;
  b.onclick = () => {
    const node = document.getElementById(b.dataset.copy);
    getSelection().selectAllChildren(node);
    if (navigator.clipboard) navigator.clipboard.writeText(node.innerText); else document.execCommand('copy'); // plain http
    b.lastElementChild.textContent = b.dataset.done;
  };
});
addEventListener('click', e => {
  const a = e.target.closest('[data-keep],[data-chosen],[data-drop],[data-all]'), d = a?.dataset, ids = list();
  if (!a) return;
  if (d.keep || d.all) e.preventDefault();
  if (d.keep) save(ids.includes(d.keep) ? ids.filter(i => i != d.keep) : [d.keep, ...ids]);
  if (d.drop) save(ids.filter(i => i != d.drop));
  if (d.all) save([...d.all.split(' '), ...ids]);
  const words = 'chosen' in d && String(getSelection()).trim();
  if (words) { const u = new URL(a.href); u.searchParams.set('words', words.slice(0, 1200)); a.href = u; }
});
addEventListener('storage', show);
show();
const mine = document.querySelector('[data-list]');
if (mine && !location.search && list()[0]) location.replace(mine.dataset.list + '?id=' + list().join('&id='));
