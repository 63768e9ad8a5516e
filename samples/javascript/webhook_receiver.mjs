// A receiver of webhooks: it believes what is signed, and does each event once.
//
// Needs Node.js 20, nothing else. The secret, as it was shown when the webhook was made,
// is in KYB_WEBHOOK_SECRET.
//
//     node webhook_receiver.mjs 8080
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const MOST = 65536;
const SECONDS = 300;
const key = Buffer.from(process.env.KYB_WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const seen = new Set(); // keep them where they outlive a restart

function verified(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": sent, "webhook-signature": given } = headers;
  if (!id || !/^\d+$/.test(sent ?? "") || !given) return false;
  if (Math.abs(Date.now() / 1000 - Number(sent)) > SECONDS) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${sent}.`), body]);
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  // While two secrets overlap there are two signatures.
  return given.split(" ").some((each) => {
    const one = Buffer.from(each);
    return one.length === expected.length && timingSafeEqual(one, expected);
  });
}

async function read(request) {
  // The body as it came: what was signed are its bytes.
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > MOST) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const server = createServer(async (request, response) => {
  const body = await read(request);
  if (body === null) return response.writeHead(413).end();
  if (!verified(request.headers, body)) return response.writeHead(400).end();
  const id = request.headers["webhook-id"];
  if (!seen.has(id)) {
    seen.add(id);
    const event = JSON.parse(body);
    console.log(event.type, JSON.stringify(event.data));
  }
  return response.writeHead(204).end();
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});
