// Steps through the runs of a page, and tells of each which elements with which
// attributes it had, and its player at each step and for each item.
async () => {
  const shape = (root) => Array.from(root.querySelectorAll("*"), (el) => el.localName + "[" + el.getAttributeNames().sort() + "]").join(" ");
  const out = [];
  for (const article of document.querySelectorAll("article.run")) {
    if (location.hash !== "#" + article.dataset.slug) {
      const there = new Promise((done) => addEventListener("hashchange", done, { once: true }));
      location.hash = article.dataset.slug;
      await there;
    }
    const press = (action) => article.querySelector(`[data-action="${action}"]`).click();
    press("first");
    const shapes = [shape(article)];
    const player = article.querySelector("[data-step]").closest("section");
    const length = Number(article.querySelector("[data-steps]").textContent);
    for (let i = 0; i <= length; i++) {
      shapes.push(shape(player));
      press("next");
    }
    for (const item of article.querySelectorAll("[data-item][tabindex]")) {
      item.focus();
      shapes.push(shape(player));
    }
    out.push(shapes);
  }
  return out;
}
