// T: the choice of a template, with the tab of the public text turned up.
for (const picker of document.querySelectorAll('.template-picker')) picker.addEventListener('click', event => {
  if (event.target != picker) return;
  const tab = picker.closest('.composer') && document.getElementById('composer-pick-answer');
  if (tab) tab.checked = true;
  picker.querySelector('select').focus();
});
