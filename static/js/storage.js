// What this phone keeps of the portal, counted and cleared.
(({ all, on }) => {
const tell = (name, number) => { all(`[data-kept=${name}]`)[0].textContent = number; };
const count = async () => {
  tell('drafts', Object.keys(localStorage).filter(key => key.startsWith('draft:')).length);
  tell('waiting', (await queue.all('waiting')).length);
  tell('sent', (await queue.all('sent')).length);
  tell('pages', await caches.open('pages').then(cache => cache.keys()).then(keys => keys.length));
};
const clear = async () => {
  localStorage.clear();
  for (const name of ['waiting', 'sent']) for (const row of await queue.all(name)) await queue.remove(name, row.key);
  for (const name of await caches.keys()) await caches.delete(name);
};
on(all('form[data-clear]')[0], 'submit', event => {
  event.preventDefault();
  clear().catch(() => {}).finally(() => {
    if (navigator.onLine) return event.target.submit();
    all('[data-cleared]')[0].hidden = false; // the cookie goes when there is a line
    return count();
  });
});
all('[data-kept-list]')[0].hidden = false;
count().catch(() => {});
})(portal);
