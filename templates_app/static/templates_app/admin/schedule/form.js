// The form of a schedule: its next times as one types, and the fields that count.
const form = document.getElementById("kyb-schedule");
const next = document.getElementById("kyb-next");
const times = ["cron", "interval_minutes", "time_zone", "starts_at", "ends_at"];
const needed = {
  template: ["template", "export"],
  export: ["export"],
  customers: ["customer_360"],
};
const PAUSE = 250;
let waiting;
let asked = 0;

// What New export has put together comes along, once.
function take() {
  const kept = sessionStorage.getItem("kyb-schedule");
  if (!kept || !form.elements.business) return;
  sessionStorage.removeItem("kyb-schedule");
  const { business, wanted } = JSON.parse(kept);
  form.elements.business.value = business;
  form.elements.what.value = "export";
  form.elements.export.value = JSON.stringify(wanted, null, 2);
}

function choose() {
  const chosen = needed[form.elements.what.value];
  for (const name of ["template", "export", "customer_360"]) {
    form.querySelector(`[data-field=${name}]`).hidden = !chosen.includes(name);
  }
}

async function look() {
  const mine = ++asked;
  const business = form.dataset.business ?? form.elements.business.value;
  const query = new URLSearchParams({ business });
  for (const name of times) query.set(name, form.elements[name].value);
  if (!query.get("cron") && !query.get("interval_minutes")) {
    next.replaceChildren();
    return;
  }
  try {
    const answer = await fetch(`${form.dataset.next}?${query}`);
    // Made by the server's own template, which escapes; a later answer counts more.
    if (answer.ok && mine === asked) next.innerHTML = await answer.text();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the server is away
  }
}

form.addEventListener("input", () => {
  choose();
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});
take();
choose();
look();
