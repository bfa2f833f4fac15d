// Tells the server that this case is open here and whether an answer is being written, and shows who else is.
// All words come from the server, as text. Without it the page shows those of the moment it was drawn.
(() => {
const root = document.querySelector('[data-presence]');
if (!root) return;
const all = selector => [...document.querySelectorAll(selector)];
const BEAT = 18e3, RESTS = 3e5; // whoever has not typed for five minutes no longer writes
const areas = all('.composer-answer textarea, #aksi textarea');
const proof = all('input[name=csrf_token]')[0]?.value ?? '';
// right after taking over (the address then leads to the field) one counts as the writer before the first letter
const begun = root.dataset.writing && /-text$/.test(location.hash);
let typed = begun || areas.length && document.getElementById('error-summary') ? Date.now() : 0, told = !all('[data-presence-taken]')[0].hidden, timer, said, over, stays, heard = 0;
const writes = () => Date.now() - typed < RESTS;
const words = more => new URLSearchParams({ csrf_token: proof, menulis: writes() ? 1 : 0, ...more });
const put = (selector, text) => all(selector).forEach(place => { place.textContent = text; place.hidden = !text; });
const show = news => {
  put('[data-presence-words]', news.line);
  all('[data-presence-box]').forEach(box => { box.hidden = !news.writing; });
  if (news.said != said) all('[data-presence-said]')[0].textContent = said = news.said;
  if (news.taken) {
    put('[data-presence-taken]', news.taken);
    typed = 0;
    told = true;
    beat();
  }
};
const beat = async () => {
  clearTimeout(timer);
  if (over) return;
  timer = setTimeout(beat, BEAT);
  if (document.visibilityState != 'visible') return;
  try {
    const answer = await fetch(root.dataset.presence, { method: 'POST', body: words(told ? { tahu: 1 } : {}) });
    // signed out, or the case is no longer mine to read
    if (answer.redirected || answer.status == 404) over = true;
    else if (answer.ok) {
      told = false;
      heard = Date.now();
      show(await answer.json());
    }
  } catch { /* no connection: the next one counts */ }
};
areas.forEach(area => area.addEventListener('input', () => {
  const before = writes();
  typed = areas.some(one => one.value != one.defaultValue) ? Date.now() : 0;
  if (before != writes()) beat();
}));
document.addEventListener('visibilitychange', () => { if (document.visibilityState == 'visible') beat(); });
// Taking over leads back to this page: a farewell on the way would undo it.
all('[data-presence-box] form').forEach(form => form.addEventListener('submit', () => { stays = true; }));
addEventListener('pagehide', () => { if (!stays) navigator.sendBeacon(root.dataset.presence, words({ pergi: 1, lalu: Date.now() - heard })); });
addEventListener('pageshow', event => {
  stays = false;
  if (event.persisted) beat();
});
beat();
})();
