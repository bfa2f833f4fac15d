// The map, for who asks for it: Leaflet and the drawing come with the tap. All words come from the page.
const one = (selector, inside = document) => inside.querySelector(selector);
const root = one('[data-map]'), say = root.dataset, opener = one('[data-map-open]', root), label = one('span', opener);
const canvas = one('.map-canvas', root), sketch = one('.map-sketch', root), words = label.textContent;
const tell = text => { one('[data-map-status]', root).textContent = text; };
let map, busy;

// Filtering again with the map open opens it again.
const turn = open => {
  label.textContent = open ? say.close : words;
  opener.setAttribute('aria-expanded', open);
  canvas.hidden = !open;
  sketch.classList.toggle('visually-hidden', open);
  history.replaceState(null, '', open ? '#peta' : location.pathname + location.search);
  one('form[role=search]').action = location.pathname + (open ? '#peta' : '');
};
const close = () => {
  map.remove();
  map = null;
  turn(false);
  one('[data-map-more]', root).hidden = true;
  tell('');
  opener.focus();
};
const open = async () => {
  if (busy) return;
  if (map) { close(); return; }
  busy = true;
  tell(say.loading);
  try {
    const { draw } = await import(say.draw);
    turn(true);
    map = await draw(root, canvas, tell);
    canvas.focus();
  } catch {
    turn(false);
    tell(say.failed);
  }
  busy = false;
};
opener.hidden = false;
opener.addEventListener('click', open);
canvas.addEventListener('keydown', event => {
  if (event.key != 'Escape' || !map) return;
  if (one('.leaflet-popup', canvas)) map.closePopup();
  else close();
});
if (location.hash == '#peta') open();
