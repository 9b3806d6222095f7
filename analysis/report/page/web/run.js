// Run is what one article holds: the steps of its ladders in one order, what
// each call and segment is, and the questions of the quiz. It is read when the
// article is first shown.
class Run {
  constructor(article) {
    this.article = article;
    this.slug = article.dataset.slug;
    const data = JSON.parse(one("script.data", article).textContent);
    this.ladders = data.ladders;
    this.sockets = data.sockets;
    this.items = data.items;
    this.quiz = data.quiz;
    this.lines = all("ol.steps > li", article);
    this.spans = new Map(); // by item: the positions at which it appears and at which it is over
    this.places = this.ladders.map(() => []); // by ladder and step of the ladder: the position
    this.steps = data.steps.map(([ladder, place, item, edge, ends, left, right, heard], i) => {
      this.places[ladder][place] = i + 1;
      const span = this.spans.get(item);
      if (span) span[1] = i + 1;
      else this.spans.set(item, [i + 1, i + 1]);
      return { ladder, item, edge, ends, states: [left, right], heard };
    });
  }

  get length() { return this.steps.length; }

  // step returns what happened last at position p, null before the first.
  step(p) { return p > 0 ? this.steps[p - 1] : null; }

  // states returns what each end's socket of a ladder can be at position p.
  states(ladder, p) {
    for (let i = p; i > 0; i--) {
      if (this.steps[i - 1].ladder === ladder) return this.steps[i - 1].states.map((list) => list.map((n) => this.sockets[n]));
    }
    return [[], []];
  }

  // says is the sentence of a step, and what it did to its receiver.
  says(p) { return p > 0 ? one(".say", this.lines[p - 1]).textContent : this.length ? "Nothing has happened yet." : "Nothing was seen of it."; }
  does(p) { return p > 0 ? one(".does", this.lines[p - 1])?.textContent ?? "" : ""; }
  at(p) { return p > 0 ? one(".at", this.lines[p - 1]).textContent : ""; }

  // since is the item that brought a state about.
  since(state) {
    const [, ladder, step] = /^(\d+)\/k[01]-(\d+)$/.exec(state) ?? [];
    return this.step(this.places[ladder]?.[step] ?? 0)?.item;
  }

  // reach follows the causes of an item, or its effects, to their end. A state
  // has causes only.
  reach(item, way) {
    const seen = new Set([item]);
    if (way === "c" && this.since(item)) seen.add(this.since(item));
    for (const i of seen) for (const j of this.items[i]?.[way] ?? []) seen.add(j);
    seen.delete(item);
    return seen;
  }

  // question is what the quiz asks before position p is reached, undefined if
  // nothing.
  question(p) {
    const step = this.step(p);
    return step && step.ends ? this.quiz[step.item] : undefined;
  }
}
