// Pieces of the page that are made of its templates.
export function made(name) {
  const item = document.getElementById(name).content.firstElementChild.cloneNode(true);
  const part = (key) => item.querySelector(`[data-part=${key}]`);
  return { item, part };
}

export function option(value, text = value) {
  return new Option(text, value);
}

export const field = (id) => document.getElementById(id);

// What the server tells the page: businesses with clearances, rates, what to begin with.
export const facts = JSON.parse(field("kyb-facts").textContent);
