// The list of filters, each with operators and a value that fit its column's type.
import { word } from "./api.js";
import { field, made, option } from "./parts.js";

const list = field("filters");
const NUMBERS = ["integer", "decimal"];
const KINDS = { date: "date", integer: "number", decimal: "number" };
let dataset = null;

function input(column, operator) {
  if (operator === "isnull" || column.type === "boolean") {
    return chooser([["true", word("yes")], ["false", word("no")]]);
  }
  if (column.choices && ["equal", "not"].includes(operator)) {
    return chooser(column.choices.map((each) => [each, each]));
  }
  const box = document.createElement("input");
  box.type = operator === "in" ? "text" : (KINDS[column.type] ?? "text");
  if (box.type === "number") box.step = column.type === "decimal" ? "any" : "1";
  if (column.type === "datetime") box.placeholder = "2026-01-31T00:00:00Z";
  return box;
}

function chooser(pairs) {
  const box = document.createElement("select");
  box.append(...pairs.map(([value, text]) => option(value, text)));
  return box;
}

export function show(next) {
  dataset = next;
  list.replaceChildren();
}

export function add(name, operator, value) {
  const { item, part } = made("of-filter");
  const open = dataset.columns.filter((column) => column.filterable);
  part("column").append(...open.map((column) => option(column.name, column.label)));
  const words = [...part("operator").options];
  const fit = () => {
    const column = open.find((each) => each.name === part("column").value);
    const known = dataset.filters
      .filter((each) => each.column === column.name)
      .map((each) => each.operator);
    const kept = part("operator").value;
    part("operator").replaceChildren(...words.filter((each) => known.includes(each.value)));
    if (known.includes(kept)) part("operator").value = kept;
    const box = input(column, part("operator").value);
    box.className = "kyb-input";
    box.dataset.type = column.type;
    part("value").replaceChildren(box);
  };
  if (name) part("column").value = name;
  fit();
  if (operator) part("operator").value = operator;
  fit();
  if (value !== undefined) part("value").firstElementChild.value = String(value);
  part("column").addEventListener("change", fit);
  part("operator").addEventListener("change", fit);
  part("drop").addEventListener("click", () => {
    item.remove();
    field("add-filter").focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
  list.append(item);
  return part("column");
}

// What a saved spec holds: ``column`` or ``column_operator``, as the API names them.
export function restore(saved) {
  for (const [name, value] of Object.entries(saved)) {
    const known = dataset.filters.find((each) => each.name === name);
    if (known) {
      const isList = Array.isArray(value);
      add(known.column, isList ? "in" : known.operator, isList ? value.join(", ") : value);
    }
  }
}

function read(text, type, operator) {
  if (operator === "isnull" || type === "boolean") return text === "true";
  if (operator === "in") return text.split(",").map((each) => read(each.trim(), type));
  return NUMBERS.includes(type) && text !== "" ? Number(text) : text;
}

// Filters without a value are still being written.
export function filters() {
  const found = {};
  for (const item of list.children) {
    const part = (key) => item.querySelector(`[data-part=${key}]`);
    const box = part("value").firstElementChild;
    const operator = part("operator").value;
    const column = part("column").value;
    const known = dataset.filters.find(
      (each) => each.column === column && each.operator === operator,
    );
    if (box.value !== "") found[known.name] = read(box.value, box.dataset.type, operator);
  }
  return found;
}
