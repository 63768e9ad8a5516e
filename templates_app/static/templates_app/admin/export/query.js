// The editor of a custom query: names put in, the check, and the place of a mistake.
import { number, post, word } from "./api.js";
import { isOpen } from "./columns.js";
import { facts, field } from "./parts.js";

const box = field("custom_query");

export const text = () => box?.value.trim() ?? "";

// Which names there are to put in: those that may be seen in this business.
export function allow(clearance) {
  for (const each of document.querySelectorAll(".kyb-name[data-class]")) {
    each.disabled = !isOpen(each.dataset.class, clearance);
  }
}

function put(name, isDataset) {
  const made = isDataset && !text() ? `SELECT *\nFROM ${name}` : name;
  const before = box.value.slice(0, box.selectionStart);
  const space = before && !/[\s(.,]$/.test(before) ? " " : "";
  box.setRangeText(space + made, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  field("understood").textContent = word("put", { name });
}

for (const each of document.querySelectorAll(".kyb-name")) {
  each.addEventListener("click", (event) => {
    put(each.dataset.name, "dataset" in each.dataset);
    // By keyboard one goes on with the next name; a click goes on with the text.
    if (event.detail) box.focus();
  });
}

export function check(signal) {
  const body = { business_id: field("business_id").value, custom_query: box.value };
  return post("/v1/export/query/check", body, signal);
}

// What the page knows of a dataset, of the query's result.
export const dataset = (checked, formats) => ({
  type: "custom",
  formats: formats.map((each) => each.format),
  columns: (checked?.columns ?? []).map((each) => ({
    ...each,
    label: each.name,
    description: "",
  })),
  filters: [],
});

export function understood(checked) {
  const values = {
    columns: number(checked.columns.length),
    rows: number(checked.estimated_rows),
  };
  field("understood").textContent = word("understood", values);
  field("query-normal").hidden = false;
  field("query-normal").querySelector("pre").textContent = checked.sql;
  right();
}

export function right() {
  box?.removeAttribute("aria-invalid");
  if (box) field("query-place").hidden = true;
}

// The line with a mark below the place; and, when it is asked for, the cursor there.
export function wrong({ line, column, reason }, { focus }) {
  const shown = box.value.split("\n")[line - 1] ?? "";
  // The service counts characters, the browser the halves of some.
  const ahead = [...shown].slice(0, column - 1).join("");
  const place = field("query-place");
  field("understood").textContent = "";
  field("query-normal").hidden = true;
  box.setAttribute("aria-invalid", "true");
  place.hidden = false;
  place.querySelector("figcaption").textContent = word("place", { line, column, reason });
  place.querySelector("pre").textContent = `${shown}\n${ahead.replace(/\S/g, " ")}^`;
  if (!focus) return;
  const start = box.value.split("\n").slice(0, line - 1).join("\n").length;
  const at = start + (line > 1 ? 1 : 0) + ahead.length;
  const length = /^\w*/.exec(shown.slice(ahead.length))[0].length || 1;
  box.focus();
  box.setSelectionRange(at, at + length);
}

export const mayAsk = (business) => facts.queries.includes(business);
