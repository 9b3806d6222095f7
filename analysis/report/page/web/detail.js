// The detail of a call, a segment or a state: what is known of it, its octets,
// and links to what it was caused by and what it caused.

// dump writes octets as people are used to read them: offset, hexadecimal, text.
function dump(base64) {
  const octets = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const lines = [];
  for (let at = 0; at < octets.length; at += 8) {
    const row = [...octets.subarray(at, at + 8)];
    const hex = row.map((b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(23);
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex}  ${row.map((b) => (b > 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("")}`);
  }
  return lines.join("\n");
}

// relations links the items that an item was caused by, or caused.
function relations(run, label, items) {
  const known = (items ?? []).filter((i) => run.items[i]);
  if (!known.length) return null;
  return make("div", { class: "relation" }, make("h3", {}, label),
    make("ul", {}, ...known.map((i) => make("li", {}, make("a", { href: `#${run.slug}/${i}` }, run.items[i].h)))));
}

const facts = (list) => make("dl", {}, ...list.map(([label, value]) =>
  make("div", {}, make("dt", {}, label), make("dd", { class: /error$|^told by$/.test(label) ? "code" : null }, value))));

// goTo leads to the moment of an item, unless that is now.
const goTo = (run, to, p) => (to && to !== p ? make("p", { class: "goto" }, make("a", { href: `#${run.slug}/step-${to}` }, `Go to step ${to}`)) : null);

// fillDetail shows an item; veiled leaves out what would answer the quiz.
function fillDetail(box, run, item, p, veiled) {
  const state = /^(\d+)\/k([01])-(\d+)$/.exec(item ?? "");
  const known = run.items[item];
  const [from, to] = run.spans.get(item) ?? [0, 0];
  const parts = [];
  if (state) {
    parts.push(...stateDetail(run, Number(state[1]), Number(state[2]), Number(state[3]), p, veiled));
  } else if (known && !(veiled && to > p)) {
    parts.push(make("h2", {}, known.h), p === to ? null : goTo(run, from, p),
      veiled ? null : relations(run, "Caused by", known.c),
      veiled ? null : relations(run, "Caused", known.x),
      facts(known.rows.filter(([label]) => !veiled || !["effect", "reason", "rules"].includes(label))),
      known.raw ? make("details", { class: "octets" }, make("summary", {}, "Octets of the frame"),
        make("pre", { tabindex: "0", role: "region", "aria-label": "Octets of the frame" }, dump(known.raw))) : null);
  }
  box.replaceChildren(...parts.filter(Boolean));
  box.hidden = parts.length === 0;
}

// stateDetail tells what a kernel's socket is from a step of its ladder on.
function stateDetail(run, ladder, edge, step, p, veiled) {
  const at = run.places[ladder][step] ?? 0;
  const sockets = run.states(ladder, at)[edge];
  const card = make("div");
  fillState(card, run.ladders[ladder][edge], sockets, [], "", veiled);
  return [make("h2", {}, `${run.ladders[ladder][edge]}: ${distinct(sockets.map((s) => s.t)).join(" or ") || "no socket known"}`), goTo(run, at, p),
    veiled || !at ? null : relations(run, "Since", [run.step(at).item]), one("dl", card)];
}
