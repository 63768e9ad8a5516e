// The list of columns: which, in which order, under which label, how treated.
import { field, made } from "./parts.js";

const CLASSES = ["public", "internal", "personal", "sensitive"];
const list = field("columns");
let dragged = null;

const isOpen = (column, clearance) =>
  CLASSES.indexOf(column.class) <= CLASSES.indexOf(clearance);

function row(column, clearance, chosen) {
  const { item, part } = made("of-column");
  const given = chosen.find((each) => each.name === column.name);
  item.dataset.name = column.name;
  part("title").textContent = column.label;
  part("title").title = column.description;
  part("kind").textContent = column.type;
  part("class").textContent = column.class;
  part("chosen").dataset.open = isOpen(column, clearance);
  part("chosen").checked = chosen.length ? Boolean(given) : isOpen(column, clearance);
  for (const each of part("transform").querySelectorAll("[data-for]")) {
    if (!each.dataset.for.split(" ").includes(column.type)) each.remove();
  }
  part("label").value = given?.label ?? "";
  if (typeof given?.transform === "string") transformed(part, given.transform);
  listen(item, part, column.label);
  return item;
}

function transformed(part, text) {
  const [name, ...rest] = text.split(":");
  part("transform").value = rest.length ? `${name}:` : name;
  part("argument").value = rest.join(":");
}

function listen(item, part, label) {
  const shown = () => {
    part("more").hidden = !part("chosen").checked;
    part("more").open ||= Boolean(part("label").value || part("transform").value);
    part("given").hidden = !part("transform").value.endsWith(":");
  };
  item.addEventListener("change", shown);
  shown();
  for (const [key, move] of [
    ["up", () => item.previousElementSibling?.before(item)],
    ["down", () => item.nextElementSibling?.after(item)],
  ]) {
    part(key).setAttribute("aria-label", `${part(key).getAttribute("aria-label")}: ${label}`);
    part(key).addEventListener("click", () => {
      move();
      part(key).focus();
      changed();
    });
  }
  item.addEventListener("dragstart", () => (dragged = item));
  item.addEventListener("dragend", changed);
  item.addEventListener("dragover", (event) => {
    event.preventDefault();
    if (!dragged || dragged === item) return;
    const below = event.offsetY > item.offsetHeight / 2;
    item[below ? "after" : "before"](dragged);
  });
}

const changed = () => list.dispatchEvent(new Event("change", { bubbles: true }));

// Columns above the clearance can be chosen only to be masked.
export function allow(masking) {
  for (const box of list.querySelectorAll("[data-part=chosen]")) {
    box.disabled = box.dataset.open === "false" && !masking;
    if (box.disabled) box.checked = false;
  }
}

export function show(dataset, clearance, columns) {
  const chosen = (columns ?? []).map((each) =>
    typeof each === "string" ? { name: each } : each,
  );
  const rank = (column) => {
    const place = chosen.findIndex((each) => each.name === column.name);
    return place < 0 ? chosen.length : place;
  };
  const ordered = [...dataset.columns].sort((a, b) => rank(a) - rank(b));
  list.replaceChildren(...ordered.map((each) => row(each, clearance, chosen)));
}

export function columns() {
  return [...list.children].filter((item) => part(item, "chosen").checked).map(wish);
}

const part = (item, key) => item.querySelector(`[data-part=${key}]`);

function wish(item) {
  const { name } = item.dataset;
  const label = part(item, "label").value.trim();
  const kind = part(item, "transform").value;
  const transform = kind.endsWith(":") ? kind + part(item, "argument").value : kind;
  if (!label && !transform) return name;
  return { name, ...(label && { label }), ...(transform && { transform }) };
}
