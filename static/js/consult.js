// How many points or choices are left, while people weigh. Without this the server says it after sending.
for (const box of document.querySelectorAll('[data-points],[data-most]')) {
  const said = box.querySelector('[data-sum]');
  const say = () => {
    const points = 'points' in box.dataset;
    const sum = points
      ? [...box.querySelectorAll('input')].reduce((all, one) => all + (parseInt(one.value, 10) || 0), 0)
      : box.querySelectorAll(':checked').length;
    const left = Number(points ? box.dataset.points : box.dataset.most) - sum;
    const words = left < 0 ? box.dataset.over : left ? box.dataset.left : box.dataset.fits;
    said.textContent = (words || '').replace('{n}', Math.abs(left));
    said.classList.toggle('is-over', left < 0);
    said.classList.toggle('is-fit', left == 0);
  };
  box.addEventListener('input', say);
  say();
}
