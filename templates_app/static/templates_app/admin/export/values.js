// The box of a filter's value, as it fits a column's type and the operator.
import { called, word } from "./api.js";
import { local, moment, option } from "./parts.js";

const NUMBERS = ["integer", "decimal"];
const KINDS = {
  date: "date",
  datetime: "datetime-local",
  integer: "number",
  decimal: "number",
};

export function input(column, operator) {
  const box = kind(column, operator);
  box.dataset.type = column.type;
  box.dataset.operator = operator;
  if (box.tagName !== "DIV") box.className = "kyb-input";
  return box;
}

function kind(column, operator) {
  if (operator === "isnull") return chooser([["true", word("yes")], ["false", word("no")]]);
  if (operator === "in") return column.choices ? checks(column.choices) : lines();
  if (column.choices && ["equal", "not"].includes(operator)) {
    return chooser(column.choices.map((each) => [each, called(each)]));
  }
  const box = document.createElement("input");
  box.type = KINDS[column.type] ?? "text";
  if (box.type === "number") box.step = column.type === "decimal" ? "any" : "1";
  if (column.type === "datetime") box.step = "1";
  return box;
}

function chooser(pairs) {
  const box = document.createElement("select");
  box.append(...pairs.map(([value, text]) => option(value, text)));
  return box;
}

function lines() {
  const box = document.createElement("textarea");
  box.rows = 3;
  box.placeholder = word("lines");
  return box;
}

function checks(choices) {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  for (const each of choices) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    label.className = "kyb-check";
    box.type = "checkbox";
    box.value = each;
    label.append(box, ` ${called(each)}`);
    group.append(label);
  }
  return group;
}

export function write(box, value) {
  const given = (Array.isArray(value) ? value : [value]).map(String);
  const found = box.querySelectorAll("[type=checkbox]");
  for (const each of found) each.checked = given.includes(each.value);
  if (found.length) return;
  box.value = box.type === "datetime-local" ? local(given[0]) : given.join("\n");
}

function one(text, type) {
  if (NUMBERS.includes(type)) return Number(text);
  return text;
}

// What is in the box, as the API takes it; undefined while there is nothing.
export function read(box) {
  const { type, operator } = box.dataset;
  if (operator === "in") {
    const marked = [...box.querySelectorAll(":checked")].map((each) => each.value);
    const texts = box.value === undefined ? marked : box.value.split("\n");
    const found = texts.map((each) => each.trim()).filter(Boolean);
    return found.length ? found.map((each) => one(each, type)) : undefined;
  }
  if (box.value === "") return undefined;
  if (operator === "isnull") return box.value === "true";
  return box.type === "datetime-local" ? moment(box.value) : one(box.value, type);
}
