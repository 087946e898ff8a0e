// Points in the plane, for the map of a report and the maps of a comparison: which is nearest,
// which lies ahead, where the pointer is, what a point's picture is, which classes are shown.
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

  // Where the pointer is, in the units of a drawing of that width.
  place(svg, event, width) {
    const frame = svg.getBoundingClientRect();
    const scale = width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  },

  // The picture of example i out of a sheet of pictures, at most `side` pixels large.
  picture(sheet, i, side) {
    const box = document.createElement("i");
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
