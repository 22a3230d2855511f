import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** Types of question (RFC 1035 §3.2.2, RFC 3596). */
export const DNS_TYPES = { a: 1, aaaa: 28 } as const;
/** Response codes (RFC 1035 §4.1.1). */
export const DNS_CODES = { noError: 0, serverFailure: 2, noSuchName: 3, refused: 5 } as const;

/** What the name server answers to a question of this type; `null`: nothing at all. */
export type NameAnswer = (
  type: number,
  name: string,
) => { readonly code: number; readonly addresses?: readonly string[] } | null;

/** A name server on loopback that says what it is told to. */
export async function startNameServer(answer: NameAnswer): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, sender) => {
    const reply = replyTo(query, answer);
    if (reply !== null) socket.send(reply, sender.port, sender.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

/** RFC 1035 §4: the header, the question as it came, and one resource record an address. */
function replyTo(query: Buffer, answer: NameAnswer): Buffer | null {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  const answered = answer(type, labels.join("."));
  if (answered === null) return null;
  const records = (answered.addresses ?? []).map((address) => recordOf(type, address));
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | answered.code, 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
}

function recordOf(type: number, address: string): Buffer {
  const data =
    type === DNS_TYPES.aaaa
      ? Buffer.from("26064700470000000000000000001111", "hex")
      : Buffer.from(address.split(".").map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
