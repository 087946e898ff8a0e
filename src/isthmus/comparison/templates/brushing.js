// Maps of the same examples: pointing at one shows it in all maps, dragging selects in all maps.
const data = JSON.parse(document.getElementById("compared").textContent);
const spoken = document.getElementById("selection");
const count = data.classes.length;
let selected = new Set();
let current = -1;

const views = [...document.querySelectorAll("[data-map]")].map((figure, k) => ({
  svg: figure.querySelector("svg.chart"),
  ring: figure.querySelector(".ring"),
  brush: figure.querySelector(".brush"),
  tip: figure.querySelector(".tip"),
  mean: figure.querySelector("[data-mean]"),
  dots: [...figure.querySelectorAll(".dot")].sort((a, b) => a.dataset.row - b.dataset.row),
  ...data.maps[k],
}));

const visible = (i) => shown[data.classes[i]];

function words(view, i) {
  const name = data.names[data.classes[i]];
  return [...(name === "" ? [] : [name]), `squared error ${view.errors[i]}`];
}

// Show one example: a ring in every map, the tooltip in the map that is pointed at.
function show(i, view, speak) {
  current = i;
  views.forEach((other) => {
    other.tip.hidden = true;
    plane.circle(other.ring, other, i);
  });
  if (i < 0) return;
  const text = element("span", {}, words(view, i).join(", "));
  view.tip.replaceChildren(...(data.sheet ? [plane.picture(data.sheet, i, 64)] : []), text);
  plane.placeTip(view.tip, view.svg, [view.x[i], view.y[i]], data.width);
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

function within(view, [x0, y0], [x1, y1]) {
  const rows = [];
  for (let i = 0; i < count; i += 1) {
    const inside = (view.x[i] - x0) * (view.x[i] - x1) <= 0
      && (view.y[i] - y0) * (view.y[i] - y1) <= 0;
    if (visible(i) && inside) rows.push(i);
  }
  return rows;
}

const shown = plane.legend(data.names, () => {
  select([...selected].filter(visible));
  if (current >= 0 && !visible(current)) show(-1, views[0], false);
});

views.forEach((view) => {
  const place = (event) => plane.place(view.svg, event, data.width);
  let start = null;

  view.svg.addEventListener("pointerdown", (event) => {
    start = place(event);
    view.svg.setPointerCapture(event.pointerId);
  });
  view.svg.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (!start) {
      show(plane.nearest(view, at, 16, visible), view, false);
      return;
    }
    view.brush.setAttribute("x", Math.min(start[0], at[0]));
    view.brush.setAttribute("y", Math.min(start[1], at[1]));
    view.brush.setAttribute("width", Math.abs(start[0] - at[0]));
    view.brush.setAttribute("height", Math.abs(start[1] - at[1]));
    select(within(view, start, at));
  });
  const end = (event) => {
    if (start && event.type === "pointerup") select(within(view, start, place(event)));
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
    const next = plane.next(view, event, current, [data.width / 2, data.width / 2], visible);
    if (next >= 0) show(next, view, true);
  });
});
