// Player steps through the run that is shown. There is one at a time: it is made
// when an article is shown and taken away with it.
class Player {
  constructor(run, quiz) {
    this.run = run;
    this.quiz = quiz;
    this.drawing = new Drawing(run);
    this.box = one("#player").content.cloneNode(true).firstElementChild;
    one(".seat", run.article).append(this.box);
    one("[data-steps]", this.box).textContent = run.length;
    this.panel = one(".quiz", this.box);
    this.timer = 0;
    this.seen = null; // the item that is pointed at
    this.pinned = null; // the item whose detail stays
    this.asks = 0; // the position that a question stands before, 0 for none
    this.watch();
  }

  // watch shows the detail of what is pointed at or has the focus.
  watch() {
    this.leave = new AbortController();
    const on = (type, act) => this.run.article.addEventListener(type, act, { signal: this.leave.signal });
    const item = (event) => {
      const group = event.target.closest?.(".drawing [data-item]");
      return group ? Drawing.item(group) : null;
    };
    on("pointerover", (event) => this.look(item(event) ?? this.pinned));
    on("focusin", (event) => {
      if (item(event) === null) return;
      this.pinned = item(event);
      this.look(this.pinned);
    });
    on("focusout", (event) => {
      if (item(event) === null || event.relatedTarget?.closest?.(".detail")) return;
      this.pinned = null;
      this.look(null);
    });
  }

  // look shows an item, or where that is null what happens at the moment.
  look(item) {
    if (item === this.seen) return;
    this.seen = item;
    this.drawing.light(item);
    this.detail();
  }

  detail() {
    const item = this.seen ?? this.run.step(this.p)?.item;
    fillDetail(one(".detail", this.box), this.run, item, this.p, this.quiz.on);
  }

  // go goes to a position, from 0, before the first step, to the number of steps.
  // The quiz lets nobody pass a question that has no answer.
  go(p, quietly) {
    p = Math.max(0, Math.min(p, this.run.length));
    let asks = 0;
    for (let i = 1; i <= p && !asks; i++) if (this.quiz.open(this.run, i)) asks = i;
    if (asks) p = asks - 1;
    this.p = p;
    if (!quietly) { // what happens now is what is looked at
      this.pinned = null;
      this.look(null);
    }
    if (asks !== this.asks || !asks) this.ask(asks);
    this.render(!quietly);
    if (asks && !quietly) this.panel.focus(); // so that it is seen, and read out
    if (!quietly) this.address();
    if (asks || p === this.run.length) this.pause();
  }

  // address makes the address lead to where one is, once nobody moves on:
  // browsers allow few changes a second.
  address() {
    clearTimeout(this.settling);
    const here = location.hash; // whoever follows a link meanwhile is not called back
    this.settling = setTimeout(() => {
      const there = `#${this.run.slug}/step-${this.p}`;
      if (location.hash !== here || there === here) return;
      this.settled = there;
      location.replace(there);
    }, 300);
  }

  ask(asks) {
    this.asks = asks;
    if (asks) this.quiz.ask(this.panel, this.run, asks, (answer) => this.answer(answer));
    else this.quiz.close(this.panel);
  }

  answer(answer) {
    const p = this.asks;
    if (!p || !this.quiz.open(this.run, p)) return;
    this.asks = 0;
    this.p = p;
    this.quiz.grade(this.panel, this.run, p, answer);
    this.render(true);
    this.panel.lastElementChild.scrollIntoView({ block: "nearest" }); // last, for it is what is looked at
    this.address();
    one("[data-action=next]", this.box).focus({ preventScroll: true });
  }

  render(moving) {
    const { run, p, box } = this;
    const step = run.step(p);
    const ladder = step?.ladder ?? 0;
    box.dataset.ladderNow = ladder;
    box.dataset.item = step?.item ?? "";
    one("[data-step]", box).textContent = p;
    one("[data-at]", box).textContent = run.at(p);
    const says = this.quiz.on ? run.says(p) : [run.says(p), run.does(p)].filter(Boolean).join(" ");
    if (one("[data-say]", box).textContent !== says) one("[data-say]", box).textContent = says;
    const states = run.states(ladder, p), before = run.states(ladder, p - 1);
    for (const edge of [0, 1]) {
      const heard = step && step.edge === edge ? step.heard : "";
      fillState(one(`[data-state="${edge}"]`, box), run.ladders[ladder][edge], states[edge],
        before[edge].map((s) => s.t), heard, this.quiz.on);
    }
    for (const line of run.lines) line.removeAttribute("aria-current");
    run.lines[p - 1]?.setAttribute("aria-current", "step");
    const veiled = this.quiz.on && p < run.length;
    run.article.classList.toggle("quizzing", this.quiz.on);
    run.article.classList.toggle("veil", veiled);
    this.drawing.show(p, moving, veiled);
    this.detail();
    for (const [action, off] of [["first", p === 0], ["prev", p === 0], ["next", p === run.length], ["last", p === run.length]]) {
      one(`[data-action=${action}]`, box).setAttribute("aria-disabled", off);
    }
  }

  get playing() { return this.timer !== 0; }

  play() {
    if (this.playing) return this.pause();
    if (this.p === this.run.length) this.go(0);
    this.timer = setInterval(() => this.go(this.p + 1), 1600);
    this.pressed("play", true);
    this.go(this.p + 1);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.pressed("play", false);
  }

  pressed(action, on) {
    one(`[data-action=${action}]`, this.box).setAttribute("aria-pressed", on);
  }

  // done takes the player away, and leaves the drawing as it was.
  done() {
    this.pause();
    clearTimeout(this.settling);
    this.leave.abort();
    this.drawing.light(null);
    this.drawing.show(this.run.length, false, false);
    this.run.article.classList.remove("quizzing", "veil");
    this.box.remove();
  }
}
