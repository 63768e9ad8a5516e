// The list of filters, each with operators and a value that fit its column's type.
import { called } from "./api.js";
import { field, made, option } from "./parts.js";
import { input, read, write } from "./values.js";

const list = field("filters");
let dataset = null;

export function show(next) {
  dataset = next;
  list.replaceChildren();
}

const isTime = (column) => ["date", "datetime"].includes(column.type);

// The operators of a column, in the words for its type.
function operators(column, words) {
  const known = dataset.filters
    .filter((each) => each.column === column.name)
    .map((each) => each.operator);
  const kind = isTime(column) ? "time" : "number";
  const fits = (each) => (each.dataset.for ?? kind) === kind;
  return words.filter((each) => known.includes(each.value) && fits(each));
}

function fitted(part, open, words) {
  const column = open.find((each) => each.name === part("column").value);
  const kept = part("operator").value;
  const fitting = operators(column, words);
  part("operator").replaceChildren(...fitting);
  if (fitting.some((each) => each.value === kept)) part("operator").value = kept;
  const box = input(column, part("operator").value);
  const name = part("value-word").textContent;
  box.setAttribute("aria-label", `${name}: ${called(column.label)}`);
  part("value").replaceChildren(box);
}

export function add(name, operator, value) {
  const { item, part } = made("of-filter");
  const open = dataset.columns.filter((column) => column.filterable);
  part("column").append(
    ...open.map((column) => option(column.name, called(column.label))),
  );
  const words = [...part("operator").options];
  const fit = () => fitted(part, open, words);
  if (name) part("column").value = name;
  fit();
  if (operator) part("operator").value = operator;
  fit();
  if (value !== undefined) write(part("value").firstElementChild, value);
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
    if (known) add(known.column, Array.isArray(value) ? "in" : known.operator, value);
  }
}

// Filters without a value are still being written.
export function filters() {
  const found = {};
  for (const item of list.children) {
    const part = (key) => item.querySelector(`[data-part=${key}]`);
    const operator = part("operator").value;
    const column = part("column").value;
    const known = dataset.filters.find(
      (each) => each.column === column && each.operator === operator,
    );
    const value = read(part("value").firstElementChild);
    if (value !== undefined) found[known.name] = value;
  }
  return found;
}
