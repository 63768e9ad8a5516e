// The columns that rows are sorted by, the first first.
import { called } from "./api.js";
import { field, made, option } from "./parts.js";

const list = field("sorts");
let sortable = [];

export function add(name, direction = "asc") {
  const { item, part } = made("of-sort");
  part("column").append(
    ...sortable.map((column) => option(column.name, called(column.label))),
  );
  if (name) part("column").value = name;
  part("direction").value = direction;
  part("drop").addEventListener("click", () => {
    item.remove();
    field("add-sort").focus();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
  list.append(item);
  return part("column");
}

// A sign of its own beats the order that a saved spec has for all.
export function show(dataset, saved, order = "asc") {
  sortable = dataset.columns.filter((column) => column.sortable);
  list.replaceChildren();
  for (const each of saved ?? []) {
    const sign = { "-": "desc", "+": "asc" }[each[0]];
    add(each.replace(/^[+-]/, ""), sign ?? order);
  }
}

export function sorts() {
  return [...list.children].map((item) => {
    const part = (key) => item.querySelector(`[data-part=${key}]`).value;
    return `${part("direction") === "desc" ? "-" : ""}${part("column")}`;
  });
}
