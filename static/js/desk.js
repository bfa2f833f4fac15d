// The desk by keyboard. Links and forms work without this file.
// Single-letter keys can be switched off and are off while typing (WCAG 2.1.4).
(() => {
const find = id => document.getElementById(id);
const help = find('shortcuts'), off = find('shortcuts-off');
const KEY = 'shortcuts-off';
try { off.checked = localStorage[KEY] == '1'; } catch { /* private mode */ }
off.addEventListener('change', () => { try { localStorage[KEY] = off.checked ? '1' : '0'; } catch { /* private mode */ } });
for (const opener of document.querySelectorAll('[data-open-shortcuts]')) {
  opener.hidden = false;
  opener.addEventListener('click', () => help.showModal());
}
// The panel that was asked for is written in at once; the browser itself would only go to its heading.
addEventListener('load', () => (find('error-summary') ?? (location.hash == '#aksi' ? find('aksi')?.querySelector('.input') : null))?.focus());
find('isi')?.querySelectorAll('[data-print]').forEach(button => { button.hidden = false; button.addEventListener('click', () => print()); });

const links = () => [...document.querySelectorAll('[data-rows] .case-row .case-title a')];
// The focus itself is the cursor, so Enter opens by being a link.
const move = step => {
  const rows = links();
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const open = rows.findIndex(link => link.closest('.is-open'));
  const next = here >= 0 ? here + step : open >= 0 ? open + step : step > 0 ? 0 : rows.length - 1;
  const link = rows[Math.max(0, Math.min(rows.length - 1, next))];
  if (!link.offsetParent) return link.click(); // the list is on another page of a small screen
  link.focus();
  link.closest('.case-row').scrollIntoView({ block: 'nearest' });
};
// What a key means where no control of the page carries it: open the row and press it there.
const ELSEWHERE = /^[123ahiltpnrv]$/, WANTED = 'wanted-key';
const reach = key => {
  const rows = links();
  const link = rows.find(one => one == document.activeElement || one.closest('.is-open')) ?? rows[0];
  if (!link || document.querySelector('main.case')) return;
  try { sessionStorage[WANTED] = key; } catch { /* private mode: the case opens all the same */ }
  link.click();
};
const compose = part => {
  const pick = find('composer-pick-' + part), area = document.querySelector('.composer-' + part + ' textarea');
  if (pick) pick.checked = true;
  area?.focus();
  area?.scrollIntoView({ block: 'nearest' });
};
// A form that is already complete only waits for Enter; else its first gap is where to go on.
const begin = spot => {
  const form = spot?.form;
  const gap = form && [...form.elements].find(one => one.willValidate && !one.checkValidity());
  (gap ?? form?.querySelector('button:not([formaction])') ?? spot)?.focus();
};
const press = control => {
  if (/^(SELECT|INPUT|TEXTAREA)$/.test(control.nodeName)) control.focus();
  else control.click();
};
const keys = {
  j: () => move(1),
  k: () => move(-1),
  '/': () => { find('desk-search')?.focus(); find('desk-search')?.select(); },
  n: () => compose('note'),
  r: () => compose('answer'),
};
// A link to a part of this page also puts the focus there; the answer's first turns its tab up.
for (const link of document.querySelectorAll('.decisions a[href^="#"]')) link.addEventListener('click', event => {
  event.preventDefault();
  if (link.dataset.key == 'r') compose('answer');
  else begin(find(link.hash.slice(1)));
});
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const target = event.target;
  const typing = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.nodeName) || (target.nodeName == 'INPUT' && !/checkbox|radio/.test(target.type));
  if (typing) {
    if (event.key == 'Escape') target.blur();
    return;
  }
  if (off.checked) return;
  if (event.key == '?') {
    event.preventDefault();
    help.showModal();
    return;
  }
  const key = event.key.toLowerCase();
  const act = doing(key);
  if (act) {
    event.preventDefault();
    act();
  }
});
const doing = key => {
  if (!/^[a-z0-9/]$/.test(key)) return;
  const control = document.querySelector(`[data-key="${key}"]${key == 'a' ? ', #assign-officer-id, #take-officer-id' : ''}`);
  const composing = /^[nr]$/.test(key) && !document.querySelector('.composer');
  if (keys[key] && !composing) return keys[key];
  if (control) return () => press(control);
  return ELSEWHERE.test(key) ? () => reach(key) : undefined;
};
try {
  const wanted = sessionStorage[WANTED];
  delete sessionStorage[WANTED];
  if (wanted && document.querySelector('main.case')) doing(wanted)?.();
} catch { /* private mode */ }

// A second press within 8 seconds does nothing; after a failure sending can be repeated.
for (const form of document.querySelectorAll('form[method=post]')) {
  let sent = 0;
  form.addEventListener('submit', event => {
    if (sent && Date.now() - sent < 8000) event.preventDefault();
    else sent = Date.now();
  });
  addEventListener('pageshow', () => { sent = 0; });
}
})();
