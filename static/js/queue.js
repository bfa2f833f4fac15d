// What waits on this phone to be sent. In pages and in the service worker.
self.queue = (() => {
const open = () => new Promise((done, failed) => {
  const request = indexedDB.open('suara', 1);
  request.onupgradeneeded = () => ['waiting', 'sent'].forEach(name => request.result.createObjectStore(name, { keyPath: 'key' }));
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
const run = async (name, act) => {
  const db = await open(), transaction = db.transaction(name, 'readwrite'), request = act(transaction.objectStore(name));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => { db.close(); done(request.result); };
    transaction.onerror = transaction.onabort = () => { db.close(); failed(transaction.error); };
  });
};
const all = name => run(name, store => store.getAll());
const put = (name, row) => run(name, store => store.put(row));
const remove = (name, key) => run(name, store => store.delete(key));

// The key makes a repetition find its first one on the server: twice sent is once received.
const send = async row => {
  const body = new FormData();
  row.fields.forEach(([name, value]) => body.append(name, value));
  row.files.forEach(file => body.append('photos', file, file.name));
  const answer = await fetch(row.url, { method: 'POST', body, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  const told = await answer.json().catch(() => null);
  if (answer.ok && told) {
    await put('sent', { key: row.key, at: Date.now(), reference: told.reference, code: told.code, url: told.url });
    await remove('waiting', row.key);
  } else if (answer.status >= 400 && answer.status < 500 && ![408, 429].includes(answer.status)) {
    await put('waiting', { ...row, errors: told?.errors || { all: [`(${answer.status})`] } });
  }
  return { status: answer.status, told };
};
const flush = async () => {
  for (const row of await all('waiting')) if (!row.errors) await send(row);
};
return { all, put, remove, send, flush };
})();
