// Started by runtimes.test.ts in an empty project under each runtime: the receiver by its public exports, and a signature
// made here with WebCrypto alone, so that nothing of ours checks what is ours.
import { createReceiver } from "@sameface/receiver";
import { fetchHandler } from "@sameface/receiver/fetch";

const raw = new Uint8Array(24).fill(7);
const secret = `whsec_${btoa(String.fromCharCode(...raw))}`;
const text =
  '{"customerId":"67460a9995516d9a553aa95b","transactionId":"549994d9r3474bfcbbbdc5a5","faceMatch":false,"spoofAttempt":true,"hasFaceMask":false,"hasLenses":false,"recognitionConfidence":{"confidence":0.0,"candidates":[]},"overallScore":0.0,"overallStatus":"FAIL","error":"Spoof attempt detected","errorCode":4005}';

const handled = [];
const handle = fetchHandler(
  createReceiver({ secrets: [secret] }).on("not-passed", (outcome, event) => {
    handled.push(`${event.id} ${outcome.kind}`);
  }),
);

async function post(id, keyBytes) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = await crypto.subtle.importKey("raw", keyBytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${id}.${timestamp}.${text}`));
  const signature = `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`;
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  return (await handle(new Request("http://receiver.test/", { method: "POST", headers, body: text }))).status;
}

const forged = await post("forged", new Uint8Array(24).fill(8));
const statuses = [await post("one", raw), await post("one", raw), forged];
console.log(JSON.stringify({ statuses, handled }));
