import type { Answer } from "@sameface/contract/client";
import { type ApiClient, accepted, isRecord } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command-context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { DemoPictures } from "./demo-pictures.ts";
import type { DemoReceiver, ReceivedNotification } from "./demo-receiver.ts";
import { BLOCKED, ENROLLED, SCENES, type Scene } from "./scenes.ts";

/** What the demo runs on. */
export interface DemoStage {
  readonly context: CommandContext;
  readonly client: ApiClient;
  readonly receiver: DemoReceiver;
  readonly pictures: DemoPictures;
}

/** Longest wait for one notification on a machine under load, milliseconds. */
const NOTIFICATION_TIMEOUT_MS = 15_000;

/** Enrols, plays every scene and compares what the receiver got; 0 only if all came as expected. */
export async function runDemo(stage: DemoStage): Promise<ExitCode> {
  const { context, pictures } = stage;
  context.print({ pictures: pictures.source }, [`Pictures: ${pictures.source}; what is drawn says so.`, ""]);
  await prepare(stage);
  let failed = 0;
  for (const scene of SCENES) if (!(await play(stage, scene))) failed += 1;
  context.print({ scenes: SCENES.length, failed }, [
    failed === 0
      ? `All ${SCENES.length} notifications came, verified and typed as expected.`
      : `${failed} of ${SCENES.length} scenes did not go as expected.`,
  ]);
  return failed === 0 ? EXIT.done : EXIT.no;
}

async function prepare({ context, client, receiver, pictures }: DemoStage): Promise<void> {
  const { api } = client;
  receiver.open(accepted(await api.createEndpoint({ body: { url: receiver.url } })).secret);
  const body = { image: pictures.enrolled.toString("base64"), consent: { reference: "demo" } };
  for (const customerId of [ENROLLED, BLOCKED]) accepted(await api.enrolCustomer({ customerId, body }));
  accepted(await api.blockCustomer({ customerId: BLOCKED, body: { reason: "demo" } }));
  context.print({ enrolled: ENROLLED, blocked: BLOCKED }, [
    `Enrolled ${ENROLLED}; enrolled and blocked ${BLOCKED}.`,
    "",
  ]);
}

async function play({ context, client, receiver, pictures }: DemoStage, scene: Scene): Promise<boolean> {
  const answer = await client.api.authenticate({
    body: { customerId: scene.customerId, image: pictures[scene.picture].toString("base64") },
  });
  const received = await within(NOTIFICATION_TIMEOUT_MS, receiver.notification(await eventIdOf(client, answer)));
  const asExpected = received !== null && matches(received, scene);
  context.print({ scene: scene.title, expected: scene.expected, asExpected, received }, [
    `${asExpected ? "ok  " : "FAIL"} ${scene.expected}${detailOf(scene)}: ${scene.title}`,
    received === null
      ? `     nothing came within ${NOTIFICATION_TIMEOUT_MS / 1000} s`
      : `     ${received.id}  signature verified`,
    ...(received === null ? [] : [`     ${received.body}`]),
    "",
  ]);
  return asExpected;
}

/** 422 answers name the authentication alone; its event is read back. */
async function eventIdOf({ api }: ApiClient, answer: Answer<"authenticate">): Promise<string> {
  if (answer.ok) return answer.body.eventId;
  const id = answer.problem.authenticationId;
  if (id === undefined) throw new CliError("refused", `The server did not decide: ${JSON.stringify(answer.problem)}`);
  return accepted(await api.readAuthentication({ id })).eventId;
}

function detailOf({ code, worn }: Scene): string {
  const detail = code ?? worn;
  return detail === undefined ? "" : ` (${detail})`;
}

function matches({ outcome, body }: ReceivedNotification, scene: Scene): boolean {
  const parsed: unknown = JSON.parse(body);
  if (!isRecord(parsed)) return false;
  const worn = WORN_KEYS.filter((key) => parsed[key] === true);
  return (
    outcome.kind === scene.expected &&
    (parsed["errorCode"] ?? null) === scene.code &&
    worn.join() === (scene.worn ?? "")
  );
}

const WORN_KEYS = ["hasFaceMask", "hasLenses"] as const;

async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, timeoutMs);
  });
  return await Promise.race([promise, timeout]).finally(() => {
    clearTimeout(timer);
  });
}
