// Exports in the background: asks, follows its events, downloads, verifies. No dependencies.
//
// KYB_API_KEY=kyb_... node export.mjs http://127.0.0.1:8000 business_123 verifications csv verifications.csv
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 6;
const AGAIN = new Set([429, 502, 503, 504]);
const FINAL = new Set(["completed", "failed", "cancelled"]);
const KEY = process.env.KYB_API_KEY;

class ExportFailed extends Error {}

async function main([base, business, type, format, out]) {
  const job = await create(base, { business_id: business, export_type: type, format });
  console.log(`${job.job_id} asked for`);
  // Ctrl-C also ends the work on the other side.
  process.once("SIGINT", async () => {
    await call("POST", `${base}/v1/export/jobs/${job.job_id}/cancel`, { accepted: [409] });
    process.exit(130);
  });
  const result = await follow(base, job.job_id);
  await download(base, result, out);
  console.log(`${out}: ${result.row_count} rows, ${result.completeness}`);
}

// Whatever becomes of the connection, one Idempotency-Key makes one job.
async function create(base, spec) {
  const answer = await call("POST", `${base}/v1/export/jobs`, {
    headers: { "Content-Type": "application/json", "Idempotency-Key": randomUUID() },
    body: JSON.stringify(spec),
    // 409: the first try still runs, or too many jobs of the business are active.
    again: new Set([...AGAIN, 409]),
  });
  return answer.json();
}

async function follow(base, jobId) {
  const url = `${base}/v1/export/jobs/${jobId}`;
  let job = await (await call("GET", url)).json();
  let last = "";
  while (!FINAL.has(job.status)) {
    // A stream ends itself after some seconds; the last id goes on from there.
    const answer = await call("GET", `${url}/events`, { headers: { "Last-Event-ID": last } });
    try {
      for await (const event of events(answer.body)) {
        last = event.id ?? last;
        job = JSON.parse(event.data);
        if (event.event === "progress") console.log(`${Math.round(job.progress * 100)}% ${job.step_description}`);
      }
    } catch (broken) {
      console.error(`the events broke off, going on: ${broken.message}`);
      await sleep(1000);
      job = await (await call("GET", url)).json();
    }
  }
  if (job.status !== "completed") {
    throw new ExportFailed(`${jobId}: ${job.error?.code ?? job.status}: ${job.error?.message ?? "no file"}`);
  }
  return job.result;
}

// The events with data of a text/event-stream.
async function* events(body) {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = {};
      for (const line of block.split("\n")) {
        const at = line.indexOf(": ");
        if (at > 0) event[line.slice(0, at)] = line.slice(at + 2);
      }
      if (event.data) yield event;
    }
  }
}

// Takes the name only when the bytes are those that were made.
async function download(base, result, out) {
  const part = `${out}.${result.export_id}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await call("GET", `${base}/v1/export/files/${result.export_id}`);
      const hash = createHash("sha256");
      const hashed = async function* (blocks) {
        for await (const block of blocks) {
          hash.update(block);
          yield block;
        }
      };
      await pipeline(Readable.fromWeb(answer.body), hashed, createWriteStream(part));
      if (hash.digest("hex") !== result.sha256) {
        throw new ExportFailed("the file is not the one that was made: sha256 differs");
      }
      return await rename(part, out);
    } catch (failure) {
      await rm(part, { force: true });
      if (failure instanceof ExportFailed || attempt === TRIES) throw failure;
      console.error(`broken off, again: ${failure.message}`);
      await sleep(2 ** attempt * 250);
    }
  }
}

// The answer, once the service has time for it; else an error that names code and request id.
async function call(method, url, { headers = {}, body, again = AGAIN, accepted = [] } = {}) {
  for (let attempt = 1; ; attempt++) {
    let answer;
    try {
      answer = await fetch(url, { method, body, headers: { Authorization: `Bearer ${KEY}`, ...headers } });
    } catch (broken) {
      if (attempt === TRIES) throw broken;
      await sleep(2 ** attempt * 250);
      continue;
    }
    if (answer.ok || accepted.includes(answer.status)) return answer;
    if (!again.has(answer.status) || attempt === TRIES) throw new ExportFailed(await refusal(answer));
    const seconds = Number(answer.headers.get("Retry-After") ?? 2 ** attempt / 4);
    await answer.body?.cancel();
    await sleep(seconds * 1000);
  }
}

async function refusal(answer) {
  try {
    const { error, request_id } = await answer.json();
    const fields = error.details.map((each) => `\n  ${each.field}: ${each.message}`).join("");
    return `${error.code}: ${error.message} (request ${request_id})${fields}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}

if (process.argv.length !== 7 || !KEY) {
  console.error("KYB_API_KEY=... node export.mjs BASE BUSINESS TYPE FORMAT OUT");
  process.exit(2);
}
main(process.argv.slice(2)).then(
  () => process.exit(0),
  (failure) => {
    console.error(failure.message);
    process.exit(1);
  },
);
