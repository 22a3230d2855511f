import { bytesOfBase64, encodeBase64 } from "@sameface/contract";
import type {
  Begin,
  DedupeStore,
  InboxStore,
  NowMs,
  Quarantined,
  QuarantineStore,
  ReceiverStore,
  SharedStoreOptions,
} from "./dedupe-store.ts";
import { checkName, checkRememberMs } from "./remember.ts";

/** A Redis client: ioredis has `call`, node-redis `sendCommand`. */
export type RedisClient =
  | { call(command: string, ...values: string[]): Promise<unknown> }
  | { sendCommand(values: string[]): Promise<unknown> };

// Each script is one step of the server. KEYS: the event's hash, the inbox (due times), the quarantine.
// Fields: h body hash, t token, d done, a when done or until when under lease, b body in base64 while it waits.
const READ = `local r=redis.call('HMGET',KEYS[1],'h','t','d','a','b')
local now,keep=tonumber(ARGV[1]),tonumber(ARGV[2])
local known=r[1] and (r[5] or tonumber(r[4])>now-keep)
local function set(at,...) redis.call('HSET',KEYS[1],'a',at,...) redis.call('PEXPIRE',KEYS[1],at-now+keep) end
`;
const SCRIPTS = {
  begin: `${READ}if known then
if r[1]~=ARGV[3] then return {'conflict'} end
if r[3]=='1' then return {'done'} end
if tonumber(r[4])>now then return {'running',tonumber(r[4])-now} end
end
local token=tonumber(r[2] or 0)+1
set(now+ARGV[4],'h',ARGV[3],'t',token,'d',0)
if r[5] then redis.call('ZADD',KEYS[2],now+ARGV[4],ARGV[5]) redis.call('PERSIST',KEYS[1]) end
return {'first',token}`,
  accept: `${READ}if known then
if r[1]~=ARGV[3] then return 'conflict' end
if r[3]=='1' or r[5] then return 'known' end
end
local at=now
if known and tonumber(r[4])>now then at=tonumber(r[4]) end
set(at,'h',ARGV[3],'t',r[2] or 0,'d',0,'b',ARGV[5],'s',ARGV[6],'p',ARGV[7])
redis.call('PERSIST',KEYS[1])
redis.call('ZADD',KEYS[2],at,ARGV[4])
return 'first'`,
  done: `${READ}if r[1] then
set(now,'d',1)
redis.call('HDEL',KEYS[1],'b','s','p')
redis.call('ZREM',KEYS[2],ARGV[3])
end`,
  failed: `${READ}if r[2]==ARGV[4] and r[3]=='0' then
set(now+ARGV[5])
if r[5] then redis.call('ZADD',KEYS[2],now+ARGV[5],ARGV[3]) redis.call('PERSIST',KEYS[1]) end
end`,
  claim: `local id=redis.call('ZRANGEBYSCORE',KEYS[2],'-inf',ARGV[1],'LIMIT',0,1)[1]
if not id then return {redis.call('ZRANGE',KEYS[2],0,0,'WITHSCORES')[2]} end
local row=KEYS[1]..id
redis.call('ZADD',KEYS[2],ARGV[1]+ARGV[2],id)
local token=redis.call('HINCRBY',row,'t',1)
redis.call('HSET',row,'a',ARGV[1]+ARGV[2])
local r=redis.call('HMGET',row,'b','s','p')
return {id,token,r[1],r[2],r[3]}`,
  quarantine: `if redis.call('ZADD',KEYS[2],'NX',ARGV[1],ARGV[3])==1 then redis.call('HSET',KEYS[1],ARGV[3],ARGV[4]) end
for _,old in ipairs(redis.call('ZRANGEBYSCORE',KEYS[2],'-inf',ARGV[2])) do
redis.call('HDEL',KEYS[1],old) redis.call('ZREM',KEYS[2],old)
end`,
} as const;

/**
 * A store in Redis 6.2 or later, shared by any number of machines. The client is handed in, so that this package brings
 * none. It forgets what Redis forgets: set `appendonly yes` and `maxmemory-policy noeviction`.
 * @throws {ReceiverError} `badOption`
 * @example
 * import { createClient } from "redis"; // or: new Redis(url) of ioredis
 * const store = createRedisStore(await createClient({ url }).connect());
 */
