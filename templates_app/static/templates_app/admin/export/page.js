// New export: puts a spec together, shows what it would give, and asks for it.
import { get, post, troubles, word } from "./api.js";
import * as columns from "./columns.js";
import * as filters from "./filters.js";
import * as options from "./options.js";
import { facts, field, option } from "./parts.js";
import * as preview from "./preview.js";
import { command, saved, spec, type } from "./spec.js";

const form = field("kyb-export");
const known = await get("/v1/export/types");

const dataset = () => known.body.types.find((each) => each.type === type());
const format = () =>
  known.body.formats.find((each) => each.format === field("format").value);

function showDataset(begin = {}) {
  const chosen = dataset();
  const formats = field("format");
  const kept = begin.format ?? formats.value;
  formats.replaceChildren(...chosen.formats.map((each) => option(each)));
  if (chosen.formats.includes(kept)) formats.value = kept;
  const clearance = facts.businesses[field("business_id").value];
  columns.show(chosen, clearance, begin.columns);
  columns.allow(field("mask").checked);
  filters.show(chosen);
  const sortable = chosen.columns.filter((column) => column.sortable);
  field("sort_by").replaceChildren(
    option("", "–"),
    ...sortable.map((column) => option(column.name, column.label)),
  );
  options.show(format(), begin.options);
}

// A choice of its own, of which the direction turns the first column alone.
function several(first, rest) {
  const title = (key) => {
    const name = key.replace(/^[+-]/, "");
    const column = dataset().columns.find((each) => each.name === name);
    return (column?.label ?? name) + (key.startsWith("-") ? " ↓" : "");
  };
  const name = first.replace(/^[+-]/, "");
  return option([name, ...rest].join(), [name, ...rest].map(title).join(", "));
}

function open(begin) {
  if (begin.business_id) field("business_id").value = begin.business_id;
  if (begin.export_type) {
    form.querySelector(`[name=export_type][value=${begin.export_type}]`).checked = true;
  }
  showDataset(begin);
  const { date_range, ...others } = begin.filters ?? {};
  filters.restore(others);
  if (date_range) field("date_range").value = date_range;
  const [first, ...rest] = begin.sort_by ?? [];
  if (first) {
    if (rest.length) field("sort_by").append(several(first, rest));
    field("sort_by").value = [first.replace(/^[+-]/, ""), ...rest].join();
    field("sort_order").value = first.startsWith("-") ? "desc" : begin.sort_order;
  }
  preview.soon();
}

form.addEventListener("change", (event) => {
  const { id, name } = event.target;
  if (name === "export_type" || id === "business_id") {
    showDataset();
    field("carried")?.remove(); // nothing of the list is left
  }
  if (id === "format") options.show(format());
  if (id === "mask") columns.allow(field("mask").checked);
  field("custom_range").hidden = field("date_range").value !== "custom";
  if (id !== "template_name") preview.soon();
});
form.addEventListener("input", (event) => {
  if (event.target.id !== "template_name") preview.soon();
});

async function asked(path, body, then) {
  const answer = await post(path, body);
  preview.told(answer.ok ? [] : troubles(answer.body));
  if (answer.ok) then(answer.body);
}

const goTo = (id) => location.assign(form.dataset.jobPage.replace("EXPORT", id));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  asked("/v1/export/jobs", spec(), (job) => goTo(job.job_id));
});
field("run-now").addEventListener("click", () =>
  asked("/v1/export", spec(), (made) => goTo(made.export_id)),
);
field("save").addEventListener("click", () => {
  const body = {
    business_id: field("business_id").value,
    type: type(),
    name: field("template_name").value,
    ...saved(),
  };
  asked("/v1/export/templates", body, (made) => {
    field("said").textContent = word("saved", { id: made.id });
  });
});
field("curl").addEventListener("click", async () => {
  field("command").textContent = command();
  field("command").hidden = false;
  await navigator.clipboard?.writeText(command());
  field("said").textContent = word("copied");
});
field("add-filter").addEventListener("click", () => filters.add().focus());

if (known.ok) open(facts.begin);
else preview.told(troubles(known.body));
