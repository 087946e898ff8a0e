// An element of a page, with its attributes and what is in it.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

// Points in the plane, for the map of a report and the maps of a comparison: which is nearest,
// which an arrow key leads to, where the pointer is, how a point is shown, which classes are shown.
const plane = {
  directions: {
    ArrowLeft: (dx, dy) => dx < 0 && -dx >= Math.abs(dy),
    ArrowRight: (dx, dy) => dx > 0 && dx >= Math.abs(dy),
    ArrowUp: (dx, dy) => dy < 0 && -dy >= Math.abs(dx),
    ArrowDown: (dx, dy) => dy > 0 && dy >= Math.abs(dx),
  },

  // The number of the point nearest to a place, at most `reach` away and allowed; -1 for none.
  nearest(points, [x, y], reach, allowed) {
    let best = -1;
    let least = reach * reach;
    for (let i = 0; i < points.x.length; i += 1) {
      const distance = (points.x[i] - x) ** 2 + (points.y[i] - y) ** 2;
      if (distance < least && allowed(i)) {
        least = distance;
        best = i;
      }
    }
    return best;
  },

  // The nearest point that an arrow key leads to from a place; -1 for none.
  ahead(points, key, [x, y], allowed) {
    const towards = plane.directions[key];
    const before = (i) => allowed(i) && towards(points.x[i] - x, points.y[i] - y);
    return plane.nearest(points, [x, y], 1000, before);
  },

  // The point that an arrow key leads to from the current one (-1 for none), or from the middle of
  // the drawing; -1 for another key, or if there is none.
  next(points, event, current, middle, allowed) {
    if (!plane.directions[event.key]) return -1;
    event.preventDefault();
    return current < 0 ? plane.nearest(points, middle, 1000, allowed)
      : plane.ahead(points, event.key, [points.x[current], points.y[current]], allowed);
  },

  // Where the pointer is, in the units of a drawing of that width.
  place(svg, event, width) {
    const frame = svg.getBoundingClientRect();
    const scale = width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  },

  // Draw a ring around point i, or none for -1.
  circle(ring, points, i) {
    ring.setAttribute("r", i < 0 ? 0 : 7);
    if (i < 0) return;
    ring.setAttribute("cx", points.x[i]);
    ring.setAttribute("cy", points.y[i]);
  },

  // Show a tooltip next to a place in a drawing of that width, within the drawing.
  placeTip(tip, svg, [x, y], width) {
    tip.hidden = false;
    const frame = svg.getBoundingClientRect();
    const figure = tip.offsetParent.getBoundingClientRect();
    const scale = frame.width / width;
    const left = x > width / 2 ? x * scale - tip.offsetWidth - 14 : x * scale + 14;
    const top = y * scale - tip.offsetHeight / 2;
    const within = (at, length, size) => Math.max(0, Math.min(at, length - size));
    tip.style.left = `${frame.left - figure.left + within(left, frame.width, tip.offsetWidth)}px`;
    tip.style.top = `${frame.top - figure.top + within(top, frame.height, tip.offsetHeight)}px`;
  },

  // The picture of example i out of a sheet of pictures, at most `side` pixels large.
  picture(sheet, i, side) {
    const box = element("i");
    const scale = side / Math.max(sheet.width, sheet.height);
    const x = (i % sheet.columns) * sheet.width * scale;
    const y = Math.floor(i / sheet.columns) * sheet.height * scale;
    box.style.cssText =
      `width:${sheet.width * scale}px;height:${sheet.height * scale}px;` +
      `background-image:url(${sheet.uri});background-size:${sheet.columns * sheet.width * scale}px auto;` +
      `background-position:${-x}px ${-y}px`;
    return box;
  },

  // Buttons that show and hide classes; returns whether each class is shown.
  legend(names, changed) {
    const buttons = [...document.querySelectorAll(".legend button[data-class]")];
    const shown = names.map(() => true);
    const apply = () => {
      document.querySelectorAll("g[data-class]").forEach((group) => {
        group.classList.toggle("hidden-class", !shown[group.dataset.class]);
      });
      buttons.forEach((b) => b.setAttribute("aria-pressed", shown[b.dataset.class]));
      changed();
    };
    buttons.forEach((button) => button.addEventListener("click", () => {
      shown[button.dataset.class] = !shown[button.dataset.class];
      apply();
    }));
    document.querySelector(".legend .all")?.addEventListener("click", () => {
      shown.fill(!shown.every(Boolean));
      apply();
    });
    return shown;
  },
};
