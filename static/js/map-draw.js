// Draws the map; map.js loads it.
const one = (selector, inside) => inside.querySelector(selector);
const fill = (text, n) => text.replace('{n}', n);
const still = matchMedia('(prefers-reduced-motion:reduce)').matches;
const LISTED = 30;

const load = url => new Promise((done, failed) => {
  const style = url.includes('.css'), tag = document.createElement(style ? 'link' : 'script');
  Object.assign(tag, style ? { rel: 'stylesheet', href: url } : { src: url }, { onload: done, onerror: failed });
  document.head.append(tag);
});
const json = async url => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(url);
  return answer.json();
};

// The city's tiles or the sketch, outlines of wards, names from near by.
const ground = async (map, base, say) => {
  const flat = { interactive: false, color: '#7C929C', weight: 1, fillColor: '#F3EFDC', fillOpacity: 1 };
  if (base.tiles) {
    await load(say[base.tiles]);
    const url = new URL(say.tiles, location).href;
    (base.tiles == 'raster' ? pmtiles.leafletRasterLayer(new pmtiles.PMTiles(url), {})
      : protomapsL.leafletLayer({ url, flavor: 'light', lang: document.documentElement.lang })).addTo(map);
  } else [base.land, ...base.islands].forEach(shape => L.polygon(shape, flat).addTo(map));
  if (base.areas) L.geoJSON(await json(say.areas), { style: { ...flat, fill: false, color: '#0A6078' }, interactive: false }).addTo(map);
  const names = L.layerGroup([...base.wards, ...(base.tiles ? [] : base.places)].map(([text, ...at]) => {
    const html = Object.assign(document.createElement('span'), { textContent: text });
    return L.marker(at, { icon: L.divIcon({ className: 'map-place', html }), interactive: false, keyboard: false, zIndexOffset: -9999 });
  }));
  const zoomed = () => { if (map.getZoom() > 14) names.addTo(map); else names.remove(); };
  map.on('zoomend', zoomed);
  zoomed();
};

export const draw = async (root, canvas, tell) => {
  const say = root.dataset, looks = one('[data-map-looks]', root).content, list = one('.map-list', root);
  const layered = one('[data-map-programs]', root);
  const look = spot => one(`[data-status=${spot.status}]`, looks);
  const line = spot => {
    const item = look(spot).cloneNode(true), link = one('a', item);
    Object.assign(link, { href: spot.url, textContent: spot.title });
    one('.meta', item).textContent = spot.note;
    return item;
  };
  const pin = spot => {
    const kind = spot.status == 'program' ? 'is-program' : spot.near ? 'is-near' : '';
    const className = `map-pin ${kind} ${one('.tag', look(spot)).className}`.replace(' tag', '');
    const icon = L.divIcon({ className, iconSize: [28, 28], iconAnchor: kind == 'is-program' ? [14, 14] : [14, 32], popupAnchor: [0, -26] });
    return L.marker(spot.at, { icon, title: spot.title, riseOnHover: true })
      .bindPopup(() => line(spot), { minWidth: 180, maxWidth: 250 });
  };

  await Promise.all(say.leaflet.split(' ').map(load));
  const [base, found] = await Promise.all([json(say.base), json(say.points), ...say.cluster.split(' ').map(load)]);
  const at = ([lat, lon]) => [(found.origin[0] + lat) / 1e4, (found.origin[1] + lon) / 1e4];
  const cases = found.points.map(p => ({ at: at(p), status: found.statuses[p[2]], url: say.case + p[3], title: p[4], near: p[5], note: p[5] ? say.near : '' }));
  const extra = found.programs.map(p => ({ at: at(p), status: 'program', url: say.program + p[2], title: p[3], note: `${fill(say.behind, p[5])} · ${p[4]}%` }));

  const map = L.map(canvas, { zoomControl: false, minZoom: 11, maxZoom: 18, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still });
  L.control.zoom({ zoomInTitle: say.zoomIn, zoomOutTitle: say.zoomOut }).addTo(map);
  map.attributionControl.setPrefix('Leaflet').addAttribution(say.credit);
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-label', say.name);
  const spots = cases.length ? cases.map(spot => spot.at) : base.wards.map(ward => ward.slice(1));
  map.fitBounds(spots, { padding: [24, 24], maxZoom: 17, animate: false });
  await ground(map, base, say);

  const groups = L.markerClusterGroup({
    showCoverageOnHover: false, animate: !still, maxClusterRadius: 48,
    iconCreateFunction: group => {
      const number = group.getChildCount(), html = one('[data-map-group]', root).content.firstChild.cloneNode(true);
      html.firstChild.textContent = number;
      html.lastChild.textContent = fill(say.group, number);
      return L.divIcon({ className: 'map-cluster', iconSize: [44, 44], html });
    },
  });
  groups.addLayers(cases.map(pin)).addTo(map);
  const programs = L.layerGroup(extra.map(pin));

  // The list beside the map says what the map shows, to who cannot see it too.
  const follow = () => {
    const view = map.getBounds(), inside = [...cases, ...(map.hasLayer(programs) ? extra : [])].filter(spot => view.contains(spot.at));
    one('[data-map-view]', root).textContent = fill(say.inView, inside.filter(spot => spot.status != 'program').length);
    list.replaceChildren(...inside.slice(0, LISTED).map(line));
    const rest = Object.assign(document.createElement('li'), { textContent: fill(say.rest, inside.length - LISTED) });
    if (inside.length > LISTED) list.append(rest);
  };
  map.on('moveend', () => {
    follow();
    // An opened group is gone, and the focus with it.
    if (document.activeElement == document.body) canvas.focus();
  });
  map.on('popupopen', ({ popup }) => {
    const box = popup.getElement();
    one('.leaflet-popup-close-button', box).setAttribute('aria-label', say.shut);
    one('.submission a', box).focus();
  });
  map.on('popupclose', ({ popup }) => (popup._source.getElement() || canvas).focus());
  one('[data-map-count]', root).textContent = new Set(extra.map(spot => spot.url)).size;
  layered.checked = false;
  layered.onchange = () => { map[layered.checked ? 'addLayer' : 'removeLayer'](programs); follow(); };
  layered.closest('label').hidden = !extra.length;
  one('[data-map-more]', root).hidden = false;
  tell(found.more ? fill(say.more, found.most) : '');
  follow();
  return map;
};
