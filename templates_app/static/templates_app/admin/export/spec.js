// What the page says, as the API takes it.
import { columns } from "./columns.js";
import { filters } from "./filters.js";
import { options } from "./options.js";
import { field, moment } from "./parts.js";
import { receivers } from "./receivers.js";
import { sorts } from "./sorts.js";

export const type = () => document.querySelector("[name=export_type]:checked").value;
export const isCustom = () => type() === "custom";

function times() {
  const preset = field("date_range").value;
  if (preset !== "custom") return preset ? { date_range: preset } : {};
  const range = {};
  for (const name of ["start", "end"]) {
    if (field(name).value) range[name] = moment(field(name).value);
  }
  return Object.keys(range).length ? { time_range: range } : {};
}

// The part that a template keeps.
export function saved() {
  const { date_range } = times();
  return {
    format: field("format").value,
    columns: columns(),
    filters: { ...filters(), ...(date_range && { date_range }) },
    ...(sorts().length && { sort_by: sorts(), sort_order: "asc" }),
    options: options(),
  };
}

// What rows there are, of a dataset, or by a query of one's own.
function rows() {
  if (!isCustom()) {
    const { time_range } = times();
    return { ...saved(), ...(time_range && { time_range }) };
  }
  return {
    custom_query: field("custom_query").value,
    format: field("format").value,
    ...(columns().length && { columns: columns() }),
    options: options(),
  };
}

export function spec() {
  const most = field("max_rows").value;
  return {
    business_id: field("business_id").value,
    export_type: type(),
    ...rows(),
    ...(!field("include_headers").checked && { include_headers: false }),
    ...(field("include_metadata").checked && { include_metadata: true }),
    ...(field("compression").value && { compression: field("compression").value }),
    ...(field("mask").checked && { on_denied: "mask" }),
    ...(field("password").value && { password: field("password").value }),
    ...(most && { max_rows: Number(most) }),
    ...receivers(),
  };
}

// A command for a terminal; the password is for whoever runs it to put in.
export function command() {
  const told = spec();
  if (told.password) told.password = "PASSWORD";
  const body = JSON.stringify(told, null, 2).replaceAll("'", "'\\''");
  const head = `-H "Authorization: Bearer $KYB_KEY" -H "Content-Type: application/json"`;
  return `curl ${location.origin}/v1/export/jobs ${head} -d '${body}'`;
}
