// The map of the codes: its points, the tooltip of an example, and going from example to example.
function makeMap(figure, data) {
  const svg = figure.querySelector("svg");
  const ring = svg.querySelector(".ring");
  const tip = figure.querySelector(".tip");
  const spoken = figure.querySelector("[aria-live]");
  const map = { svg, data, current: -1, rebuilt: null, WIDTH: 640 };
  let said = 0;

  map.visible = (i) => shown[data.classes[i]];
  map.words = (i) => {
    const name = data.names[data.classes[i]];
    return [
      ...(name === "" ? [] : [name]), `${data.splits[data.parts[i]]} set`,
      `at ${data.values[i].join(", ")}`, `squared error ${data.errors[i]}`,
    ];
  };
  map.say = (text) => {
    clearTimeout(said);
    said = setTimeout(() => { spoken.textContent = text; }, 300); // when the keys rest
  };
  map.hide = () => {
    map.current = -1;
    tip.hidden = true;
    plane.circle(ring, data, -1);
  };

  // Show an example: a ring, and a tooltip with its picture, its reconstruction and its words.
  map.show = (i, speak) => {
    if (i === map.current) return;
    map.current = i;
    plane.circle(ring, data, i);
    const [first, ...others] = map.words(i);
    const words = element("span", {}, element("b", {}, first),
      ...others.flatMap((line) => [element("br"), line]));
    tip.replaceChildren();
    if (data.sheet) tip.append(titled(plane.picture(data.sheet, i, 64), map.rebuilt ? "example" : ""));
    const rebuilt = map.rebuilt?.(i);
    if (rebuilt) tip.append(rebuilt);
    tip.append(words);
    plane.placeTip(tip, svg, [data.x[i], data.y[i]], map.WIDTH);
    if (speak) map.say(map.words(i).join(", "));
  };

  // The example under the pointer, or -1.
  map.at = (place, reach) => plane.nearest(data, place, reach, map.visible);

  const shown = plane.legend(data.names, () => {
    if (map.current >= 0 && !map.visible(map.current)) map.hide();
  });
  svg.addEventListener("blur", map.hide);
  return map;
}

// An element above its name.
function titled(shown, name) {
  return element("span", { class: "titled" }, shown, ...(name ? [name] : []));
}

// A map without a model in the page: pointing and arrow keys show examples.
function showExamples(map) {
  const point = (event) => {
    const i = map.at(plane.place(map.svg, event, map.WIDTH), 24);
    if (i < 0) map.hide();
    else map.show(i, false);
  };
  map.svg.addEventListener("pointermove", point);
  map.svg.addEventListener("pointerdown", point);
  map.svg.addEventListener("pointerleave", map.hide);
  map.svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.hide();
    const next = plane.next(map.data, event, map.current, [340, 244], map.visible);
    if (next >= 0) map.show(next, true);
  });
}
