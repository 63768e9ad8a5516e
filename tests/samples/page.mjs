// Opens the sample's page as a browser does, and presses its buttons. Prints what it showed.
//
// node page.mjs URL, or node page.mjs URL cancel
import { Browser } from "happy-dom";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const [url, wish] = process.argv.slice(2);
const settings = { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true };
const browser = new Browser({ settings });
const page = browser.newPage();
await page.goto(url);
const { document } = page.mainFrame;
const button = (label) => [...document.querySelectorAll("button")].find((each) => each.textContent === label);
const until = async (look) => {
  while (!look()) await sleep(10);
};

const shown = [];
const watch = setInterval(() => {
  const text = document.querySelector("[role=status]")?.textContent ?? "";
  if (text !== (shown.at(-1) ?? "")) shown.push(text);
}, 5);
await until(() => button("Export"));
button("Export").click();
if (wish === "cancel") {
  await until(() => button("Cancel"));
  button("Cancel").click();
}
await sleep(100);
await until(() => document.querySelector("section").getAttribute("aria-busy") === "false");
await sleep(50);
clearInterval(watch);
const link = document.querySelector("a[download]");
const bytes = link && Buffer.from(await (await fetch(link.href)).arrayBuffer());
const sha256 = bytes && createHash("sha256").update(bytes).digest("hex");
console.log(JSON.stringify({ shown, name: link?.getAttribute("download") ?? null, sha256 }));
process.exit(0);
