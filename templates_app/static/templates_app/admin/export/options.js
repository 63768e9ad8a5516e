// What a format takes: compression, and options of its own.
import { called, word } from "./api.js";
import { field, option } from "./parts.js";

const holder = field("options");

function input(declared) {
  const box = document.createElement(
    declared.choices || declared.type === "bool" ? "select" : "input",
  );
  box.className = "kyb-input";
  box.dataset.name = declared.name;
  box.dataset.type = declared.type;
  if (declared.choices) box.append(...declared.choices.map((each) => option(each)));
  if (declared.type === "bool") {
    box.append(option("true", word("yes")), option("false", word("no")));
  }
  if (declared.type === "int") box.type = "number";
  box.value = String(declared.default ?? "");
  box.dataset.default = box.value;
  return box;
}

export function show(format, saved = {}) {
  const label = (declared) => {
    const made = document.createElement("label");
    made.append(called(declared.description), input(declared));
    return made;
  };
  holder.replaceChildren(...format.options.map(label));
  for (const box of holder.querySelectorAll("[data-name]")) {
    if (box.dataset.name in saved) box.value = String(saved[box.dataset.name]);
  }
  const kinds = field("compression");
  const kept = kinds.value;
  kinds.replaceChildren(kinds.options[0], ...format.compressions.map((each) => option(each)));
  kinds.value = format.compressions.includes(kept) ? kept : "";
}

// Only what differs from the format's own defaults.
export function options() {
  const found = {};
  for (const box of holder.querySelectorAll("[data-name]")) {
    if (box.value === box.dataset.default) continue;
    const { name, type } = box.dataset;
    found[name] = type === "bool" ? box.value === "true" : box.value;
    if (type === "int") found[name] = Number(box.value);
  }
  return found;
}
