import { createHash } from "node:crypto";
import type { Send, SendRequest } from "../../delivery/send.ts";
import type { SendFailure, SendResult } from "../../delivery/send-result.ts";
import { BEHAVIOURS, type Behaviour } from "./plan.fixture.ts";
import type { Count } from "./run-seed.fixture.ts";
import type { Dice, World } from "./world.fixture.ts";

/** One request as it came to a receiver. */
export interface SimRequest {
  readonly endpoint: number;
  readonly eventId: string;
  readonly digest: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly atMs: number;
  readonly taken: boolean;
}

/** Receivers, each with a behaviour that changes, and the network before them. */
export interface SimTransport {
  readonly requests: readonly SimRequest[];
  behave(endpoint: number, as: Behaviour): void;
  /** @param passes is called when the bytes are out, and when headers came that acknowledge */
  send(passes: (point: "K9" | "K10") => Promise<void>): Send;
}

const HANG_MS = 15_000;
const RETRY_AFTER = ["120", "-1", "1e99", "abc", "Wed, 21 Oct 2099 07:28:00 GMT", "Thu, 01 Jan 2026 00:01:00 GMT"];
/** What the sender is told where no reply comes. */
const UNREACHED: Partial<Record<Behaviour, SendFailure>> = {
  refused: "connectionRefused",
  reset: "connectionLost",
  badTls: "certificateExpired",
  noName: "nameTimeout",
};

export function createSimTransport(world: World, count: Count): SimTransport {
  const dice = world.dice("network");
  const behaviours = new Map<number, Behaviour>();
  const requests: SimRequest[] = [];
  const answer = answerer({ world, dice, count, requests });
  return {
    requests,
    behave: (endpoint, as) => {
      behaviours.set(endpoint, as);
    },
    send: (passes) => async (request) => {
      const endpoint = Number(/receiver-(\d+)/.exec(request.url)?.[1]);
      const behaviour = behaviours.get(endpoint) ?? "fine";
      const row = BEHAVIOURS[behaviour];
      if (row !== null) count(row);
      return await answer({ endpoint, behaviour, request, passes });
    },
  };
}

interface Exchange {
  readonly endpoint: number;
  readonly behaviour: Behaviour;
  readonly request: SendRequest;
  readonly passes: (point: "K9" | "K10") => Promise<void>;
}

interface Parts {
  readonly world: World;
  readonly dice: Dice;
  readonly count: Count;
  readonly requests: SimRequest[];
}

function answerer({ world, dice, count, requests }: Parts): (exchange: Exchange) => Promise<SendResult> {
  const arrive = ({ endpoint, request: { headers, body } }: Exchange, taken: boolean): void => {
    const eventId = headers["webhook-id"] ?? "";
    const digest = createHash("sha256").update(body).digest("hex");
    requests.push({ endpoint, eventId, digest, body: Uint8Array.from(body), headers, atMs: world.nowMs(), taken });
  };
  return async (exchange) => {
    const { behaviour, request, passes } = exchange;
    const stopped = (): boolean => request.signal.aborted;
    await world.sleep(dice.whole(20));
    const unreached = UNREACHED[behaviour];
    if (unreached !== undefined) return { kind: "failed", reason: unreached };
    await passes("K9");
    const status = statusOf(behaviour, dice);
    const taken = status === null ? behaviour === "lostReply" : request.acknowledges(status, null);
    arrive(exchange, taken);
    await world.sleep(behaviour === "slow" ? 1_000 + dice.whole(13_000) : dice.whole(30));
    if (stopped()) return { kind: "failed", reason: "stopped" };
    if (status === null) {
      if (behaviour === "hanging") await world.sleep(HANG_MS);
      return { kind: "failed", reason: behaviour === "hanging" ? "timeout" : "connectionLost" };
    }
    const retryAfter = behaviour === "busy" ? dice.pick(RETRY_AFTER) : null;
    if (taken) await passes("K10");
    if (taken) count("delivered");
    return {
      kind: "replied",
      status,
      acknowledged: taken,
      contentType: null,
      retryAfter,
      replyBody: new Uint8Array(),
    };
  };
}

/** `null`: no reply comes. */
function statusOf(behaviour: Behaviour, dice: Dice): number | null {
  switch (behaviour) {
    case "serverError":
      return dice.pick([500, 502, 503, 504]);
    case "clientError":
      return dice.pick([400, 401, 403, 404, 422]);
    case "gone":
      return 410;
    case "busy":
      return dice.pick([429, 503]);
    case "redirect":
      return 307;
    case "flapping":
      return dice.chance(0.5) ? 204 : 500;
    case "hanging":
    case "lostReply":
      return null;
    default:
      return 204;
  }
}
