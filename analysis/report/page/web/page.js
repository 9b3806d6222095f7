// Page shows the list or one run, as the address says: #reset-on-read,
// #reset-on-read/step-5, #reset-on-read/s6 for a segment, /e5 for a call.
class Page {
  constructor() {
    this.root = document.documentElement;
    this.articles = all("article.run");
    this.single = this.root.classList.contains("single");
    this.runs = new Map();
    this.quiz = new Quiz();
    this.time = false; // which axis
    this.player = null;
  }

  find(name) { return this.articles.find((a) => a.dataset.slug === name || a.id === name); }

  // route follows the address.
  route(first) {
    let hash = location.hash.slice(1);
    try { hash = decodeURIComponent(hash); } catch { /* a stray % stands for itself */ }
    const [name, place] = hash.split("/");
    const article = this.find(name) ?? (this.single ? this.articles[0] : undefined);
    if (!article) {
      if (!first && hash && hash !== "index") return;
      this.leave();
      document.title = one("#index-title")?.textContent ?? document.title;
      return;
    }
    const fresh = this.show(article, first);
    const step = /^step-(\d+)$/.exec(place ?? "");
    if (step && Number(step[1]) !== this.player.p) this.player.go(Number(step[1]), true);
    else if (/^[es]\d+$/.test(place ?? "")) this.player.drawing.focus(place);
    else if (fresh && !place && !first) one("h1", article).focus({ preventScroll: true });
  }

  // show shows an article, and reports whether it was another one before.
  show(article, first) {
    if (this.player?.run.article === article) return false;
    this.leave();
    article.classList.add("shown");
    this.root.classList.add("reading");
    const run = this.runs.get(article) ?? new Run(article);
    this.runs.set(article, run);
    this.player = new Player(run, this.quiz);
    this.player.drawing.axis(this.time);
    this.player.pressed("axis", this.time);
    this.player.pressed("quiz", this.quiz.on);
    one("[data-action=quiz]", this.player.box).hidden = Object.keys(run.quiz).length === 0;
    this.player.go(this.quiz.on ? 0 : run.length, true);
    this.player.pressed("projector", this.root.classList.contains("projector"));
    this.name();
    if (!first) scrollTo(0, 0);
    return true;
  }

  leave() {
    this.player?.done();
    this.player?.run.article.classList.remove("shown");
    this.player = null;
    this.root.classList.remove("reading", "projector");
  }

  // name names the run that is shown, and its neighbours; the quiz does not, for
  // many a name is an answer.
  name() {
    const article = this.player.run.article;
    document.title = `${this.quiz.on ? "Quiz" : article.dataset.scenario} · rstwatch`;
    const at = this.articles.indexOf(article);
    for (const [selector, other] of [[".way .before", this.articles[at - 1]], [".way .after", this.articles[at + 1]]]) {
      const link = one(selector);
      if (!link) continue;
      link.hidden = !other;
      if (other) {
        link.href = `#${other.dataset.slug}`;
        link.title = this.quiz.on ? "" : other.dataset.scenario;
      }
    }
  }

  // act does what a button says, or a key.
  act(action) {
    const player = this.player;
    if (action === "theme") return this.theme();
    if (action === "help") return one("#help").open ? one("#help").close() : one("#help").showModal();
    if (!player) return;
    if (action !== "play" && action !== "axis") player.pause();
    switch (action) {
      case "play": return player.play();
      case "next": return player.go(player.p + 1);
      case "prev": return player.go(player.p - 1);
      case "first": return player.go(0);
      case "last": return player.go(player.run.length);
      case "axis":
        this.time = !this.time;
        player.drawing.axis(this.time);
        return player.pressed("axis", this.time);
      case "quiz":
        this.quiz.toggle();
        player.pressed("quiz", this.quiz.on);
        player.asks = 0;
        this.name();
        return player.go(this.quiz.on ? 0 : player.p);
      case "projector": return this.project(!this.root.classList.contains("projector"));
    }
  }

  theme() {
    const dark = this.root.dataset.theme ? this.root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    this.root.dataset.theme = dark ? "light" : "dark";
  }

  // project shows one thing at a time, large, and asks for the whole screen; a
  // browser may refuse that.
  project(on) {
    this.root.classList.toggle("projector", on);
    this.player.pressed("projector", on);
    if (on) this.root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    if (on && this.player.p === this.player.run.length) this.player.go(0);
    else this.player.render(true);
  }
}
