// Typing @ in a note offers the colleagues of the list below it as buttons. Without it the list itself works.
(() => {
const pick = document.querySelector('.composer-note select[name=mention_id]');
const area = pick?.form.querySelector('textarea');
if (!area) return;
const names = [...pick.options].filter(one => one.value).map(one => one.text);
const list = document.createElement('ul'), said = document.createElement('p');
list.className = 'mention-list';
list.hidden = true;
list.setAttribute('aria-label', pick.labels[0]?.firstChild.textContent ?? '');
said.className = 'visually-hidden';
said.setAttribute('role', 'status');
area.after(list, said);
// "@" at the beginning of a word, and what was typed after it up to the caret
const begun = () => /(?:^|[^\w@.])@([^@\n]{0,40})$/.exec(area.value.slice(0, area.selectionStart))?.[1];
const close = () => { list.hidden = true; said.textContent = ''; };
const put = name => {
  const end = area.selectionStart, start = end - begun().length;
  area.setRangeText(name + ' ', start, end, 'end');
  close();
  area.focus();
};
const offer = () => {
  const typed = begun();
  if (typed === undefined) return close();
  const wanted = typed.toLowerCase();
  const fitting = names.filter(name => (' ' + name.toLowerCase()).includes(' ' + wanted)).slice(0, 6);
  if (!fitting.length || wanted.endsWith(' ')) return close();
  list.replaceChildren(...fitting.map(name => {
    const line = document.createElement('li'), button = document.createElement('button');
    button.type = 'button';
    button.className = 'button button-secondary';
    button.textContent = name;
    button.addEventListener('click', () => put(name));
    line.append(button);
    return line;
  }));
  list.hidden = false;
  said.textContent = fitting.join(', ');
};
area.addEventListener('input', offer);
area.addEventListener('keydown', event => {
  if (list.hidden) return;
  if (event.key == 'ArrowDown') {
    event.preventDefault();
    list.querySelector('button').focus();
  } else if (event.key == 'Escape') {
    event.stopPropagation();
    close();
  }
});
list.addEventListener('keydown', event => {
  const buttons = [...list.querySelectorAll('button')], here = buttons.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1 }[event.key];
  if (event.key != 'Escape' && next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  if (next >= 0 && next < buttons.length) buttons[next].focus();
  else if (event.key == 'Escape' || next < 0) {
    if (event.key == 'Escape') close();
    area.focus();
  }
});
})();
