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

  const once = (compute) => {
    const known = new Map();
    return (el) => {
      if (!known.has(el)) known.set(el, compute(el));
      return known.get(el);
    };
  };

  // layer is what an element moves with when the page is scrolled: what stays
  // in place may lie over the rest.
  const layer = once((el) => {
    if (!el) return null;
    return el.matches("dialog[open], [popover]") || /fixed|sticky/.test(getComputedStyle(el).position) ? el : layer(el.parentElement);
  });

  // frame is what scrolling or hiding ancestors show of an element.
  const everything = { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
  const frame = once((el) => {
    if (!el || el === document.body) return everything;
    let { left, right, top, bottom } = frame(el.parentElement);
    if (!(el instanceof SVGElement) || el.localName === "svg") {
      const style = getComputedStyle(el);
      const edge = el.getBoundingClientRect();
      if (style.overflowX !== "visible") { left = Math.max(left, edge.left); right = Math.min(right, edge.right); }
      if (style.overflowY !== "visible") { top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom); }
    }
    return { left, right, top, bottom };
  });
  const shown = (box, el) => {
    const { left, right, top, bottom } = frame(el);
    return Math.min(box.right, right) > Math.max(box.left, left) && Math.min(box.bottom, bottom) > Math.max(box.top, top);
  };

  // Corners of a box that is pulled in to the letters' height.
  const corners = ({ left, right, top, bottom }) => {
    const inset = (bottom - top) * 0.14;
    return [[left, top + inset], [right, top + inset], [right, bottom - inset], [left, bottom - inset]];
  };

  // A text that is turned has no upright box; that of its element is turned with it.
  const turned = (el) => { const to = el.getScreenCTM(); return Math.abs(to.b) > 1e-6 || Math.abs(to.c) > 1e-6; };
  const drawn = (el) => {
    const box = el.getBBox();
    const to = el.getScreenCTM();
    return corners({ left: box.x, right: box.x + box.width, top: box.y, bottom: box.y + box.height })
      .map(([x, y]) => [to.a * x + to.c * y + to.e, to.b * x + to.d * y + to.f]);
  };

  const texts = [];
  const walker = document.createTreeWalker(document.body ?? document.documentElement, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.checkVisibility() ? NodeFilter.FILTER_SKIP : NodeFilter.FILTER_REJECT;
  });
  const range = document.createRange();
  let walked = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    if (!node.data.trim() || !visible(el)) continue;
    const add = (shape) => {
      const xs = shape.map((p) => p[0]), ys = shape.map((p) => p[1]);
      const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
      if (box.right - box.left < 1 || !shown(box, el)) return;
      texts.push({ node, shape, box, layer: layer(el), text: node.data.trim().replace(/\s+/g, " ").slice(0, 40) });
    };
    const text = el.closest("text");
    if (text && turned(text)) {
      if (walked !== text) add(drawn(text)); // once for all words in it
      walked = text;
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
