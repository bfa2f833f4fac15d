// Choosing rows: by X, ranges by Shift, letters on all that are chosen. The form works without this file.
(() => {
const bar = document.querySelector('[data-pick-bar]');
if (!bar) return;
const boxes = [...document.querySelectorAll('.case-row .pick input')];
const find = name => bar.querySelector(`[data-${name}]`);
const count = find('picked'), actions = find('pick-actions'), all = find('pick-all'), choose = all.textContent;
const chosen = () => boxes.filter(box => box.checked);
let last;
const draw = () => {
  const number = chosen().length;
  count.textContent = number ? bar.dataset.pickedWords.replace('{n}', number) : '';
  actions.hidden = !number;
  actions.classList.toggle('is-ready', number > 0);
  all.textContent = number == boxes.length ? all.dataset.none : choose;
};
// From the box touched last to this one they all become like this one.
const span = box => {
  const [from, to] = [boxes.indexOf(last ?? box), boxes.indexOf(box)].sort((a, b) => a - b);
  boxes.slice(from, to + 1).forEach(one => { one.checked = box.checked; });
};
document.addEventListener('click', event => {
  const box = event.target;
  if (!boxes.includes(box)) return;
  if (event.shiftKey) span(box);
  last = box;
  draw();
});
all.addEventListener('click', event => {
  event.preventDefault();
  const on = chosen().length < boxes.length;
  boxes.forEach(box => { box.checked = on; });
  draw();
});
const LETTERS = { 1: 'assign', 2: 'merge', a: 'take', i: 'take', l: 'classify', h: 'later' };
// Before desk.js, which would take the letter for the one row that is open.
document.addEventListener('keydown', event => {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') || document.getElementById('shortcuts-off').checked) return;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.nodeName) || (target.nodeName == 'INPUT' && !/checkbox|radio/.test(target.type))) return;
  const key = event.key.toLowerCase();
  if (key == 'x') {
    const row = target.closest?.('.case-row') ?? document.querySelector('.case-row.is-open') ?? document.querySelector('.case-row');
    const box = row?.querySelector('.pick input');
    if (!box?.offsetParent) return;
    box.checked = event.shiftKey || !box.checked;
    if (event.shiftKey) span(box);
    last = box;
    draw();
  } else {
    const button = chosen().length && LETTERS[key] && actions.querySelector(`[value="${LETTERS[key]}"]`);
    if (!button) return;
    event.stopImmediatePropagation();
    button.click();
  }
  event.preventDefault();
}, true);
addEventListener('pageshow', draw);
draw();
})();
