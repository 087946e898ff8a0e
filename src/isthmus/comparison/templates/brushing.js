// Maps of the same examples: pointing at one shows it in all maps, dragging selects in all maps.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("compared").textContent);
  const spoken = document.getElementById("selection");
  const buttons = [...document.querySelectorAll(".legend button[data-class]")];
  const shown = data.names.map(() => true);
  const count = data.classes.length;
  let selected = new Set();
  let current = -1;

  const views = [...document.querySelectorAll("[data-map]")].map((figure, k) => ({
    figure,
    svg: figure.querySelector("svg.chart"),
    ring: figure.querySelector(".ring"),
    brush: figure.querySelector(".brush"),
    tip: figure.querySelector(".tip"),
    mean: figure.querySelector("[data-mean]"),
    dots: [...figure.querySelectorAll(".dot")].sort((a, b) => a.dataset.row - b.dataset.row),
    groups: [...figure.querySelectorAll("g[data-class]")],
    ...data.maps[k],
  }));

  const visible = (i) => shown[data.classes[i]];

  function picture(i) {
    const s = data.sheet;
    const box = document.createElement("i");
    const scale = 64 / Math.max(s.width, s.height);
    const x = (i % s.columns) * s.width * scale;
    const y = Math.floor(i / s.columns) * s.height * scale;
    box.style.cssText =
      `width:${s.width * scale}px;height:${s.height * scale}px;background-image:url(${s.uri});` +
      `background-size:${s.columns * s.width * scale}px auto;background-position:${-x}px ${-y}px`;
    return box;
  }

  function words(view, i) {
    const name = data.names[data.classes[i]];
    return [...(name === "" ? [] : [name]), `squared error ${view.errors[i]}`];
  }

  // Show one example: a ring in every map, the tooltip in the map that is pointed at.
  function show(i, view, speak) {
    current = i;
    views.forEach((other) => {
      other.tip.hidden = true;
      other.ring.setAttribute("r", i < 0 ? 0 : 7);
      if (i < 0) return;
      other.ring.setAttribute("cx", other.x[i]);
      other.ring.setAttribute("cy", other.y[i]);
    });
    if (i < 0) return;
    const text = document.createElement("span");
    text.textContent = words(view, i).join(", ");
    view.tip.replaceChildren(...(data.sheet ? [picture(i)] : []), text);
    view.tip.hidden = false;
    const scale = view.svg.getBoundingClientRect().width / data.width;
    const left = Math.min(view.x[i] * scale + 12, view.svg.clientWidth - view.tip.offsetWidth);
    view.tip.style.left = `${Math.max(0, left)}px`;
    view.tip.style.top = `${view.svg.offsetTop + view.y[i] * scale + 12}px`;
    if (speak) spoken.textContent = words(view, i).join(", ");
  }

  function mean(view) {
    let sum = 0;
    selected.forEach((i) => { sum += view.errors[i]; });
    return sum / selected.size;
  }

  // Fade what is not selected, and say what the selection's error is in every map.
  function select(rows) {
    selected = new Set(rows);
    views.forEach((view) => {
      view.dots.forEach((dot, i) => {
        dot.classList.toggle("faded", selected.size > 0 && !selected.has(i));
      });
      view.mean.textContent = selected.size
        ? `mean squared error of the selection: ${mean(view).toPrecision(4)}` : "";
    });
    spoken.textContent = selected.size ? `${selected.size} of ${count} examples selected` : "";
  }

  function place(view, event) {
    const frame = view.svg.getBoundingClientRect();
    const scale = data.width / frame.width;
    return [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
  }

  function nearest(view, x, y, reach, allowed) {
    let best = -1;
    let least = reach * reach;
    for (let i = 0; i < count; i += 1) {
      if (!visible(i) || (allowed && !allowed(i))) continue;
      const distance = (view.x[i] - x) ** 2 + (view.y[i] - y) ** 2;
      if (distance < least) { least = distance; best = i; }
    }
    return best;
  }

  function within(view, [x0, y0], [x1, y1]) {
    const rows = [];
    for (let i = 0; i < count; i += 1) {
      const inside = (view.x[i] - x0) * (view.x[i] - x1) <= 0
        && (view.y[i] - y0) * (view.y[i] - y1) <= 0;
      if (visible(i) && inside) rows.push(i);
    }
    return rows;
  }

  const directions = {
    ArrowLeft: (dx, dy) => dx < 0 && -dx >= Math.abs(dy),
    ArrowRight: (dx, dy) => dx > 0 && dx >= Math.abs(dy),
    ArrowUp: (dx, dy) => dy < 0 && -dy >= Math.abs(dx),
    ArrowDown: (dx, dy) => dy > 0 && dy >= Math.abs(dx),
  };

  views.forEach((view) => {
    let start = null;

    view.svg.addEventListener("pointerdown", (event) => {
      start = place(view, event);
      view.svg.setPointerCapture(event.pointerId);
    });
    view.svg.addEventListener("pointermove", (event) => {
      const at = place(view, event);
      if (!start) {
        show(nearest(view, ...at, 16), view, false);
        return;
      }
      view.brush.setAttribute("x", Math.min(start[0], at[0]));
      view.brush.setAttribute("y", Math.min(start[1], at[1]));
      view.brush.setAttribute("width", Math.abs(start[0] - at[0]));
      view.brush.setAttribute("height", Math.abs(start[1] - at[1]));
      select(within(view, start, at));
    });
    const end = (event) => {
      if (start && event.type === "pointerup") select(within(view, start, place(view, event)));
      start = null;
      view.brush.setAttribute("width", 0);
      view.brush.setAttribute("height", 0);
    };
    view.svg.addEventListener("pointerup", end);
    view.svg.addEventListener("pointercancel", end);
    view.svg.addEventListener("pointerleave", () => show(-1, view, false));
    view.svg.addEventListener("blur", () => show(-1, view, false));
    view.svg.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { select([]); show(-1, view, false); }
      if (event.key === " " && current >= 0) {
        event.preventDefault();
        select(selected.has(current) ? [...selected].filter((i) => i !== current)
          : [...selected, current]);
      }
      const towards = directions[event.key];
      if (!towards) return;
      event.preventDefault();
      const middle = [data.width / 2, data.width / 2];
      const [x, y] = current < 0 ? middle : [view.x[current], view.y[current]];
      const ahead = current < 0 ? null : (i) => towards(view.x[i] - x, view.y[i] - y);
      const next = nearest(view, x, y, 1000, ahead);
      if (next >= 0) show(next, view, true);
    });
  });

  buttons.forEach((button) => {
    button.addEventListener("click", () => {
      const kind = Number(button.dataset.class);
      shown[kind] = !shown[kind];
      button.setAttribute("aria-pressed", shown[kind]);
      views.forEach((view) => view.groups.forEach((group) => {
        group.classList.toggle("hidden-class", !shown[group.dataset.class]);
      }));
      select([...selected].filter(visible));
      if (current >= 0 && !visible(current)) show(-1, views[0], false);
    });
  });
})();
