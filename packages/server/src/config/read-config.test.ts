import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "./read-config.ts";
import { Settings, variableOf } from "./settings.ts";

function configOf(env: Record<string, string>, file: string | null = null) {
  const result = readConfig({ env, file });
  assert.ok(result.ok, result.ok ? "" : result.line);
  return result.config;
}

function lineOf(env: Record<string, string>, file: string | null = null): string {
  const result = readConfig({ env, file });
  assert.ok(!result.ok);
  assert.doesNotMatch(result.line, /\n/);
  return result.line;
}

describe("readConfig", () => {
  it("has the defaults of the interface when nothing is set", () => {
    assert.deepEqual(configOf({ PATH: "/bin" }), {
      port: 8080,
      host: "127.0.0.1",
      data: "./data",
      allowedPrivateNetworks: [],
      trustedProxies: [],
      tracesPercent: 100,
      roles: ["api", "delivery"],
      logLevel: "info",
      retentionDays: 30,
      customerRetentionDays: 1_095,
    });
  });

  it("reads numbers, lists and lists of numbers from the environment, which goes before the file", () => {
    const config = configOf(
      {
        SAMEFACE_PORT: "0",
        SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.0/8, ::1/128",
        SAMEFACE_RETRY_SCHEDULE: "0,1,2.5",
        SAMEFACE_ROLES: "delivery",
      },
      '{"port": 9000, "host": "::1"}',
    );
    assert.equal(config.port, 0);
    assert.equal(config.host, "::1");
    assert.deepEqual(config.allowedPrivateNetworks, ["127.0.0.0/8", "::1/128"]);
    assert.deepEqual(config.retrySchedule, [0, 1, 2.5]);
    assert.deepEqual(config.roles, ["delivery"]);
  });

  it("takes an empty variable as unset", () => {
    assert.equal(configOf({ SAMEFACE_PORT: "" }, '{"port": 9000}').port, 9000);
  });

  it("refuses a wrong value in one line with setting, value and what is allowed", () => {
    assert.equal(lineOf({ SAMEFACE_PORT: "80a" }), 'SAMEFACE_PORT is "80a"; allowed: a whole number from 0 to 65535');
    for (const text of ["-1", "65536", "1.5", "1e3", "0x50", " "])
      assert.match(lineOf({ SAMEFACE_PORT: text }), /PORT is/);
    assert.match(lineOf({ SAMEFACE_ROLES: "api,web" }), /^SAMEFACE_ROLES is "api,web"; allowed: /);
    assert.match(lineOf({ SAMEFACE_ROLES: "api,api" }), /^SAMEFACE_ROLES/);
    assert.match(lineOf({ SAMEFACE_LOG_LEVEL: "trace" }), /^SAMEFACE_LOG_LEVEL/);
    assert.match(lineOf({ SAMEFACE_RETRY_SCHEDULE: "1,,2" }), /^SAMEFACE_RETRY_SCHEDULE .*for example 1,5,30/);
    assert.match(lineOf({ SAMEFACE_PUBLIC_URL: "here" }), /^SAMEFACE_PUBLIC_URL .*https:/);
    assert.match(lineOf({ SAMEFACE_ENGINE_PROCESSES: "0" }), /^SAMEFACE_ENGINE_PROCESSES/);
  });

  it("names the file, and the key in it, for a wrong value that stands there, and shows no secret of it", () => {
    const port = 'sameface.config.json: "port" is "80"; allowed: a whole number from 0 to 65535';
    assert.equal(lineOf({ SAMEFACE_PORT: "" }, '{"port": "80"}'), port);
    assert.match(lineOf({}, '{"roles": "api"}'), /^sameface\.config\.json: "roles" is "api"; allowed: /);
    const key = lineOf({}, '{"adminKey": "hunter2"}');
    assert.match(key, /^sameface\.config\.json: "adminKey" is set \(7 characters, not shown\)/);
    assert.match(lineOf({}, '{"adminKey": ["hunter2"]}'), /is set \(11 characters, not shown\)/);
  });

  it("refuses a short admin key and a wrong master key without showing them", () => {
    for (const [name, text] of [
      ["SAMEFACE_ADMIN_KEY", "hunter2-hunter2-hunter2-hunter2"],
      ["SAMEFACE_ADMIN_KEY", "hunter2 hunter2 hunter2 hunter2 hunter2"],
      ["SAMEFACE_MASTER_KEY", "hunter2"],
      ["SAMEFACE_MASTER_KEY", `${"A".repeat(42)}B=`],
    ] as const) {
      const line = lineOf({ [name]: text });
      assert.ok(line.startsWith(`${name} is set (`), line);
      assert.doesNotMatch(line, /hunter2|AAAA/);
    }
    assert.equal(configOf({ SAMEFACE_MASTER_KEY: `${"A".repeat(43)}=` }).masterKey, `${"A".repeat(43)}=`);
  });

  it("takes the address of a PostgreSQL, and refuses any other without showing its password", () => {
    const url = "postgres://user:hunter2@db/sameface";
    assert.equal(configOf({ SAMEFACE_DATABASE_URL: url }).databaseUrl, url);
    for (const wrong of ["mysql://user:hunter2@db/x", "user:hunter2@db/x", "postgres://user:hunter2@db/a b"]) {
      const line = lineOf({ SAMEFACE_DATABASE_URL: wrong });
      assert.match(line, /^SAMEFACE_DATABASE_URL is set .*postgres:\/\/user:password@host/);
      assert.doesNotMatch(line, /hunter2/);
    }
  });

  it("refuses an unknown setting by name, in the environment and in the file", () => {
    assert.match(lineOf({ SAMEFACE_PROT: "1" }), /^SAMEFACE_PROT is not a setting/);
    assert.match(lineOf({}, '{"prot": 1}'), /^sameface\.config\.json: "prot" is not a setting/);
    assert.match(lineOf({}, '{"port": "9000"}'), /^sameface\.config\.json: "port" is/);
    assert.match(lineOf({}, "{"), /not JSON/);
    assert.match(lineOf({}, "[]"), /must hold an object/);
    const ofTests = { SAMEFACE_TEST_DATA: "/x", SAMEFACE_TEST_POSTGRES_URL: "x", SAMEFACE_TEST_REDIS_URL: "x" };
    configOf({ SAMEFACE_URL: "http://x", ...ofTests });
  });

  it("keeps what happened for 30 days unless told otherwise, and never for less than a day", () => {
    assert.equal(configOf({}).retentionDays, 30);
    assert.equal(configOf({ SAMEFACE_RETENTION_DAYS: "1" }).retentionDays, 1);
    assert.match(lineOf({ SAMEFACE_RETENTION_DAYS: "0" }), /^SAMEFACE_RETENTION_DAYS is "0"; .*from 1 to 36500/);
  });

  it("names the variables of interface.md, and those that came since", () => {
    const since = new Set([
      "SAMEFACE_ENGINE_MODELS",
      "SAMEFACE_PREVIOUS_MASTER_KEY",
      "SAMEFACE_TENANT_REQUESTS_PER_SECOND",
      "SAMEFACE_KEY_REQUESTS_PER_SECOND",
      "SAMEFACE_TRACES_URL",
      "SAMEFACE_TRACES_PERCENT",
      "SAMEFACE_CUSTOMER_RETENTION_DAYS",
      "SAMEFACE_SWEEPER_DATABASE_URL",
    ]);
    const names = Object.keys(Settings.properties).map(variableOf);
    for (const name of since) assert.ok(names.includes(name), name);
    assert.deepEqual(
      names.filter((name) => !since.has(name)),
      [
        "SAMEFACE_PORT",
        "SAMEFACE_HOST",
        "SAMEFACE_DATA",
        "SAMEFACE_DATABASE_URL",
        "SAMEFACE_ADMIN_KEY",
        "SAMEFACE_MASTER_KEY",
        "SAMEFACE_ENGINE_PROCESSES",
        "SAMEFACE_ALLOWED_PRIVATE_NETWORKS",
        "SAMEFACE_PUBLIC_URL",
        "SAMEFACE_TRUSTED_PROXIES",
        "SAMEFACE_ROLES",
        "SAMEFACE_LOG_LEVEL",
        "SAMEFACE_RETENTION_DAYS",
        "SAMEFACE_RETRY_SCHEDULE",
      ],
    );
  });
});
