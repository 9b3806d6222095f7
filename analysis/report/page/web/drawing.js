// Drawing is the ladders of a run: it dims what has not happened, lights what
// caused what, and moves everything between the two axes. The package svg says
// what a drawing is made of.
class Drawing {
  constructor(run) {
    this.run = run;
    this.figures = all(".drawing", run.article);
    this.parts = []; // every group: its item, and the positions at which it appears and is over
    this.groups = new Map(); // by item
    for (const figure of this.figures) {
      const places = run.places[figure.dataset.ladder];
      for (const group of all("[data-item]", figure)) {
        const steps = group.dataset.step.split(",").map((step) => places[step] ?? 0);
        const item = Drawing.item(group);
        const marks = ["fault", "chain"].filter((mark) => group.classList.contains(mark));
        this.parts.push({ group, item, marks, from: steps[0], to: group.classList.contains("call") ? steps[steps.length - 1] : steps[0] });
        this.groups.set(item, group);
      }
    }
    this.links = all(".drawing [data-from]", run.article).map((link) => [link, run.spans.get(link.dataset.to)?.[1] ?? 0]);
  }

  // item is what a group shows: "e5", "s6", or of a state, which is one of its
  // ladder, "0/k1-7".
  static item(group) {
    const item = group.dataset.item;
    return item.startsWith("k") ? `${group.closest(".drawing").dataset.ladder}/${item}` : item;
  }

  // show draws position p; all of it stands at the end. Of a call that waits
  // nothing tells how it will end, not its name either; veiled leaves out also
  // the chain.
  show(p, moving, veiled) {
    const now = this.run.step(p)?.item;
    for (const { group, item, marks, from, to } of this.parts) {
      const waiting = from <= p && to > p;
      group.classList.toggle("future", from > p);
      group.classList.toggle("waiting", waiting);
      group.classList.toggle("now", item === now && p < this.run.length);
      for (const mark of marks) group.classList.toggle(mark, mark === "fault" ? !waiting : !veiled);
      if (waiting) group.setAttribute("aria-label", this.run.says(from));
      else group.removeAttribute("aria-label");
    }
    for (const [link, from] of this.links) link.classList.toggle("future", from > p);
    for (const figure of this.figures) figure.classList.toggle("stepping", p < this.run.length);
    if (moving && now) this.reveal(now);
  }

  // reveal scrolls to an item unless it can be seen well.
  reveal(item) {
    const group = this.groups.get(item);
    if (!group) return;
    const box = group.getBoundingClientRect();
    if (box.top >= innerHeight * 0.12 && box.bottom <= innerHeight * 0.75) return;
    group.scrollIntoView({ block: "center", inline: "nearest", behavior: calm() ? "auto" : "smooth" });
  }

  // light lights an item and all that led to it and came of it; null for none.
  light(item) {
    for (const group of all(".drawing :is(.lit, .cause, .effect)", this.run.article)) group.classList.remove("lit", "cause", "effect");
    const known = item !== null && this.groups.has(item);
    for (const figure of this.figures) figure.classList.toggle("focusing", known);
    if (!known) return;
    const causes = this.run.reach(item, "c"), effects = this.run.reach(item, "x");
    this.groups.get(item).classList.add("lit");
    for (const cause of causes) this.groups.get(cause)?.classList.add("cause");
    for (const effect of effects) this.groups.get(effect)?.classList.add("effect");
    const chain = new Set([item, ...causes, ...effects]);
    for (const [link] of this.links) link.classList.toggle("lit", chain.has(link.dataset.from) && chain.has(link.dataset.to));
  }

  // axis draws rows in order, or in true time.
  axis(time) {
    const axis = time ? 1 : 0;
    for (const drawing of this.figures.map((figure) => one("svg", figure))) {
      if (drawing.classList.contains("time") === time) continue;
      drawing.classList.toggle("time", time);
      const height = drawing.dataset.height.split(",")[axis];
      drawing.setAttribute("viewBox", `0 0 ${drawing.dataset.width} ${height}`);
      for (const group of all("[data-y]", drawing)) {
        group.setAttribute("transform", `translate(0 ${group.dataset.y.split(",")[axis]})`);
        if (!group.dataset.h) continue;
        const extent = group.dataset.h.split(",")[axis];
        one(".b", group)?.setAttribute("height", extent);
        one(".z", group)?.setAttribute("transform", `translate(0 ${extent})`);
      }
    }
  }

  focus(item) {
    this.groups.get(item)?.focus({ preventScroll: true });
    this.reveal(item);
  }
}
