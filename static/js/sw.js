// The service worker. Its first line, SHELL and RELEASE, is written by the server (portal.web.public.offline).
importScripts(QUEUE);
const SHELL_CACHE = `shell-${RELEASE}`, PAGES = 'pages', MOST_PAGES = 30;

self.addEventListener('install', event => event.waitUntil(
  caches.open(SHELL_CACHE).then(cache => cache.addAll(SHELL)).then(() => self.skipWaiting())));

self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name != SHELL_CACHE && name != PAGES) await caches.delete(name);
  await self.clients.claim();
})()));

const tell = async () => {
  for (const client of await self.clients.matchAll()) client.postMessage('queue');
};
const flush = () => self.queue.flush().finally(tell);
self.addEventListener('sync', event => event.waitUntil(flush()));
self.addEventListener('message', event => event.waitUntil(flush().catch(() => {})));

// Only what the server calls public is kept: never a page of one's own.
const keep = async (request, response) => {
  if (!response.ok || !/\bpublic\b/.test(response.headers.get('Cache-Control') || '')) return;
  const cache = await caches.open(PAGES);
  await cache.put(request, response);
  const old = await cache.keys();
  await Promise.all(old.slice(0, Math.max(0, old.length - MOST_PAGES)).map(key => cache.delete(key)));
};

const page = async (event, url) => {
  try {
    const response = await fetch(event.request);
    event.waitUntil(keep(event.request, response.clone()));
    return response;
  } catch {
    const english = url.pathname.startsWith('/en/') ? '/en' : '';
    const kept = await caches.match(event.request);
    if (kept) return kept;
    return /^(\/en)?\/kirim\/[123]$/.test(url.pathname)
      ? Response.redirect(`${english}/kirim/luring`)
      : caches.match(`${english}/luring`);
  }
};

self.addEventListener('fetch', event => {
  const { request } = event, url = new URL(request.url);
  if (url.origin != location.origin) return;
  // A story posted without a line: the page that works without one, which has it from this phone.
  const lost = request.mode == 'navigate' && request.method == 'POST' && /^(\/en)?\/kirim\/[123]$/.test(url.pathname);
  if (lost) event.respondWith(fetch(request).catch(() => Response.redirect(url.pathname.replace(/\d$/, 'luring'), 303)));
  else if (request.method != 'GET') return;
  else if (request.mode == 'navigate') event.respondWith(page(event, url));
  else if (url.pathname.startsWith('/static/')) {
    event.respondWith(caches.match(request).then(kept => kept || fetch(request)));
  }
});
