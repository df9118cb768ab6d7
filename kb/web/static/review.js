'use strict';
// The review screen: Ctrl+Enter decides, pages turn without a new page, a lock lasts while one reads. J and K are in app.js.
{
addEventListener('keydown', event => {
  const primary = document.getElementById('primary');
  if (!event.ctrlKey || event.code !== 'Enter' || event.repeat || !primary) return;
  event.preventDefault();
  primary.click();
});

const turner = document.querySelector('[data-turn]'), picture = document.getElementById('picture');
if (turner && picture) {
  const [before, after] = turner.querySelectorAll('button'), last = +turner.dataset.last;
  const go = by => event => {
    event.preventDefault();
    const page = Math.min(Math.max(+turner.dataset.turn + by, 1), last);
    turner.dataset.turn = page;
    picture.src = turner.dataset.image.replace('#', page);
    document.getElementById('nth-page').textContent = turner.dataset.words.replace('#', page);
    before.disabled = page === 1;
    after.disabled = page === last;
    for (const one of document.querySelectorAll('input[name=page]')) one.value = page;
  };
  before.addEventListener('click', go(-1));
  after.addEventListener('click', go(1));
}

const lasts = +document.querySelector('[data-lock]').dataset.lock;
if (lasts) setInterval(() => { if (!document.hidden) fetch(location.pathname); }, Math.max(lasts / 2, 5) * 1000);
}
