// Names all elements that can have the focus, or tells which has it and whether
// anything shows that: it, or something in it, has an outline, or looks otherwise
// than without the focus.
(list) => {
  const name = (el) => {
    const path = [];
    for (let e = el; e && e !== document.body; e = e.parentElement) {
      path.unshift(e.id ? "#" + e.id : `${e.localName}:nth-child(${[...e.parentElement.children].indexOf(e) + 1})`);
      if (e.id) break;
    }
    return path.join(" > ");
  };
  if (list) {
    const can = 'a[href], button:not([disabled]), input, select, summary, [tabindex="0"]';
    return [...document.querySelectorAll(can)].filter((el) => el.checkVisibility({ visibilityProperty: true }) && el.tabIndex >= 0).map(name);
  }
  const el = document.activeElement;
  if (!el || el === document.body || el === document.documentElement) return { Name: "", Plain: false };
  const parts = [el, ...el.querySelectorAll("*")];
  const kept = ["outlineStyle", "outlineWidth", "outlineColor", "stroke", "strokeWidth", "fill", "opacity", "visibility", "backgroundColor", "color", "boxShadow", "textDecorationLine"];
  const look = () => parts.map((e) => { const style = getComputedStyle(e); return kept.map((k) => style[k]).join(); }).join("|");
  const outlined = parts.some((e) => { const style = getComputedStyle(e); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0; });
  if (outlined) return { Name: name(el), Plain: false };
  const focused = look();
  el.blur();
  const plain = look() === focused;
  el.focus();
  return { Name: name(el), Plain: plain };
}
