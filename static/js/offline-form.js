// The one page that sends without a line: keeps the story on this phone and sends it when there is one.
(({ all, on }) => {
const form = all('form[data-waits]')[0], say = form.dataset, status = all('[data-waits-status]')[0];
const list = all('[data-waits-list]')[0], empty = all('[data-waits-none]')[0];
const key = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replace(/[+/=]/g, c => ({ '+': '-', '/': '_', '=': '' })[c]);
const tell = text => { status.hidden = false; status.textContent = text; status.focus(); };

const line = (row, words) => {
  const item = all('template', list.parentNode)[0].content.cloneNode(true), [remove] = all('button', item);
  const text = row.reference || (row.fields.find(([name]) => name == 'text') || ['', ''])[1];
  all('b', item)[0].textContent = text.length > 60 ? text.slice(0, 59) + '…' : text;
  all('span', item)[0].textContent = words;
  on(remove, 'click', async () => { await queue.remove(row.reference ? 'sent' : 'waiting', row.key); show(); });
  return item;
};
const show = async () => {
  const waiting = await queue.all('waiting'), sent = await queue.all('sent');
  list.replaceChildren(
    ...waiting.map(row => line(row, row.errors ? say.refused + ' ' + Object.values(row.errors).flat().join(' ') : say.waiting)),
    ...sent.map(row => line(row, say.sent.replace('{code}', row.code))));
  empty.hidden = waiting.length + sent.length > 0;
};

// What was typed on the usual pages before the line broke.
try {
  const { values } = JSON.parse(localStorage['draft:submit-1']), names = all('[name=kind],[name=text]', form);
  if (!form.elements.text.value) names.forEach((field, i) => { if (field.type == 'radio') field.checked = values[i]; else field.value = values[i] || ''; });
} catch { /* none */ }

on(form, 'submit', async event => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const data = new FormData(form), wrong = all('[required]', form).find(f => !f.checkValidity());
  if ((data.get('text') || '').replace(/[^\p{L}\p{N}]/gu, '').length < 10 || !data.get('kind') || !data.get('ward') || wrong) {
    tell(say.incomplete);
    return;
  }
  data.set('key', key());
  const fields = [...data].filter(([, value]) => typeof value == 'string');
  const files = data.getAll('photos').filter(file => file.size);
  const row = { key: data.get('key'), url: form.action, at: Date.now(), fields, files };
  try { await queue.put('waiting', row); } catch { tell(say.full); return; }
  form.reset();
  all('[data-photos] ul:last-child', form).forEach(ul => ul.replaceChildren());
  try { Object.keys(localStorage).forEach(k => k.startsWith('draft:') && localStorage.removeItem(k)); } catch { /* private */ }
  tell(say.kept);
  navigator.serviceWorker?.ready.then(worker => worker.sync?.register('send')).catch(() => {});
  try { const answer = await queue.send(row); if (answer.status == 200) tell(say.done); } catch { /* no line: it waits */ }
  show();
}, true);
const refresh = () => queue.flush().catch(() => {}).then(show);
on(window, 'online', refresh);
navigator.serviceWorker?.addEventListener('message', show);
refresh();
})(portal);
