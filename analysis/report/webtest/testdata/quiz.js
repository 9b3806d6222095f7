// Goes through the quiz of one run and tells what was asked: the call, what the
// page and the drawing of the call were named and marked then, the choices, what
// was said of the answers, and before the first answer every text of the run that
// could be read, but for the choices. Calls are answered by
// what answers says of them, and all others by the first choice.
(slug, answers) => {
  const article = document.querySelector(`[data-slug="${CSS.escape(slug)}"]`);
  const one = (selector) => article.querySelector(selector);
  const press = (action) => one(`[data-action="${action}"]`).click();
  const read = () => {
    const words = [];
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const el = node.parentElement;
      if (el.closest("[data-quiz-answers], script, style")) continue;
      if (el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) words.push(node.data);
    }
    const labels = Array.from(article.querySelectorAll("[aria-label], [title]"))
      .filter((el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      .flatMap((el) => [el.getAttribute("aria-label") ?? "", el.getAttribute("title") ?? ""]);
    return words.concat(labels).map((text) => text.trim()).filter(Boolean);
  };
  const out = { Asked: [], Before: [], Last: 0 };
  if (one('[data-action="quiz"]').getAttribute("aria-pressed") !== "true") press("quiz");
  press("first");
  const length = Number(one("[data-steps]").textContent);
  for (let i = 0; i <= 2 * length; i++) {
    const panel = one("[data-quiz-call]");
    if (panel) {
      const item = panel.dataset.quizCall;
      if (out.Asked.length === 0) out.Before = read();
      const drawn = Array.from(article.querySelectorAll(`.drawing [data-item="${item}"], .drawing :is(.chain, .link, .g)`))
        .filter((el) => el.checkVisibility({ visibilityProperty: true }));
      const names = drawn.map((el) => el.matches("[data-item]") ? `${el.getAttribute("aria-label") ?? el.querySelector("title")?.textContent} (${el.getAttribute("class")})` : "a link of the chain");
      const heard = panel.contains(document.activeElement);
      const at = one("[data-step]").textContent;
      press("next"); // nobody gets past a question
      const choices = Array.from(panel.querySelectorAll("[data-answer]"), (el) => el.dataset.answer);
      const answer = answers[item] ?? choices[0];
      const stayed = one("[data-step]").textContent === at;
      Array.from(panel.querySelectorAll("[data-answer]")).find((el) => el.dataset.answer === answer)?.click();
      const result = one("[data-quiz-result]");
      out.Asked.push({
        Item: item, Named: [document.title, ...names], Heard: heard, Choices: choices, Answer: answer, Stayed: stayed,
        Result: result.dataset.quizResult, Says: result.textContent, Score: one("[data-quiz-score]").textContent,
      });
    }
    if (Number(one("[data-step]").textContent) === length && !one("[data-quiz-call]")) break;
    press("next");
  }
  out.Last = Number(one("[data-step]").textContent);
  return out;
}
