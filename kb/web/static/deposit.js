// Files go piece by piece, several at once; what is lost on the way goes on where it ended. Without this the form does.
const list = document.getElementById('ups'), form = document.getElementById('bring');
const place = html => {
  const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('li');
  const old = document.getElementById(fresh.id);
  if (old) old.replaceWith(fresh); else list.append(fresh);
  return fresh;
};
const pause = seconds => new Promise(done => setTimeout(done, seconds * 1000));
// What becomes of files once they are here: told as it happens, or else asked for.
const follow = (events, page) => {
  const ask = async () => {
    await pause(4);
    const answer = await fetch(page).catch(() => null);
    const told = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
    told?.querySelectorAll?.('#ups > li').forEach(one => {
      const here = document.getElementById(one.id);
      if (here && here.outerHTML !== one.outerHTML && !sending.has(one.id)) here.replaceWith(one);
    });
    const tally = told && told.getElementById('tally');
    if (tally) document.getElementById('tally').replaceChildren(...tally.childNodes);
    if (!told || told.querySelector('[data-events]')) ask();
  };
  const source = new EventSource(events);
  source.onmessage = event => {
    const { id, html } = JSON.parse(event.data);
    if (!sending.has(id)) place(html);
  };
  source.addEventListener('settled', () => { source.close(); ask(); });
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) ask(); };
};
const sending = new Set();
if (list?.dataset.events) follow(list.dataset.events, list.dataset.page);

const digest = async file => {
  if (!crypto.subtle || file.size > 64 * 1024 * 1024) return '';
  const sum = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return [...new Uint8Array(sum)].map(byte => byte.toString(16).padStart(2, '0')).join('');
};
// Of an import all files go, and the form after them: it names what came.
const whole = form?.dataset.whole !== undefined;
const token = () => form.elements.csrf.value;
let batch = '', opening = null, followed = false;
const waiting = [];
let busy = 0, failed = false;

