// From hit to hit of a page without asking for it again. Without this each step is a link like any other.
{
  const nth = document.getElementById('nth'), steps = [...document.querySelectorAll('.found [data-beyond]')];
  const named = [...document.querySelectorAll('[id^=hit-],[id^=text-]')];
  const last = Math.max(0, ...named.map(e => +e.id.split('-')[1] || 0));
  let here = nth ? +nth.dataset.here : 0;
  const before = nth ? nth.dataset.nth - here : 0;
  const go = to => {
    here = to; nth.textContent = nth.dataset.words.replace('#', before + to);
    for (const e of named) {
      const cur = +e.id.split('-')[1] === to;
      e.classList.toggle('cur', cur);
      if (e.matches('a')) e.tabIndex = cur ? 0 : -1;
    }
    document.getElementById('hit-' + to)?.scrollIntoView({ block: 'center' });
    const url = new URL(location.href);
    url.searchParams.set('hit', to); url.hash = 'hit-' + to;
    history.replaceState(null, '', url);
  };
  steps.forEach(step => step.addEventListener('click', e => {
    const to = here + +step.dataset.by;
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    if (here && to > 0 && to <= last) go(to); else location.assign(step.dataset.beyond);
  }));
  addEventListener('keydown', e => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input,textarea,select')) return;
    steps.find(step => step.dataset.key === e.code)?.click();
  });
  // What could not be drawn is said, where the picture would be.
  document.querySelectorAll('.sheet img').forEach(img => {
    const gone = () => img.closest('.sheet').classList.add('gone');
    if (img.complete && !img.naturalWidth) gone(); else img.addEventListener('error', gone);
  });
}
