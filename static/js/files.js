// Choosing photos and documents. After portal.js.
(({ all, on, fill }) => {
// Photos: at most 1600 px and 400 KB each, gathered in the gallery's input.
const shrink = async file => {
  try {
    const image = await createImageBitmap(file), canvas = document.createElement('canvas');
    let small = file;
    for (let side = 1600, quality = .8; small.size > 4e5 && side > 500; quality > .5 ? quality -= .15 : side *= .75) {
      const scale = Math.min(1, side / Math.max(image.width, image.height));
      Object.assign(canvas, { width: image.width * scale, height: image.height * scale });
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      small = await new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
    }
    return small == file ? file : new File([small], file.name.replace(/\.\w+$/, '.jpg'), { type: 'image/jpeg' });
  } catch { return file; } // no image: the server says so
};
all('[data-photos]').forEach(picker => {
  const inputs = all('input[type=file]', picker), gallery = inputs.at(-1), say = picker.dataset, files = [];
  const tell = text => { all('[role=status]', picker)[0].textContent = text; };
  const most = say.photos - all('[type=checkbox]', picker).length;
  const show = note => {
    const box = new DataTransfer();
    files.forEach(f => box.items.add(f));
    gallery.files = box.files;
    all('ul:last-child', picker)[0].replaceChildren(...files.map((f, i) => {
      const line = all('template', picker)[0].content.cloneNode(true), button = all('button', line)[0];
      button.textContent = fill(say.remove, i + 1);
      on(button, 'click', () => { files.splice(i, 1); show(''); gallery.focus(); });
      line.firstChild.prepend(f.name);
      return line;
    }));
    const size = Math.round(files.reduce((sum, f) => sum + f.size, 0) / 1024);
    tell(note + (files.length ? fill(say.ready, files.length, size) : ''));
  };
  inputs.forEach(input => on(input, 'change', async () => {
    const added = [...input.files], room = most - files.length;
    tell(say.shrinking);
    for (const file of added.slice(0, room)) files.push(await shrink(file));
    if (input != gallery) input.value = '';
    show(added.length > room ? fill(say.tooMany, say.photos) + ' ' : '');
  }));
});
all('input[data-file]').forEach(input => on(input, 'change', () => {
  all('[role=status]', input.closest('.field'))[0].textContent = input.files[0]?.name || '';
}));
})(portal);
