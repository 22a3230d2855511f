// A receiver in a process of its own, for killed.test.ts to kill. It prints what it does, a line each.
import { createReceiver } from "../receive.ts";
import { SECRET, type Signed } from "../signed.fixture.ts";
import { DRIVERS, type DriverName } from "./shared-stores.fixture.ts";

/** What the process is given as its one argument, in JSON. */
export interface KilledInput {
  readonly driver: DriverName;
  readonly place: string;
  readonly name: string;
  readonly acknowledge: "handled" | "stored";
  /** Whether the handler never ends: the process is killed after the handler's work and before the mark. */
  readonly hang: boolean;
  /** Absent: only what is stored is handled. */
  readonly request?: Omit<Signed, "body"> & { readonly bodyBase64: string };
}

const { driver, place, name, acknowledge, hang, request } = JSON.parse(process.argv[2] ?? "") as KilledInput;
const opened = await DRIVERS[driver](place);
const ended = Promise.withResolvers<undefined>();
const receiver = createReceiver({ secrets: [SECRET], store: opened.store({ name }), acknowledge, leaseMs: 1000 }).on(
  "passed",
  async () => {
    console.log("handling");
    if (hang) await new Promise(() => undefined);
    ended.resolve(undefined);
  },
);
const alive = setInterval(() => undefined, 1000); // the receiver's own timer lets a process end
if (request !== undefined) {
  const { headers, bodyBase64 } = request;
  for (;;) {
    const reply = await receiver.receive({ headers, body: Buffer.from(bodyBase64, "base64") });
    console.log(`answered ${reply.status} ${reply.result.kind}`);
    if (reply.status !== 409) break;
    await new Promise((resolve) => setTimeout(resolve, 200)); // as a sender that asks again, only sooner
  }
} else {
  await receiver.drain();
  await ended.promise;
  await receiver.drain();
  console.log("drained");
}
if (!hang) {
  clearInterval(alive);
  await opened.close();
}
