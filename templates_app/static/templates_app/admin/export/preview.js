// The first rows of the file as it would be, and how large it is.
import { number, post, troubles, word } from "./api.js";
import * as columns from "./columns.js";
import { facts, field } from "./parts.js";
import * as query from "./query.js";
import { isCustom, spec } from "./spec.js";

const PAUSE = 400;
let waiting = 0;
let asking = new AbortController();

export function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
}

// The moment somebody asks for it themselves, the cursor goes to what is wrong.
export async function look({ focus = false } = {}) {
  clearTimeout(waiting);
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  if (isCustom() && !query.text()) return nothing("write");
  if (!isCustom() && !columns.columns().length) return nothing("choose");
  field("rows").setAttribute("aria-busy", "true");
  let answer;
  try {
    answer = isCustom() ? await checked(signal) : { ok: true };
    if (answer.ok) answer = await post("/v1/export/preview", spec(), signal);
  } catch (error) {
    if (error.name === "AbortError") return; // something has changed since
    throw error;
  }
  if (signal.aborted) return;
  field("rows").removeAttribute("aria-busy");
  told(answer.ok ? [] : troubles(answer.body), { focus });
  if (answer.ok) show(answer.body);
  else empty();
}

// A query has to be understood before its columns can be chosen from.
async function checked(signal) {
  const answer = await query.check(signal);
  if (answer.ok && !signal.aborted) {
    query.understood(answer.body);
    columns.renew(answer.body, facts.businesses[field("business_id").value]);
    columns.allow(field("mask").checked);
    columns.count();
  }
  return answer;
}

// Nothing is asked for yet, and nothing is wrong.
function nothing(said) {
  told([]);
  query.right();
  empty();
  field("estimate").textContent = word(said);
}

function empty() {
  field("estimate").textContent = "";
  field("rows").replaceChildren();
  field("rows").removeAttribute("aria-busy");
}

export function told(details, { focus = false } = {}) {
  // What has a place is told there.
  const elsewhere = details.filter((detail) => !detail.line);
  field("trouble").replaceChildren(
    ...elsewhere.map((detail) => {
      const made = document.createElement("p");
      made.textContent = detail.message;
      return made;
    }),
  );
  marked(details, focus);
}

// Boxes whose value is refused say so.
function marked(details, focus) {
  for (const each of document.querySelectorAll("#kyb-export [aria-invalid]")) {
    each.removeAttribute("aria-invalid");
  }
  const placed = details.find((detail) => detail.line);
  if (placed) return query.wrong(placed, { focus });
  query.right();
  // What is wrong with one address is told of the box that has them all.
  const boxes = details.map((detail) => field(detail.field?.split(/[.[]/)[0]));
  const known = boxes.filter((box) => box?.matches("input, select, textarea"));
  for (const box of known) box.setAttribute("aria-invalid", "true");
  if (focus && details.length) (known[0] ?? field("trouble")).focus();
}

function show(seen) {
  const unit = seen.estimated_bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const size = number(seen.estimated_bytes / unit[1], {
    style: "unit",
    unit: unit[0],
    maximumFractionDigits: 1,
  });
  const rate = facts.rates[field("format").value] ?? facts.usual[field("format").value];
  const seconds = Math.max(1, Math.ceil(seen.estimated_rows / rate));
  const lines = [
    word("estimate", { rows: number(seen.estimated_rows), size }),
    word("seconds", { seconds: number(seconds) }),
  ];
  if (!seen.fits_immediate) lines.push(word("large"));
  field("estimate").textContent = lines.join(". ");
  field("run-now").disabled = !seen.fits_immediate;
  const table = field("rows");
  table.replaceChildren();
  cells(table.createTHead().insertRow(), "th", seen.columns);
  const body = table.createTBody();
  for (const row of seen.rows) {
    cells(body.insertRow(), "td", seen.columns.map((name) => row[name]));
  }
}

function cells(row, kind, texts) {
  for (const text of texts) {
    const cell = document.createElement(kind);
    if (kind === "th") cell.scope = "col";
    cell.textContent = text ?? "";
    row.append(cell);
  }
}
