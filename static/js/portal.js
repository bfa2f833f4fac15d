// What a browser can add. Every page works without it; all words come from the page.
(() => {
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (target, type, act) => target.addEventListener(type, act);
const fill = (text, n, size) => text.replace('{n}', n).replace('{size}', size);
let store;
try { store = localStorage; } catch { /* private */ }

const menu = all('.site-menu')[0];
if (menu && matchMedia('(min-width:48em)').matches) menu.open = true;

all('#error-summary')[0]?.focus();

const offline = all('[data-offline]')[0];
const tellOffline = () => { offline.hidden = navigator.onLine; };
['online', 'offline'].forEach(type => on(window, type, tellOffline));
tellOffline();

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

// Photos: at most 1600 px and 400 KB each, gathered in the gallery's input.
const shrink = async file => {
  try {
    const image = await createImageBitmap(file), canvas = document.createElement('canvas');
    let small = file;
    for (let side = 1600, quality = .8; small.size > 4e5 && side > 500; quality > .5 ? quality -= .15 : side *= .75) {
      const scale = Math.min(1, side / Math.max(image.width, image.height));
      Object.assign(canvas, { width: image.width * scale, height: image.height * scale });
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      small = await new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
    }
    return small == file ? file : new File([small], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' });
  } catch { return file; } // no image: the server says so
};
all('[data-photos]').forEach(picker => {
  const inputs = all('input[type=file]', picker), gallery = inputs.at(-1), say = picker.dataset, files = [];
  const tell = text => { all('[role=status]', picker)[0].textContent = text; };
  const most = say.photos - all('[type=checkbox]', picker).length;
  const show = note => {
    const box = new DataTransfer();
    files.forEach(f => box.items.add(f));
    gallery.files = box.files;
    all('ul:last-child', picker)[0].replaceChildren(...files.map((f, i) => {
      const line = all('template', picker)[0].content.cloneNode(true), button = all('button', line)[0];
      button.textContent = fill(say.remove, i + 1);
      on(button, 'click', () => { files.splice(i, 1); show(''); gallery.focus(); });
      line.firstChild.prepend(f.name);
      return line;
    }));
    const size = Math.round(files.reduce((sum, f) => sum + f.size, 0) / 1024);
    tell(note + (files.length ? fill(say.ready, files.length, size) : ''));
  };
  inputs.forEach(input => on(input, 'change', async () => {
    const added = [...input.files], room = most - files.length;
    tell(say.shrinking);
    for (const file of added.slice(0, room)) files.push(await shrink(file));
    if (input != gallery) input.value = '';
    show(added.length > room ? fill(say.tooMany, say.photos) + ' ' : '');
  }));
});
all('input[data-file]').forEach(input => on(input, 'change', () => {
  all('[role=status]', input.closest('.field'))[0].textContent = input.files[0]?.name || '';
}));

all('[data-locate]').forEach(button => {
  const say = button.dataset, [lat, lon] = say.locate.split(' ').map(id => document.getElementById(id));
  const tell = text => { all('[data-locate-status]')[0].textContent = text; };
  button.hidden = !navigator.geolocation;
  on(button, 'click', () => {
    tell(say.searching);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      lat.value = coords.latitude.toFixed(5);
      lon.value = coords.longitude.toFixed(5);
      tell(fill(say.found, Math.round(coords.accuracy)));
    }, () => tell(say.failed), { timeout: 8000, enableHighAccuracy: true });
  });
});

all('[data-print]').forEach(button => { button.hidden = false; on(button, 'click', () => print()); });
})();