const row = name => {
  const item = document.createElement('li'), head = document.createElement('div'), label = document.createElement('b');
  const bar = document.createElement('progress'), said = document.createElement('p'), bdi = document.createElement('bdi');
  item.className = 'up';
  head.className = 'row between';
  label.className = 'name';
  bdi.textContent = name;
  bar.setAttribute('aria-label', name);
  bar.max = 1; bar.value = 0;
  said.className = 'hint';
  said.textContent = form.dataset.queue;
  label.append(bdi); head.append(label); item.append(head, bar, said);
  list.append(item);
  return { item, bar, said };
};
// Try again as long as the line is what fails; the house answers everything else in words.
const call = async (shown, address, how) => {
  for (let wait = 1; ; wait = Math.min(wait * 2, 30)) {
    const answer = await fetch(address, how()).catch(() => null);
    if (answer?.status === 401 || answer?.redirected) throw new Error(form.dataset.out);
    const told = answer && await answer.json().catch(() => null);
    if (told && answer.ok) return told;
    if (told && answer.status === 409 && 'offset' in told) return told;
    if (told && answer.status !== 503 && !(answer.status === 429 && told.code === 'too-many')) throw new Error(told.says);
    shown.said.textContent = told?.says || form.dataset.lost;
    await pause(Number(answer?.headers.get('Retry-After')) || wait);
  }
};
const announce = async (shown, file, path, sha256) => {
  const send = () => {
    const chosen = batch ? { batch } : whole ? { state: 'import' }
      : Object.fromEntries(['type', 'language', 'state'].map(n => [n, form.elements[n].value]));
    const facts = { csrf: token(), name: path, size: file.size, sha256, modified: file.lastModified, ...chosen };
    return { method: 'POST', body: new URLSearchParams(facts) };
  };
  for (let was; !batch && opening && opening !== was;) await (was = opening);
  const told = call(shown, form.dataset.uploads, send);
  if (!batch) opening = told.catch(() => null);
  const begun = await told;
  if (!batch) batch = begun.batch;
  if (!whole && !followed) {
    followed = true;
    history.replaceState(null, '', form.dataset.place + batch);
    const link = document.querySelector('#done a');
    link.href = form.dataset.place + batch;
    follow(`${form.dataset.place}${batch}/events`, form.dataset.place + batch);
  }
  return begun;
};
const send = async ({ file, path, shown }) => {
  let told;
  try {
    shown.said.textContent = form.dataset.hash;
    told = await announce(shown, file, path, await digest(file));
    list.querySelector(`#u-${told.id}`)?.remove(); // what happens may have been told before the answer came
    shown.item.id = `u-${told.id}`;
    document.querySelectorAll(`#unfinished #u-${told.id}`).forEach(old => { old.nextElementSibling?.remove(); old.remove(); });
    sending.add(shown.item.id);
    shown.said.textContent = '';
    let offset = told.offset, again = true;
    while (told.state === 'receiving' && (offset < file.size || again)) {
      again = offset < file.size;
      const piece = file.slice(offset, offset + told.chunk);
      const from = String(offset);
      const headers = { 'Upload-Offset': from, 'X-Form-Token': token(), 'Content-Type': 'application/octet-stream' };
      const next = await call(shown, `${form.dataset.uploads}/${told.id}`, () => ({ method: 'PATCH', headers, body: piece }));
      told = { ...told, ...next };
      offset = next.offset;
      shown.bar.max = file.size || 1;
      shown.bar.value = offset;
      shown.said.textContent = '';
    }
    sending.delete(shown.item.id);
    const fresh = place(told.html);
    if (whole && told.state !== 'held') failed = true, fresh.scrollIntoView({ block: 'nearest' });
  } catch (error) {
    failed = true;
    sending.delete(shown.item.id);
    shown.bar.remove();
    shown.said.className = 'cell-bad';
    shown.said.textContent = error.message;
  }
};
const work = () => {
  while (busy < Number(form.dataset.parallel) && waiting.length) {
    busy += 1;
    send(waiting.shift()).finally(() => {
      busy -= 1;
      if (whole) goOn();
      else if (!busy && !waiting.length && batch) document.getElementById('done').hidden = false;
      work();
    });
  }
};
// Everything is there: the form goes, without the bytes.
const goOn = () => {
  if (busy || waiting.length) return;
  form.querySelector('[type=submit]').disabled = false;
  if (failed || !batch) return;
  form.elements.batch.value = batch;
  form.elements.named.value = named;
  for (const field of form.querySelectorAll('input[type=file]')) field.disabled = true;
  form.submit();
};
let named = '';
const gather = event => {
  const chosen = [...form.querySelectorAll('input[type=file]')].flatMap(field => [...field.files]
    .filter(f => !f.name.startsWith('.'))
    .map(f => [f, field.name === 'table' ? (named = `table-${f.name}`) : f.webkitRelativePath || f.name]));
  if (!chosen.length) return; // the house says what is missing
  event.preventDefault();
  form.querySelector('[type=submit]').disabled = true;
  list.replaceChildren();
  failed = false;
  batch = '';
  opening = null;
  take(chosen);
};
const take = files => {
  for (const [file, path] of files) {
    waiting.push({ file, path, shown: row(path) });
  }
  work();
};
// What is dropped may be folders within folders.
const walk = async (entry, above, found) => {
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed)).catch(() => null);
    if (file && !entry.name.startsWith('.')) found.push([file, path]);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed)).catch(() => []);
    if (!some.length) return;
    for (const one of some) await walk(one, `${path}/`, found);
  }
};
if (whole) {
  form.addEventListener('submit', gather);
  addEventListener('beforeunload', event => { if (busy) event.preventDefault(); });
} else if (form) {
  const drop = document.getElementById('drop');
  for (const field of form.querySelectorAll('input[type=file]')) {
    field.addEventListener('change', () => {
      take([...field.files].filter(f => !f.name.startsWith('.')).map(f => [f, f.webkitRelativePath || f.name]));
      field.value = '';
    });
  }
  form.addEventListener('submit', event => event.preventDefault());
  const over = event => { event.preventDefault(); drop.classList.toggle('over', event.type === 'dragover'); };
  for (const name of ['dragover', 'dragleave', 'dragend']) drop.addEventListener(name, over);
  drop.addEventListener('drop', async event => {
    over(event);
    const entries = [...event.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
    const loose = [...event.dataTransfer.files].map(file => [file, file.name]);
    const found = [];
    for (const entry of entries) await walk(entry, '', found);
    take(entries.length ? found : loose);
  });
  addEventListener('beforeunload', event => { if (busy) event.preventDefault(); });
}
