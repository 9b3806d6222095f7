// The keys, the buttons, and the beginning.
const keys = {
  " ": "play", ArrowRight: "next", ArrowLeft: "prev", Home: "first", End: "last",
  t: "axis", q: "quiz", p: "projector", d: "theme", "?": "help",
};

const page = new Page();

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-action]");
  if (button) return page.act(button.dataset.action);
  const link = event.target.closest?.("a[href^='#']");
  if (link && link.hash === location.hash) page.route(false); // the address does not change, and still it leads there
});

document.addEventListener("keydown", (event) => {
  const target = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || target.closest?.("input, select, textarea, dialog")) return;
  if (event.key === "Escape" && page.player && page.root.classList.contains("projector")) return page.project(false);
  if (event.key === " " && target.closest?.("button, a, summary")) return; // it presses that
  if (/^(Arrow|Home|End)/.test(event.key) && target.matches?.("pre, .drawing") && target.scrollWidth > target.clientWidth) return; // it scrolls that
  const way = { n: ".way .after", b: ".way .before" }[event.key];
  if (way) return one(`${way}:not([hidden])`)?.click();
  if (event.key === "/" && one("form.filter")) {
    event.preventDefault();
    if (page.player) {
      location.hash = "index";
      page.route(false); // now, and not once the page hears of it: what is not shown takes no focus
    }
    return one("form.filter input").focus();
  }
  if (/^[1-9]$/.test(event.key)) return all("[data-answer]", page.player?.box ?? target)[event.key - 1]?.click();
  const action = keys[event.key];
  if (!action || (!page.player && action !== "theme" && action !== "help")) return;
  event.preventDefault();
  page.act(action);
});

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement && page.player && page.root.classList.contains("projector")) page.project(false);
});
addEventListener("hashchange", () => {
  const followed = page.player?.settled === location.hash;
  if (page.player) page.player.settled = null;
  if (!followed) page.route(false); // else who has gone on since would be called back
});
addEventListener("beforeprint", () => { for (const words of all("details.script")) words.open = true; });

document.documentElement.classList.add("scripted");
watchFilter();
page.route(true);
