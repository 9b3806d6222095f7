// Quiz asks what a call will return before it does. Its score goes on from one
// scenario to the next.
class Quiz {
  constructor() {
    this.on = false;
    this.reset();
  }

  reset() {
    this.right = 0;
    this.asked = 0;
    this.answered = new Map(); // by run and call: what was answered
  }

  toggle() {
    this.on = !this.on;
    if (this.on) this.reset();
  }

  key(run, p) { return `${run.slug}/${run.step(p)?.item}`; }

  // open reports whether position p may not be reached before an answer.
  open(run, p) { return this.on && run.question(p) !== undefined && !this.answered.has(this.key(run, p)); }

  // ask fills the panel with the question before position p.
  ask(panel, run, p, answer) {
    const q = run.question(p);
    panel.hidden = false;
    panel.dataset.quizCall = run.step(p).item;
    one("[data-quiz-ask]", panel).textContent = q.ask;
    one("[data-quiz-answers]", panel).replaceChildren(...q.of.map((choice, i) =>
      make("button", { type: "button", "data-answer": choice }, make("kbd", { "aria-hidden": "true" }, String(i + 1)), choice === "ok" ? "success" : choice)));
    for (const button of all("[data-answer]", panel)) button.addEventListener("click", () => answer(button.dataset.answer));
    const result = one("[data-quiz-result]", panel);
    result.dataset.quizResult = "";
    result.replaceChildren();
    this.tally(panel);
  }

  // grade grades the answer to the question before position p, and explains.
  grade(panel, run, p, answer) {
    const q = run.question(p);
    const right = answer === q.a;
    this.answered.set(this.key(run, p), answer);
    this.asked++;
    if (right) this.right++;
    for (const button of all("[data-answer]", panel)) {
      button.disabled = true;
      button.classList.toggle("right", button.dataset.answer === q.a);
      button.classList.toggle("wrong", button.dataset.answer === answer && !right);
    }
    const result = one("[data-quiz-result]", panel);
    result.dataset.quizResult = right ? "right" : "wrong";
    result.replaceChildren(
      make("p", { class: "grade" }, right ? "Right: " : "Wrong: ", q.says),
      ...q.why.map((sentence) => make("p", {}, sentence)));
    this.tally(panel);
  }

  tally(panel) {
    const score = one("[data-quiz-score]", panel);
    score.textContent = `${this.right} of ${this.asked}`;
    score.parentElement.hidden = this.asked === 0;
  }

  close(panel) {
    delete panel.dataset.quizCall;
    panel.hidden = !this.on || this.asked === 0;
    one("[data-quiz-ask]", panel).textContent = "";
    one("[data-quiz-answers]", panel).replaceChildren();
    const result = one("[data-quiz-result]", panel);
    result.dataset.quizResult = "";
    result.replaceChildren();
    this.tally(panel);
  }
}
