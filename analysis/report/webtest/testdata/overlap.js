// Lists texts that lie on each other, texts that leave the drawing that they
// are in, and a page that is wider than its window. A text's box is that of its
// letters, not that of its line: lines may be set close.
() => {
  const found = [];

  const visible = (el) => {
    if (!el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = el.getBoundingClientRect();
    return box.width > 2 && box.height > 2; // what is there for screen readers alone is a pixel large
  };

  // layer is what an element moves with when the page is scrolled: what stays
  // in place may lie over the rest.
  const layer = (el) => {
    for (; el; el = el.parentElement) {
      if (el.matches("dialog[open], [popover]") || /fixed|sticky/.test(getComputedStyle(el).position)) return el;
    }
    return null;
  };

  // clipped takes away what a scrolling or hiding ancestor does not show.
  const clipped = (box, el) => {
    let { left, right, top, bottom } = box;
    for (; el && el !== document.body; el = el.parentElement) {
      if (el instanceof SVGElement && el.tagName !== "svg") continue;
      const style = getComputedStyle(el);
      const edge = el.getBoundingClientRect();
      if (style.overflowX !== "visible") { left = Math.max(left, edge.left); right = Math.min(right, edge.right); }
      if (style.overflowY !== "visible") { top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom); }
    }
    return right > left && bottom > top;
  };

  // Corners of a box that is pulled in to the letters' height.
  const corners = ({ left, right, top, bottom }) => {
    const inset = (bottom - top) * 0.14;
    return [[left, top + inset], [right, top + inset], [right, bottom - inset], [left, bottom - inset]];
  };

  const drawn = (el) => {
    const box = el.getBBox();
    const to = el.getScreenCTM();
    return corners({ left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height })
      .map(([x, y]) => [to.a * x + to.c * y + to.e, to.b * x + to.d * y + to.f]);
  };

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    if (!node.data.trim() || !visible(el)) continue;
    const add = (shape) => {
      const xs = shape.map((p) => p[0]), ys = shape.map((p) => p[1]);
      const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
      if (box.right - box.left < 1 || !clipped(box, el)) return;
      texts.push({ node, shape, box, layer: layer(el), text: node.data.trim().replace(/\s+/g, " ").slice(0, 40) });
    };
    if (el.closest("text")) {
      add(drawn(el));
      continue;
    }
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) add(corners(box));
  }

  // Two convex shapes lie on each other if no side of either parts them.
  const slack = 1.2;
  const parted = (a, b) => {
    for (let i = 0; i < a.length; i++) {
      const [x0, y0] = a[i], [x1, y1] = a[(i + 1) % a.length];
      const length = Math.hypot(x1 - x0, y1 - y0) || 1;
      const nx = (y1 - y0) / length, ny = (x0 - x1) / length;
      const along = (shape) => shape.map(([x, y]) => x * nx + y * ny);
      const p = along(a), q = along(b);
      if (Math.min(Math.max(...p), Math.max(...q)) - Math.max(Math.min(...p), Math.min(...q)) < slack) return true;
    }
    return false;
  };

  texts.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < texts.length; i++) {
    const a = texts[i];
    const svg = a.node.parentElement.closest("svg");
    if (svg) {
      const edge = svg.getBoundingClientRect();
      if (a.box.left < edge.left - 1 || a.box.right > edge.right + 1 || a.box.top < edge.top - 1 || a.box.bottom > edge.bottom + 1) {
        found.push(`"${a.text}" leaves its drawing`);
      }
    }
    for (let j = i + 1; j < texts.length && texts[j].box.top < a.box.bottom; j++) {
      const b = texts[j];
      if (a.node === b.node || a.layer !== b.layer || parted(a.shape, b.shape) || parted(b.shape, a.shape)) continue;
      found.push(`"${a.text}" and "${b.text}" lie on each other at ${Math.round(b.box.left)},${Math.round(b.box.top)}`);
    }
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`the page is ${wide} px wider than its window`);
  return found;
}
