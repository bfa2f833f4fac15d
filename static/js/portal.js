// What a browser can add. Every page works without it; all words come from the page.
(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (target, type, act) => target.addEventListener(type, act);
const fill = (text, n, size) => text.replace('{n}', n).replace('{size}', size);
let store;
window.portal = { all, on, fill };
try { store = localStorage; } catch { /* private */ }

if (matchMedia('(min-width:48em)').matches) all('.site-menu').forEach(menu => { menu.open = true; });

all('#error-summary')[0]?.focus();

const offline = all('[data-offline]')[0];
const worker = navigator.serviceWorker;
const tellOffline = () => {
  offline.hidden = navigator.onLine;
  // What waits on this phone leaves now; a browser that can wakes the worker by itself.
  if (navigator.onLine) worker?.ready.then(({ active }) => active.postMessage('send'));
};
['online', 'offline'].forEach(type => on(window, type, tellOffline));
tellOffline();
worker?.register('/sw.js').catch(() => {}); // private window

// A draft counts only while the server draws the same form: nothing older covers what was sent since.
const forget = () => store && Object.keys(store).forEach(k => k.startsWith('draft:') && store.removeItem(k));
if (all('[data-draft-clear]')[0]) forget();
all('form[data-draft-delete]').forEach(form => on(form, 'submit', () => { forget(); store = null; }));
all('form[data-draft]').forEach(form => {
  const key = 'draft:' + form.dataset.draft, status = all('[data-draft-status]', form)[0];
  const fields = () => [...form.elements].filter(f => f.name && !/file|hidden|password|submit|button|fieldset/.test(f.type));
  const slot = f => /radio|checkbox/.test(f.type) ? 'checked' : 'value';
  const drawn = f => f.options ? [...f.options].findIndex(o => o.defaultSelected) : f['default' + (slot(f) == 'value' ? 'Value' : 'Checked')];
  const server = JSON.stringify(fields().map(drawn));
  const tell = text => { status.hidden = false; status.lastElementChild.textContent = text; };
  let timer, changed;
  const save = () => {
    clearTimeout(timer);
    const values = fields().map(f => f[slot(f)]);
    try { if (changed) store[key] = JSON.stringify({ server, values }), tell(status.dataset.saved); } catch { /* full */ }
  };
  try {
    const draft = JSON.parse(store[key]);
    if (draft.server == server) {
      fields().forEach((f, i) => { f[slot(f)] = draft.values[i]; });
      tell(status.dataset.restored);
    }
  } catch { /* no draft */ }
  on(form, 'input', () => { changed = true; clearTimeout(timer); timer = setTimeout(save, 400); });
  on(form, 'submit', save);
  on(window, 'pagehide', save);
});

// A second press within 8 seconds does nothing; after a failure it sends again.
all('form[method=post]').forEach(form => {
  let sent = 0, warned = !form.dataset.draft;
  on(form, 'submit', event => {
    const stop = Date.now() - sent < 8000 || (!navigator.onLine && !warned);
    if (stop) event.preventDefault();
    else sent = Date.now();
    warned = true;
  });
  on(window, 'pageshow', () => { sent = 0; });
});

all('textarea[data-count]').forEach(area => {
  const count = () => {
    const left = area.maxLength - area.value.length;
    area.nextElementSibling.textContent = left < 300 ? fill(area.dataset.count, left) : '';
  };
  on(area, 'input', count);
  count();
});

all('[data-print]').forEach(button => { button.hidden = false; on(button, 'click', () => print()); });
})();
