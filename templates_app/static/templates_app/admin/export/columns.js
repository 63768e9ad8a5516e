// The list of columns: which, in which order, under which label, how treated.
import { called, number, word } from "./api.js";
import { field, made, option } from "./parts.js";

const CLASSES = ["public", "internal", "personal", "sensitive"];
const list = field("columns");
let dragged = null;

export const isOpen = (kind, clearance) =>
  CLASSES.indexOf(kind) <= CLASSES.indexOf(clearance);

function row(column, clearance, chosen) {
  const { item, part } = made("of-column");
  const given = chosen.find((each) => each.name === column.name);
  const open = isOpen(column.class, clearance);
  item.dataset.name = column.name;
  part("title").textContent = called(column.label);
  part("title").title = column.description;
  part("kind").textContent = word(`type_${column.type}`);
  const kind = word(`class_${column.class}`);
  part("class").textContent = open ? kind : `${kind}: ${word("closed")}`;
  part("chosen").dataset.open = open;
  part("chosen").checked = chosen.length ? Boolean(given) : open;
  for (const each of part("transform").querySelectorAll("[data-for]")) {
    if (!each.dataset.for.split(" ").includes(column.type)) each.remove();
  }
  part("label").value = given?.label ?? "";
  part("label").placeholder = column.name;
  if (typeof given?.transform === "string") transformed(part, given.transform);
  listen(item, part, called(column.label));
  return item;
}

function transformed(part, text) {
  const [name, ...rest] = text.split(":");
  part("transform").value = rest.length ? `${name}:` : name;
  part("argument").value = rest.join(":");
}

// The box beside a transform, for what the transform takes.
function asked(part) {
  const { value, selectedOptions } = part("transform");
  part("given").hidden = !value.endsWith(":");
  const { kind = "text", like = "" } = selectedOptions[0]?.dataset ?? {};
  part("argument").type = kind;
  part("argument").placeholder = like;
  part("argument").toggleAttribute("list", false);
  if (value === "timezone:") part("argument").setAttribute("list", "zones");
}

function listen(item, part, label) {
  const shown = () => {
    part("more").hidden = !part("chosen").checked;
    part("more").open ||= Boolean(part("label").value || part("transform").value);
    asked(part);
  };
  item.addEventListener("change", shown);
  shown();
  part("summary").setAttribute("aria-label", `${part("summary").textContent}: ${label}`);
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
const boxes = () => [...list.querySelectorAll("[data-part=chosen]")];

export function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  const values = { chosen: number(chosen), all: number(boxes().length) };
  field("columns-count").textContent = word("chosen", values);
}

// Columns above the clearance can be chosen only to be masked.
export function allow(masking) {
  for (const box of boxes()) {
    box.disabled = box.dataset.open === "false" && !masking;
    if (box.disabled) box.checked = false;
  }
}

for (const [id, checked] of [
  ["columns-all", true],
  ["columns-none", false],
]) {
  field(id).addEventListener("click", () => {
    for (const box of boxes()) {
      if (!box.disabled) box.checked = checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
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

// The columns of a query as it is now; what was said of those that stay is kept.
export function renew(dataset, clearance) {
  const names = new Set(dataset.columns.map((each) => each.name));
  const old = [...list.children];
  const same = old.length === names.size && old.every((item) => names.has(item.dataset.name));
  if (same) return;
  const dropped = new Set(
    old.filter((item) => !part(item, "chosen").checked).map((item) => item.dataset.name),
  );
  const wishes = new Map(columns().map((each) => [each.name ?? each, each]));
  const kept = [...names].filter((name) => !dropped.has(name));
  show(dataset, clearance, kept.map((name) => wishes.get(name) ?? name));
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

field("zones").append(
  ...["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => option(zone)),
);
