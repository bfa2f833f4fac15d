// Arrows and J/K turn the pages of a meeting. The links do the same without this file.
(() => {
const turn = step => document.querySelector(`[data-step=${step}]`)?.click();
const keys = { j: 'next', k: 'previous', ArrowRight: 'next', ArrowLeft: 'previous' };
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || document.querySelector('dialog[open]')) return;
  const target = event.target;
  if (target.isContentEditable || /^(TEXTAREA|SELECT|INPUT)$/.test(target.nodeName)) return;
  const letter = event.key.length == 1;
  let off = false;
  try { off = localStorage['shortcuts-off'] == '1'; } catch { /* private mode */ }
  const step = keys[letter ? event.key.toLowerCase() : event.key];
  if (step && !(letter && off)) turn(step);
});
})();
