// Only shortens what every page does without it.
document.documentElement.classList.add('js');
const typing = e => e.target.closest('input,textarea,select,[contenteditable]');
addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
  if (e.key === '/') { const q = document.querySelector('[role=search] input[type=search]'); if (q) { e.preventDefault(); q.focus(); q.select(); } }
  // e.code: an Arabic layout emits no j or k
  if (e.code === 'KeyJ') document.querySelector('main [rel=next]')?.click();
  if (e.code === 'KeyK') document.querySelector('main [rel=prev]')?.click();
});
document.querySelectorAll('select[name=sort]').forEach(s => s.addEventListener('change', () => s.form.requestSubmit()));
// A page that waits for something asks again, and takes over what is new without losing the place.
const again = async seconds => {
  await new Promise(done => setTimeout(done, seconds * 1000));
  const answer = await fetch(location.href).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
  const main = document.querySelector('main');
  if (page && page.innerHTML !== main.innerHTML) main.replaceChildren(...page.childNodes);
  if (!page || document.querySelector('[data-again]')) again(seconds);
};
const waiting = document.querySelector('[data-again]');
if (waiting) again(Number(waiting.dataset.again));
// What a hit has to tell is a page of its own: show it under the hit.
addEventListener('click', async e => {
  const link = e.target.closest?.('a.told');
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  let told = link.nextElementSibling;
  if (!told) {
    const answer = await fetch(link.href).catch(() => null);
    told = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('told');
    if (!told) return location.assign(link.href);
    told.removeAttribute('id');
    told.hidden = true;
    link.after(told);
  }
  told.hidden = !told.hidden;
  link.setAttribute('aria-expanded', !told.hidden);
});
// Suggestions come with the first look at the search box.
document.getElementById('q')?.addEventListener('focus', () => import('./suggest.js'), { once: true });
