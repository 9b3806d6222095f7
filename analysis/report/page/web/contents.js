// The list of scenarios, and what of it is searched for.
function watchFilter() {
  const form = one("form.filter");
  if (!form) return;
  const lines = all("#index tr[data-run]").map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
    faults: row.dataset.faults.split(" "),
    chapter: row.closest(".chapter").dataset.chapter,
  }));
  const sift = () => {
    const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fault = form.elements.fault?.value ?? "", chapter = form.elements.chapter?.value ?? "";
    let found = 0;
    for (const line of lines) {
      const fits = words.every((word) => line.text.includes(word)) && (!fault || line.faults.includes(fault)) &&
        (!chapter || line.chapter === chapter);
      line.row.hidden = !fits;
      if (fits) found++;
    }
    for (const section of all("#index .chapter")) section.hidden = !one("tr[data-run]:not([hidden])", section);
    one(".found", form).textContent = `${found === lines.length ? "all" : found} of ${lines.length}`;
  };
  form.addEventListener("input", sift);
  form.addEventListener("submit", (event) => event.preventDefault());
  sift();
}
