// Steps through the runs of a page with the button for it, and tells what it
// showed of each: of every step the ladder, both kernels' states, and what
// TCP_INFO said.
async () => {
  const out = [];
  for (const article of document.querySelectorAll("article.run")) {
    const run = { Scenario: article.dataset.scenario, Steps: [] };
    out.push(run);
    if (location.hash !== "#" + article.dataset.slug) {
      const there = new Promise((done) => addEventListener("hashchange", done, { once: true }));
      location.hash = article.dataset.slug;
      await there;
    }
    const press = (action) => article.querySelector(`[data-action="${action}"]`).click();
    const number = (selector) => Number(article.querySelector(selector).textContent);
    press("first");
    run.First = number("[data-step]");
    const length = number("[data-steps]");
    for (let i = 1; i <= length; i++) {
      press("next");
      const ends = [0, 1].map((edge) => {
        const end = article.querySelector(`[data-state="${edge}"]`);
        return {
          States: Array.from(end.querySelectorAll("[data-tcp]"), (el) => el.dataset.tcp),
          Shown: Array.from(end.querySelectorAll("[data-tcp]"), (el) => (el.checkVisibility() ? el.textContent : "")),
          Heard: end.querySelector("[data-heard]")?.textContent ?? "",
        };
      });
      run.Steps.push({
        Number: number("[data-step]"),
        Ladder: Number(article.querySelector("[data-ladder-now]").dataset.ladderNow),
        Says: article.querySelector("[data-say]").textContent,
        Ends: ends,
      });
    }
    press("next"); // there is none
    run.Last = number("[data-step]");
  }
  return out;
}
