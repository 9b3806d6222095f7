// The cards with both kernels' sockets.

const shut = (socket) => (socket.r && socket.w ? "both" : socket.r ? "reading" : socket.w ? "writing" : "no");

// rows are what a card says of a socket below its state: the label, the value,
// and what goes without saying.
const rows = [
  ["pending error", (s) => (s.e ? s.e : "none"), "none", "error"],
  ["kept for a timer", (s) => (s.l ? s.l : "none"), "none", "error", true],
  ["unread", (s) => (s.u ? `${s.u} ${s.u === 1 ? "byte" : "bytes"}` : "nothing"), "nothing", "unread"],
  ["FIN received", (s) => (s.f ? "yes" : "no"), "no", "fin"],
  ["shut down", shut, "no", "shut"],
  ["app closed it", (s) => (s.o ? "yes" : "no"), "no", "held"],
  ["owes", (s) => s.x ?? "nothing", "nothing", "owes", true],
];

// fillState fills a card; veiled leaves out what would answer the quiz.
function fillState(card, name, sockets, before, heard, veiled) {
  const states = distinct(sockets.map((s) => s.t));
  const tcp = states.length
    ? between(" or ", states.map((t) => make("span", { "data-tcp": t, class: before.includes(t) || before.length === 0 ? null : "fresh" }, t)))
    : [make("span", { class: "nothing" }, "no socket known")];
  const facts = make("dl");
  for (const [label, value, usual, kind, rare] of rows) {
    const values = sockets.length ? distinct(sockets.map(value)) : ["–"];
    const plain = values.length === 1 && (values[0] === usual || values[0] === "–");
    if (rare && plain) continue;
    const hides = veiled && kind === "error";
    const text = hides ? "?" : values.join(" or ");
    facts.append(make("div", { class: plain || hides ? "usual" : kind }, make("dt", {}, label), make("dd", {}, text)));
  }
  facts.append(make("div", { class: !heard ? "usual" : states.includes(heard) ? "heard" : "error" }, make("dt", {}, "TCP_INFO"), make("dd", { "data-heard": Boolean(heard) }, heard || "not asked")));
  card.setAttribute("aria-label", `Kernel of ${name}`);
  card.classList.toggle("gone", sockets.length === 0);
  card.replaceChildren(
    make("h2", {}, name, make("small", {}, "’s kernel")),
    make("p", { class: "tcp" }, ...tcp),
    facts,
  );
}
