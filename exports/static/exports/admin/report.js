// Reports of one customer or of many: asked for over the API, with what is chosen here.
const form = document.getElementById("kyb-report");
const many = document.getElementById("kyb-customers");
const said = document.getElementById("kyb-said");
const words = document.getElementById("kyb-words").content;

function word(name, values = {}) {
  const text = words.querySelector(`[data-word=${name}]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function read(box) {
  if (box.type === "checkbox") return box.checked;
  return box.type === "number" ? Number(box.value) : box.value;
}

function options(format) {
  const boxes = [...form.querySelectorAll("[data-option]")];
  return { format, ...Object.fromEntries(boxes.map((box) => [box.name, read(box)])) };
}

function asked(wanted) {
  if (!many) return fetch(`${form.action}?${new URLSearchParams(wanted)}`);
  const workbook = form.elements.workbook.checked && wanted.format === "xlsx";
  return fetch(form.action, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
    },
    body: JSON.stringify({
      customerIds: JSON.parse(many.textContent),
      ...wanted,
      ...(workbook && { workbook }),
    }),
  });
}

async function refused(answer) {
  const body = await answer.json();
  if (answer.status === 401) return word("out");
  if (answer.status !== 429) return body.error;
  return word("limited", { seconds: body.retryAfter });
}

async function taken(answer) {
  if (many) {
    const { job_id } = await answer.json();
    location.assign(form.dataset.jobPage.replace("EXPORT", job_id));
    return word("wait");
  }
  const [, name] = answer.headers.get("Content-Disposition").match(/filename="([^"]+)"/);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  // The browser reads what is behind the address before it is done with it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return word("done", { name });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const buttons = form.querySelectorAll("button");
  const { submitter } = event;
  said.textContent = word("wait");
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await asked(options(submitter.value));
    said.textContent = await (answer.ok ? taken : refused)(answer);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    said.textContent = word("away");
  }
  for (const button of buttons) button.disabled = false;
  submitter.focus();
});
