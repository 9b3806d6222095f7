// Finding and making elements. Text is only ever set as text: nothing here
// parses markup.
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// between puts a word between elements: A, "or", B.
const between = (word, list) => list.flatMap((element, i) => (i ? [word, element] : [element]));

const distinct = (list) => [...new Set(list)];
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
