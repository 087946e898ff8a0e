(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("codes").textContent);
  const map = document.querySelector(".map");
  const svg = map.querySelector("svg");
  const ring = svg.querySelector(".ring");
  const tip = map.querySelector(".tip");
  const spoken = map.querySelector("[aria-live]");
  const groups = [...svg.querySelectorAll("g[data-class]")];
  const buttons = [...document.querySelectorAll(".legend button[data-class]")];
  const shown = data.names.map(() => true);
  let current = -1;

  const visible = (i) => shown[data.classes[i]];

  function text(i) {
    const lines = [];
    if (data.names[data.classes[i]] !== "") lines.push(data.names[data.classes[i]]);
    lines.push(`${data.splits[data.parts[i]]} set`);
    lines.push(`at ${data.values[i].join(", ")}`);
    lines.push(`squared error ${data.errors[i]}`);
    return lines;
  }

  function picture(i) {
    const s = data.sheet;
    const box = document.createElement("i");
    const scale = 72 / Math.max(s.width, s.height);
    const x = (i % s.columns) * s.width * scale;
    const y = Math.floor(i / s.columns) * s.height * scale;
    box.style.cssText =
      `width:${s.width * scale}px;height:${s.height * scale}px;background-image:url(${s.uri});` +
      `background-size:${s.columns * s.width * scale}px auto;background-position:${-x}px ${-y}px`;
    return box;
  }

  function hide() {
    current = -1;
    tip.hidden = true;
    ring.setAttribute("r", 0);
  }

  function show(i, speak) {
    current = i;
    ring.setAttribute("cx", data.x[i]);
    ring.setAttribute("cy", data.y[i]);
    ring.setAttribute("r", 7);
    tip.replaceChildren();
    if (data.sheet) tip.append(picture(i));
    const words = document.createElement("span");
    text(i).forEach((line, k) => {
      if (k) words.append(document.createElement("br"));
      const part = document.createElement(k === 0 ? "b" : "span");
      part.textContent = line;
      words.append(part);
    });
    tip.append(words);
    tip.hidden = false;
    const frame = svg.getBoundingClientRect();
    const scale = frame.width / 640;
    const x = data.x[i] * scale;
    const y = data.y[i] * scale;
    const left = x > frame.width / 2 ? x - tip.offsetWidth - 14 : x + 14;
    const top = Math.min(Math.max(y - tip.offsetHeight / 2, 0), frame.height - tip.offsetHeight);
    tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth))}px`;
    tip.style.top = `${top}px`;
    if (speak) spoken.textContent = text(i).join(", ");
  }

  function nearest(x, y, reach, allowed) {
    let best = -1;
    let least = reach * reach;
    for (let i = 0; i < data.x.length; i += 1) {
      if (!visible(i) || (allowed && !allowed(i))) continue;
      const distance = (data.x[i] - x) ** 2 + (data.y[i] - y) ** 2;
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  function point(event) {
    const frame = svg.getBoundingClientRect();
    const scale = 640 / frame.width;
    const i = nearest((event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale, 24);
    if (i < 0) hide();
    else if (i !== current) show(i, false);
  }

  const directions = {
    ArrowLeft: (dx, dy) => dx < 0 && -dx >= Math.abs(dy),
    ArrowRight: (dx, dy) => dx > 0 && dx >= Math.abs(dy),
    ArrowUp: (dx, dy) => dy < 0 && -dy >= Math.abs(dx),
    ArrowDown: (dx, dy) => dy > 0 && dy >= Math.abs(dx),
  };

  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const towards = directions[event.key];
    if (!towards) return;
    event.preventDefault();
    const [x, y] = current < 0 ? [340, 244] : [data.x[current], data.y[current]];
    const ahead = current < 0 ? null : (i) => towards(data.x[i] - x, data.y[i] - y);
    const next = nearest(x, y, 1000, ahead);
    if (next >= 0) show(next, true);
  });

  function apply() {
    groups.forEach((g) => g.classList.toggle("hidden-class", !shown[g.dataset.class]));
    buttons.forEach((b) => b.setAttribute("aria-pressed", shown[b.dataset.class]));
    if (current >= 0 && !visible(current)) hide();
  }

  buttons.forEach((button) => {
    button.addEventListener("click", () => {
      shown[button.dataset.class] = !shown[button.dataset.class];
      apply();
    });
  });
  document.querySelector(".legend .all")?.addEventListener("click", () => {
    shown.fill(!shown.every(Boolean));
    apply();
  });
})();
