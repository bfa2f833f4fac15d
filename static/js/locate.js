// Own location. After portal.js.
(({ all, on, fill }) => {
all('[data-locate]').forEach(button => {
  const say = button.dataset, [lat, lon] = say.locate.split(' ').map(id => document.getElementById(id));
  const tell = text => { all('[data-locate-status]')[0].textContent = text; };
  button.hidden = !navigator.geolocation;
  on(button, 'click', () => {
    tell(say.searching);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      lat.value = coords.latitude.toFixed(5);
      lon.value = coords.longitude.toFixed(5);
      tell(fill(say.found, Math.round(coords.accuracy)));
    }, () => tell(say.failed), { timeout: 8000, enableHighAccuracy: true });
  });
});
})(portal);
