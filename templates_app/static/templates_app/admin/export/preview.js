// The first rows of the file as it would be, and how large it is.
import { post, troubles, word } from "./api.js";
import { facts, field } from "./parts.js";
import { spec } from "./spec.js";

const PAUSE = 400;
let waiting = 0;
let asking = new AbortController();

export function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
}

async function look() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  field("rows").setAttribute("aria-busy", "true");
  let answer;
  try {
    answer = await post("/v1/export/preview", spec(), signal);
  } catch (error) {
    if (error.name === "AbortError") return; // something has changed since
    throw error;
  }
  if (signal.aborted) return;
  field("rows").removeAttribute("aria-busy");
  told(answer.ok ? [] : troubles(answer.body));
  if (answer.ok) show(answer.body);
}

export function told(lines) {
  field("trouble").replaceChildren(
    ...lines.map((line) => {
      const made = document.createElement("p");
      made.textContent = line;
      return made;
    }),
  );
}

function show(seen) {
  const language = document.documentElement.lang;
  const number = (value, form) => new Intl.NumberFormat(language, form).format(value);
  const unit = seen.estimated_bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  const lines = [
    word("estimate", {
      rows: number(seen.estimated_rows),
      size: number(seen.estimated_bytes / unit[1], {
        style: "unit",
        unit: unit[0],
        maximumFractionDigits: 1,
      }),
    }),
  ];
  const rate = facts.rates[field("format").value];
  if (rate) {
    const seconds = Math.max(1, Math.ceil(seen.estimated_rows / rate));
    lines.push(word("seconds", { seconds: number(seconds) }));
  }
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
