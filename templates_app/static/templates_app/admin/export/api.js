// The API, called with the session of whoever is at the page.
import { facts } from "./parts.js";

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

async function answer(request) {
  try {
    const got = await request;
    return { ok: got.ok, body: await got.json() };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return { ok: false, body: { error: { message: word("away"), details: [] } } };
  }
}

export const get = (path) => answer(fetch(path));

export function post(path, body, signal) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  return answer(
    fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal }),
  );
}

// The page's own words, in the person's language.
export function word(name, values = {}) {
  const words = document.getElementById("words").content;
  const text = words.querySelector(`[data-word=${name}]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

// What datasets and columns are called, in the person's language.
export const called = (text) => facts.names[text] ?? text;

export function number(value, form) {
  const language = document.documentElement.lang;
  return new Intl.NumberFormat(language, form).format(value);
}

// All that is wrong: each with its message, and maybe its field, line and column.
export function troubles(body) {
  const { message, details } = body.error;
  return details.length ? details : [{ message }];
}
