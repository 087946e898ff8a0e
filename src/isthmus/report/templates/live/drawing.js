// A picture to draw with the pointer or with keys; `changed(numbers)` hears of every change.
function drawingPad(root, { shape: [height, width, channels], paper, ink }, reading, changed) {
  const numbers = new Float64Array(height * width * channels).fill(paper);
  const shown = reading.make();
  const canvas = shown.element;
  const cursor = { x: width >> 1, y: height >> 1, down: false };
  const radius = Math.max(0.8, width / 16);
  let last = null;

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label",
    "Drawing: use the pointer; or the arrow keys, with the space bar to lower and lift the pen");

  function dab(x, y) {
    for (let j = 0; j < height; j += 1) {
      for (let i = 0; i < width; i += 1) {
        const strength = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(i + 0.5 - x, j + 0.5 - y)));
        for (let c = 0; c < channels && strength; c += 1) {
          const at = (j * width + i) * channels + c;
          const wanted = paper + strength * (ink - paper);
          if (Math.abs(wanted - paper) > Math.abs(numbers[at] - paper)) numbers[at] = wanted;
        }
      }
    }
  }
  function stroke(x, y) {
    const from = last || [x, y];
    const steps = Math.ceil(2 * Math.hypot(x - from[0], y - from[1])) || 1;
    for (let k = 1; k <= steps; k += 1) {
      dab(from[0] + (x - from[0]) * k / steps, from[1] + (y - from[1]) * k / steps);
    }
    last = [x, y];
    update();
  }
  function update() {
    shown.draw(numbers);
    changed(numbers);
  }
  function place(event) {
    const frame = canvas.getBoundingClientRect();
    return [(event.clientX - frame.left) * width / frame.width, (event.clientY - frame.top) * height / frame.height];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => { if (event.buttons) stroke(...place(event)); });
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") { cursor.down = !cursor.down; last = null; }
    cursor.x = Math.min(width - 1, Math.max(0, cursor.x + (move ? move[0] : 0)));
    cursor.y = Math.min(height - 1, Math.max(0, cursor.y + (move ? move[1] : 0)));
    if (cursor.down) stroke(cursor.x + 0.5, cursor.y + 0.5);
  });

  shown.draw(numbers);
  root.append(canvas);
  return {
    clear() { numbers.fill(paper); shown.draw(numbers); },
    copy(from) { numbers.set(from); update(); },
  };
}
