// Who is told, and where the file is brought to, once the export has ended.
import { facts, field } from "./parts.js";

const holder = field("destinations");

function check({ id, name }) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "kyb-check";
  box.type = "checkbox";
  box.value = id;
  label.append(box, ` ${name}`);
  return label;
}

export function show(business) {
  const known = facts.destinations[business] ?? [];
  holder.hidden = !known.length;
  holder.querySelector("div").replaceChildren(...known.map(check));
}

// Mail is written in the language of this page.
export function receivers() {
  const { lang: language } = document.documentElement;
  const given = (field("notify")?.value ?? "").split(/[\s,;]+/).filter(Boolean);
  const addresses = given.map((address) => ({ address, language }));
  const chosen = [...holder.querySelectorAll(":checked")].map((box) => box.value);
  return {
    ...(addresses.length && { notify: { email: addresses } }),
    ...(chosen.length && { destinations: chosen }),
  };
}