export function createRedisStore(client: RedisClient, options: SharedStoreOptions = {}): ReceiverStore {
  const { nowMs = Date.now } = options;
  const rememberMs = checkRememberMs(options.rememberMs);
  const prefix = `{${checkName(options.name)}}:`; // the braces keep all of it on one node of a cluster
  const command = async (...values: string[]): Promise<unknown> => {
    const [name = "", ...rest] = values;
    return await ("call" in client ? client.call(name, ...rest) : client.sendCommand(values));
  };
  const run: RedisParts["run"] = async (script, keys, ...values) =>
    await command("EVAL", script, String(keys.length), ...keys, ...values.map(String));
  const parts = { nowMs, rememberMs, prefix, inbox: `${prefix}inbox`, command, run };
  return { ...dedupeOf(parts), ...inboxOf(parts), ...quarantineOf(parts) };
}

/** What each part of a store stands on. */
interface RedisParts {
  readonly nowMs: NowMs;
  readonly rememberMs: number;
  readonly prefix: string;
  readonly inbox: string;
  readonly command: (...values: string[]) => Promise<unknown>;
  readonly run: (script: string, keys: readonly string[], ...values: (string | number)[]) => Promise<unknown>;
}

function onEvent({ nowMs, rememberMs, prefix, inbox, run }: RedisParts) {
  return async (script: string, id: string, ...values: (string | number)[]): Promise<unknown> =>
    await run(script, [`${prefix}event:${id}`, inbox], nowMs(), rememberMs, ...values);
}

function dedupeOf(parts: RedisParts): DedupeStore {
  const run = onEvent(parts);
  return {
    async begin({ id, bodyHash, leaseMs }) {
      const [kind, value] = (await run(SCRIPTS.begin, id, bodyHash, leaseMs, id)) as [Begin["kind"], number];
      if (kind === "first") return { kind, token: value };
      return kind === "running" ? { kind, retryAfterMs: value } : { kind };
    },
    async done({ id }) {
      await run(SCRIPTS.done, id, id);
    },
    async failed({ id, token, retryAfterMs = 0 }) {
      await run(SCRIPTS.failed, id, id, token, retryAfterMs);
    },
  };
}

function inboxOf(parts: RedisParts): InboxStore {
  const run = onEvent(parts);
  return {
    async accept({ id, bodyHash, body, timestampSeconds, possibleRetry }) {
      const rest = [bodyHash, id, encodeBase64(body), timestampSeconds, Number(possibleRetry)];
      return (await run(SCRIPTS.accept, id, ...rest)) as "first" | "known" | "conflict";
    },
    async claim(leaseMs) {
      const { prefix, inbox, nowMs } = parts;
      const [id = null, ...row] = (await parts.run(
        SCRIPTS.claim,
        [`${prefix}event:`, inbox],
        nowMs(),
        leaseMs,
      )) as string[];
      const [token, body, seconds, retry] = row;
      if (id === null || body === undefined) return { kind: "idle", nextAtMs: id === null ? null : Number(id) };
      const event = { id, timestampSeconds: Number(seconds), possibleRetry: retry === "1", body: bytesOfBase64(body) };
      return { kind: "claimed", token: Number(token), event };
    },
  };
}

function quarantineOf({ nowMs, rememberMs, prefix, command, run }: RedisParts): QuarantineStore {
  const kept = `${prefix}quarantine`;
  return {
    async noted(key, windowMs) {
      const now = nowMs();
      const before = await command("SET", `${prefix}noted:${key}`, String(now), "GET", "PX", String(windowMs));
      return before !== null && Number(before) > now - windowMs;
    },
    async quarantine({ id, reason, body, bodyHash }) {
      const now = nowMs();
      const entry = JSON.stringify({ id, reason, body: encodeBase64(body), atMs: now });
      await run(SCRIPTS.quarantine, [kept, `${kept}:at`], now, now - rememberMs, bodyHash, entry);
    },
    async quarantined() {
      const texts = (await command("HVALS", kept)) as string[];
      const entries = texts.map((text) => JSON.parse(text) as Quarantined & { readonly body: string }); // our own
      return entries
        .map((entry) => ({ ...entry, body: bytesOfBase64(entry.body) }))
        .sort((one, other) => one.atMs - other.atMs);
    },
  };
}
