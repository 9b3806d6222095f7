// Lets mermaid parse and draw a diagram, and tells what came of it.
async (text) => {
  const out = { Error: "", Type: "", Actors: [], Lines: [], Notes: [], Foreign: [] };
  const usual = new Set("svg g rect text tspan line style defs symbol path marker circle polygon title desc".split(" "));
  const place = document.createElement("div");
  document.body.append(place);
  try {
    out.Type = (await mermaid.parse(text)).diagramType;
    place.innerHTML = (await mermaid.render("drawing", text, place)).svg;
    const words = (selector) => Array.from(place.querySelectorAll(selector), (el) => el.textContent.trim());
    out.Actors = words(".actor-top ~ text.actor-box");
    out.Lines = words(".messageText");
    out.Notes = words(".noteText");
    out.Foreign = Array.from(place.querySelectorAll("*"))
      .filter((el) => !usual.has(el.localName) || el.getAttributeNames().some((name) => /^on|href$/.test(name)))
      .map((el) => el.outerHTML.slice(0, 80));
  } catch (e) {
    out.Error = String(e.message || e);
  }
  place.remove();
  return out;
}
