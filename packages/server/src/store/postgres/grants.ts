import type { Tables } from "../queries/tables.ts";

/** What a node of PostgreSQL does, and what it therefore may; a fourth, the migrator, owns the tables. */
export const DATABASE_ROLES = ["api", "delivery", "sweeper"] as const;
/** One of {@link DATABASE_ROLES}. */
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

/** Letters of {@link RIGHTS}, in their order; empty: the table is none of this role's business. */
type Rights = Readonly<Record<DatabaseRole, string>>;

/** `s`: select, and so on. `t`: update, of when a key was used last alone. */
const RIGHTS = { s: "select", i: "insert", u: "update", d: "delete", t: "update (last_used_at_ms)" } as const;

/**
 * The least that each role needs of each table (S33); a table that is missing here does not compile. Nobody changes or
 * deletes a row of the audit, nor forgets a tombstone; who delivers sees no template, picture or policy.
 */
export const GRANTS: Readonly<Record<keyof Tables, Rights>> = {
  migrations: { api: "s", delivery: "s", sweeper: "s" },
  meta: { api: "siud", delivery: "siu", sweeper: "" },
  tenants: { api: "si", delivery: "s", sweeper: "s" },
  quotas: { api: "sid", delivery: "", sweeper: "" },
  api_keys: { api: "siu", delivery: "st", sweeper: "" },
  sessions: { api: "siud", delivery: "", sweeper: "" },
  policies: { api: "siu", delivery: "", sweeper: "" },
  customers: { api: "siud", delivery: "", sweeper: "sd" },
  templates: { api: "siud", delivery: "", sweeper: "sd" },
  blocks: { api: "siud", delivery: "", sweeper: "su" },
  failure_counters: { api: "siud", delivery: "", sweeper: "sd" },
  tombstones: { api: "siu", delivery: "s", sweeper: "siu" },
  authentications: { api: "sid", delivery: "", sweeper: "sd" },
  capture_sessions: { api: "siud", delivery: "", sweeper: "sd" },
  seen_pictures: { api: "sid", delivery: "", sweeper: "sd" },
  pictures: { api: "siud", delivery: "", sweeper: "sd" },
  idempotency: { api: "siud", delivery: "", sweeper: "sd" },
  feeds: { api: "siu", delivery: "siu", sweeper: "siu" },
  events: { api: "siu", delivery: "si", sweeper: "sud" },
  endpoints: { api: "siud", delivery: "su", sweeper: "" },
  endpoint_secrets: { api: "siud", delivery: "s", sweeper: "" },
  streams: { api: "siud", delivery: "s", sweeper: "" },
  deliveries: { api: "siu", delivery: "siu", sweeper: "sud" },
  delivery_attempts: { api: "sid", delivery: "si", sweeper: "sd" },
  replays: { api: "siu", delivery: "su", sweeper: "" },
  rhythms: { api: "s", delivery: "siu", sweeper: "" },
  hourly_outcomes: { api: "siu", delivery: "", sweeper: "sd" },
  hourly_deliveries: { api: "siu", delivery: "siu", sweeper: "sd" },
  audit_heads: { api: "siu", delivery: "siu", sweeper: "siu" },
  audit: { api: "si", delivery: "si", sweeper: "si" },
};

/** What one role may do with one table, in the words of SQL. */
export function rightsOf(table: keyof Tables, role: DatabaseRole): readonly string[] {
  const letters = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];
  return letters.filter((letter) => GRANTS[table][role].includes(letter)).map((letter) => RIGHTS[letter]);
}

/** The script that makes the roles and gives them their rights in the schema of the connection; repeatable. */
export function rolesScript(prefix = "sameface"): string {
  const nameOf = (role: string): string => `${prefix}_${role}`;
  const make = [...DATABASE_ROLES, "migrator"].map((role) => {
    const name = nameOf(role);
    return `  if not exists (select from pg_roles where rolname = '${name}') then create role ${name} nologin; end if;`;
  });
  const all = DATABASE_ROLES.map(nameOf).join(", ");
  const grants = (Object.keys(GRANTS) as (keyof Tables)[]).flatMap((table) => [
    `revoke all on ${table} from ${all};`,
    ...DATABASE_ROLES.flatMap((role) => {
      const rights = rightsOf(table, role);
      return rights.length === 0 ? [] : [`grant ${rights.join(", ")} on ${table} to ${nameOf(role)};`];
    }),
  ]);
  return `do $$ begin
${make.join("\n")}
  execute format('grant usage on schema %I to ${all}', current_schema());
  execute format('grant usage, create on schema %I to ${nameOf("migrator")}', current_schema());
end $$;
${grants.join("\n")}
`;
}
