import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BearerOptions, type BearerTokens, bearerTokens } from "./bearer-tokens.ts";
import { createReceiver } from "./receive.ts";
import { ReceiverError } from "./receiver-error.ts";
import { golden, testClock, utf8 } from "./signed.fixture.ts";

const CLIENT = "incode";
const OLD = "o".repeat(32);
const NEW = "n".repeat(32);
const FORM = "application/x-www-form-urlencoded";

function basic(secret: string, client = CLIENT): string {
  return `Basic ${btoa(`${client}:${secret}`)}`;
}

function tokensOf(options: Partial<BearerOptions> = {}): BearerTokens {
  return bearerTokens({ clientId: CLIENT, clientSecrets: [OLD, NEW], ...testClock(), ...options });
}

async function ask(
  tokens: BearerTokens,
  authorization: string | readonly string[],
  body: unknown = utf8("grant_type=client_credentials"),
): Promise<{ status: number; headers: Readonly<Record<string, string>>; json: Record<string, unknown> }> {
  const {
    status,
    headers,
    body: text,
  } = await tokens.endpoint.receive({ body, headers: { authorization, "content-type": FORM } });
  return { status, headers, json: JSON.parse(text) as Record<string, unknown> };
}

async function tokenFor(tokens: BearerTokens, secret = OLD): Promise<string> {
  return String((await ask(tokens, basic(secret))).json["access_token"]);
}

describe("bearerTokens", () => {
  it("gives a token for each live client secret, in the form of RFC 6749, and takes it until it ends", async () => {
    const clock = testClock();
    const tokens = tokensOf({ nowMs: clock.nowMs, expiresInSeconds: 60 });
    for (const secret of [OLD, NEW]) {
      const { status, headers, json } = await ask(tokens, basic(secret));
      assert.deepEqual([status, json["token_type"], json["expires_in"]], [200, "Bearer", 60]);
      assert.equal(headers["cache-control"], "no-store");
    }
    const authorization = `Bearer ${await tokenFor(tokens)}`;
    assert.equal(await tokens.auth({ authorization }), true);
    assert.equal(await tokens.auth({ authorization: authorization.replace("Bearer", "bearer") }), true);
    clock.ms += 59_999;
    assert.equal(await tokens.auth({ authorization }), true);
    clock.ms += 1;
    assert.equal(await tokens.auth({ authorization }), false);
  });

  it("checks what another process gave, and ends the tokens of a secret that is taken out", async () => {
    const authorization = `Bearer ${await tokenFor(tokensOf(), OLD)}`;
    assert.equal(await tokensOf({ clientSecrets: [OLD] }).auth({ authorization }), true);
    assert.equal(await tokensOf({ clientSecrets: [NEW] }).auth({ authorization }), false);
  });

  it("answers 401 to another client, another secret, another scheme, two headers and none", async () => {
    const tokens = tokensOf();
    const wrong = [basic("x".repeat(32)), basic(OLD, "other"), `Bearer ${OLD}`, [basic(OLD), basic(OLD)], "", "Basic"];
    for (const authorization of wrong) {
      const { status, json } = await ask(tokens, authorization);
      assert.deepEqual([status, json], [401, { reason: "invalid_client", error: "invalid_client" }]);
    }
  });

  it("answers 400 to another grant, to none, and to a form that is too long or was parsed", async () => {
    const tokens = tokensOf();
    const long = utf8(`grant_type=client_credentials&x=${"x".repeat(4096)}`);
    for (const body of [utf8("grant_type=password"), utf8(""), long, { grant_type: "client_credentials" }]) {
      const { status, json } = await ask(tokens, basic(OLD), body);
      assert.deepEqual([status, json["error"]], [400, "unsupported_grant_type"]);
    }
  });

  it("refuses a token with any bit changed, without its end, with a later end, and none", async () => {
    const tokens = tokensOf();
    const token = await tokenFor(tokens);
    const [ends = "", mac = ""] = token.split(".");
    const wrong = [
      `${Number(ends) + 1}.${mac}`,
      mac,
      `.${mac}`,
      `${ends}.`,
      `${ends}.${mac}0`,
      "",
      `${ends}.${"0".repeat(64)}`,
    ];
    for (const text of wrong) assert.equal(await tokens.auth({ authorization: `Bearer ${text}` }), false, text);
    assert.equal(await tokens.auth({}), false);
    for (let at = 0; at < mac.length; at += 1) {
      const flipped = `${mac.slice(0, at)}${mac[at] === "0" ? "1" : "0"}${mac.slice(at + 1)}`;
      assert.equal(await tokens.auth({ authorization: `Bearer ${ends}.${flipped}` }), false);
    }
  });

  it("lets a receiver of the vendor's sender in", async () => {
    const tokens = tokensOf();
    const receiver = createReceiver({ source: "incode", auth: tokens.auth, ...testClock() });
    const send = async (authorization: string): Promise<number> =>
      (await receiver.receive({ body: golden("passed"), headers: { authorization } })).status;
    assert.deepEqual([await send(`Bearer ${await tokenFor(tokens)}`), await send("Bearer x")], [204, 401]);
  });

  it("lives an hour when nobody says, by the machine's clock", async () => {
    const tokens = bearerTokens({ clientId: CLIENT, clientSecrets: [OLD] });
    const { json } = await ask(tokens, basic(OLD));
    assert.equal(json["expires_in"], 3600);
    assert.equal(await tokens.auth({ authorization: `Bearer ${String(json["access_token"])}` }), true);
  });

  it("refuses at construction secrets that are short, odd, none or three, an odd client, and a life under a minute", () => {
    const wrong: Partial<BearerOptions>[] = [
      { clientSecrets: [] },
      { clientSecrets: [OLD, NEW, "m".repeat(32)] },
      { clientSecrets: ["x".repeat(31)] },
      { clientSecrets: [`${OLD}:`] },
      { clientId: "" },
      { clientId: "a:b" },
      { expiresInSeconds: 59 },
      { expiresInSeconds: Number.NaN },
    ];
    for (const options of wrong) {
      assert.throws(
        () => tokensOf(options),
        (error) => error instanceof ReceiverError && error.code === "badOption",
      );
    }
  });
});
