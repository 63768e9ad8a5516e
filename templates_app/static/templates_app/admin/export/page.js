// New export: puts a spec together, shows what it would give, and asks for it.
import { called, get, post, troubles, word } from "./api.js";
import * as columns from "./columns.js";
import * as filters from "./filters.js";
import * as options from "./options.js";
import { facts, field, local, option } from "./parts.js";
import * as preview from "./preview.js";
import * as query from "./query.js";
import * as receivers from "./receivers.js";
import * as sorts from "./sorts.js";
import { command, isCustom, saved, spec, type } from "./spec.js";

const form = field("kyb-export");
const known = await get("/v1/export/types");

const dataset = () =>
  isCustom()
    ? query.dataset(null, known.body.formats)
    : known.body.types.find((each) => each.type === type());
const format = () =>
  known.body.formats.find((each) => each.format === field("format").value);
const clearance = () => facts.businesses[field("business_id").value];

// A query is for those of the businesses alone where the person may ask one.
function showBusiness() {
  receivers.show(field("business_id").value);
  query.allow(clearance());
  const choice = form.querySelector("[name=export_type][value=custom]");
  if (!choice) return;
  choice.disabled = !query.mayAsk(field("business_id").value);
  if (choice.disabled && choice.checked) {
    form.querySelector("[name=export_type]").checked = true;
  }
}

function showDataset(begin = {}) {
  form.classList.toggle("kyb-querying", isCustom());
  for (const part of document.querySelectorAll("[data-of]")) {
    part.hidden = part.dataset.of !== (isCustom() ? "custom" : "dataset");
  }
  const chosen = dataset();
  const formats = field("format");
  const kept = begin.format ?? formats.value;
  formats.replaceChildren(...chosen.formats.map((each) => option(each, called(each))));
  if (chosen.formats.includes(kept)) formats.value = kept;
  columns.show(chosen, clearance(), begin.columns);
  columns.allow(field("mask").checked);
  columns.count();
  filters.show(chosen);
  sorts.show(chosen, begin.sort_by, begin.sort_order);
  options.show(format(), begin.options);
}

function showTimes({ start, end }, preset) {
  field("start").value = start ? local(start) : "";
  field("end").value = end ? local(end) : "";
  field("date_range").value = preset ?? (start || end ? "custom" : "");
  field("custom_range").hidden = field("date_range").value !== "custom";
}

function open(begin) {
  if (begin.business_id) field("business_id").value = begin.business_id;
  if (begin.export_type) {
    form.querySelector(`[name=export_type][value=${begin.export_type}]`).checked = true;
  }
  showBusiness();
  showDataset(begin);
  const { date_range, ...others } = begin.filters ?? {};
  filters.restore(others);
  showTimes(begin.time_range ?? {}, date_range);
  preview.soon();
}

form.addEventListener("change", (event) => {
  const { id, name } = event.target;
  if (id === "business_id") showBusiness();
  if (name === "export_type" || id === "business_id") {
    showDataset();
    field("carried")?.remove(); // nothing of the list is left
  }
  if (id === "format") options.show(format());
  if (id === "mask") columns.allow(field("mask").checked);
  field("custom_range").hidden = field("date_range").value !== "custom";
  columns.count();
  if (id !== "template_name") preview.soon();
});
form.addEventListener("input", (event) => {
  if (event.target.id !== "template_name") preview.soon();
});
// Enter in a box is no wish to run it.
form.addEventListener("submit", (event) => event.preventDefault());

async function asked(path, body, then) {
  const answer = await post(path, body);
  preview.told(answer.ok ? [] : troubles(answer.body), { focus: true });
  if (answer.ok) then(answer.body);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // there is none over plain HTTP, or the browser asks and is told no
  }
}

const goTo = (id) => location.assign(form.dataset.jobPage.replace("EXPORT", id));

field("run-job").addEventListener("click", () =>
  asked("/v1/export/jobs", spec(), (job) => goTo(job.job_id)),
);
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
  const said = [word((await copied(command())) ? "copied" : "shown")];
  if (field("password").value) said.push(word("secret"));
  field("said").textContent = said.join(" ");
});
field("schedule").addEventListener("click", () => {
  const { business_id: business, ...wanted } = spec();
  delete wanted.password; // it has a field of its own there, and is in no storage
  const kept = JSON.stringify({ business, wanted });
  sessionStorage.setItem("kyb-schedule", kept);
  location.assign(form.dataset.schedulePage);
});
field("add-filter").addEventListener("click", () => filters.add().focus());
field("add-sort").addEventListener("click", () => {
  sorts.add().focus();
  preview.soon();
});
field("check")?.addEventListener("click", () => preview.look({ focus: true }));
field("custom_query")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  preview.look({ focus: true });
});

if (known.ok) open(facts.begin);
else preview.told(troubles(known.body));
