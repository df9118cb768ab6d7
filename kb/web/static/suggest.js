// Suggestions under the search box: a combobox with a list (WAI-ARIA 1.2). Without it the same are a page of their own.
const box = document.getElementById('q');
if (box) {
  const language = document.documentElement.lang, kinds = box.dataset.kinds.split('|');
  const names = { theme: kinds[0], organisation: kinds[1], title: kinds[2], term: kinds[4], question: kinds[5] };
  const list = document.createElement('ul');
  let active = -1, timer = 0, asked = 0, shown = '';
  list.id = 'suggestions'; list.className = 'sugg'; list.hidden = true; list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', kinds[3]);
  box.closest('.sbox').append(list);
  for (const [name, value] of [['role', 'combobox'], ['aria-autocomplete', 'list'], ['aria-controls', list.id], ['aria-expanded', 'false']]) box.setAttribute(name, value);
  const open = yes => { list.hidden = !yes; box.setAttribute('aria-expanded', yes); if (!yes) point(-1); };
  const point = place => {
    active = place;
    [...list.children].forEach((row, i) => row.setAttribute('aria-selected', i === place));
    if (place < 0) box.removeAttribute('aria-activedescendant');
    else { box.setAttribute('aria-activedescendant', list.children[place].id); list.children[place].scrollIntoView({ block: 'nearest' }); }
  };
  const row = (one, i) => {
    const item = document.createElement('li'), text = document.createElement('span'), kind = document.createElement('small');
    item.id = 's' + i; item.setAttribute('role', 'option'); item.dataset.url = one.url;
    text.textContent = one.text; text.dir = 'auto'; if (one.language) text.lang = one.language;
    kind.textContent = names[one.kind] + (one.count ? ` (${one.count})` : '');
    item.append(text, kind);
    return item;
  };
  const ask = async () => {
    const typed = box.value.trim(), turn = ++asked;
    if (typed === shown) return;
    shown = typed;
    if (typed.length < 2) return open(false);
    try {
      const answer = await fetch(`/api/v1/suggest?labels=${language}&q=${encodeURIComponent(typed.slice(0, 80))}`);
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (turn !== asked) return;
      list.replaceChildren(...found.map(row));
      point(-1); open(found.length > 0 && document.activeElement === box);
    } catch { open(false); }
  };
  box.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
  box.addEventListener('keydown', e => {
    const rows = list.children.length;
    if (e.key === 'Escape' && !list.hidden) { e.preventDefault(); open(false); }
    else if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && rows) {
      e.preventDefault(); open(true);
      point(((active + (e.key === 'ArrowDown' ? 1 : active < 0 ? 0 : -1)) + rows) % rows);
    } else if (e.key === 'Enter' && !list.hidden && active >= 0) { e.preventDefault(); location.assign(list.children[active].dataset.url); }
  });
  box.addEventListener('blur', () => setTimeout(() => open(false), 150));
  list.addEventListener('mousedown', e => { const row = e.target.closest('li'); if (row) { e.preventDefault(); location.assign(row.dataset.url); } });
  if (box.value !== box.defaultValue) ask();
}
