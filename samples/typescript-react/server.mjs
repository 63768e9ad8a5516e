// The page's own server: it holds the API key, which must never reach a browser, and passes on
// the few calls that the page needs. Whoever reaches it exports with that key: before it is more
// than a sample, let it ask who is there, and whether they may.
//
// KYB_API_KEY=kyb_... KYB_BASE=http://127.0.0.1:8000 KYB_BUSINESS=business_123 PORT=3000 node server.mjs
import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";

const { KYB_API_KEY, KYB_BASE = "http://127.0.0.1:8000", KYB_BUSINESS = "business_123" } = process.env;
const PORT = Number(process.env.PORT ?? 3000);
const ALLOWED = [
  ["POST", /^\/v1\/export\/jobs$/],
  ["GET", /^\/v1\/export\/jobs\/job_\w+$/],
  ["POST", /^\/v1\/export\/jobs\/job_\w+\/cancel$/],
  ["GET", /^\/v1\/export\/files\/exp_\w+$/],
];
const FORWARDED = ["accept", "content-type", "content-length", "idempotency-key", "range", "if-range", "if-none-match"];
const PAGE = `<!doctype html>
<html lang="en">
<title>Export</title>
<div id="root" data-business="${KYB_BUSINESS}" data-type="verifications" data-format="csv"></div>
<script src="/page.js"></script>
</html>`;

function forward(request, response) {
  const headers = Object.fromEntries(
    FORWARDED.filter((name) => name in request.headers).map((name) => [name, request.headers[name]]),
  );
  headers.authorization = `Bearer ${KYB_API_KEY}`;
  const { request: send } = KYB_BASE.startsWith("https:") ? https : http;
  const upstream = send(KYB_BASE + request.url, { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    // What breaks off there breaks off here: it never looks whole.
    pipeline(answer, response, () => {});
  });
  upstream.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

const server = http.createServer(async (request, response) => {
  const isOwn = !request.headers.origin || request.headers.origin === `http://${request.headers.host}`;
  if (ALLOWED.some(([method, path]) => method === request.method && path.test(request.url))) {
    // Another site's page must not export with a visitor's rights.
    if (isOwn) forward(request, response);
    else response.writeHead(403).end();
  } else if (request.url === "/page.js") {
    const script = await readFile(new URL("dist/page.js", import.meta.url));
    response.writeHead(200, { "Content-Type": "text/javascript" }).end(script);
  } else if (request.url === "/") {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(PAGE);
  } else {
    response.writeHead(404).end();
  }
});
server.listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}`));
