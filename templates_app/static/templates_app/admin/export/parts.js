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

// A time without its zone, which is UTC, as the API takes it, and back.
export const moment = (text) => `${text}${text.length === 16 ? ":00" : ""}Z`;
export function local(text) {
  const at = new Date(text);
  return Number.isNaN(at.valueOf()) ? "" : at.toISOString().slice(0, 19);
}

// What the server tells the page: businesses with clearances, rates, what to begin with.
export const facts = JSON.parse(field("kyb-facts").textContent);
