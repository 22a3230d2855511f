import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { systemClock as clock } from "../../clock.ts";
import { systemRandom as random } from "../../random.ts";
import type { Tables } from "../queries/tables.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { DATABASE_ROLES, type DatabaseRole, GRANTS, rightsOf, rolesScript } from "./grants.ts";
import { createTestSchema, needsPostgres, type TestSchema } from "./test-database.fixture.ts";

const PREFIX = `test_${randomBytes(4).toString("hex")}`;

/** Every right in the schema, as the database tells it: `api: select on audit`. */
async function rightsIn({ sql }: TestSchema): Promise<readonly string[]> {
  const rows = await sql<{ role: string; right: string; table: string }>(
    `select grantee as role, lower(privilege_type) as right, table_name as table from information_schema.role_table_grants
      where table_schema = current_schema() and grantee like $1
    union select grantee, lower(privilege_type) || ' (' || column_name || ')', table_name
      from information_schema.role_column_grants c where table_schema = current_schema() and grantee like $1
        and not exists (select from information_schema.role_table_grants t where t.table_schema = c.table_schema
          and t.table_name = c.table_name and t.grantee = c.grantee and t.privilege_type = c.privilege_type)`,
    [`${PREFIX}\\_%`],
  );
  return rows.map(({ role, right, table }) => `${role.slice(PREFIX.length + 1)}: ${right} on ${table}`).toSorted();
}

describe("the roles of a database (S33)", needsPostgres(), () => {
  let schema: TestSchema;
  const as = (role: DatabaseRole | "nobody"): string => `${schema.url}%20-c%20role%3D${PREFIX}_${role}`;
  const open = async (url: string) => await createPostgresStore({ url, clock, random });
  before(async () => {
    schema = await createTestSchema();
    await schema.sql(`create role ${PREFIX}_nobody nologin`);
  });
  after(async () => {
    for (const role of [...DATABASE_ROLES, "migrator", "nobody"]) {
      await schema.sql(`drop owned by ${PREFIX}_${role}`).catch(() => undefined);
      await schema.sql(`drop role if exists ${PREFIX}_${role}`);
    }
    await schema[Symbol.asyncDispose]();
  });

  it("lets a node that may not make tables say which command does, in one line", async () => {
    const [{ name } = { name: "" }] = await schema.sql<{ name: string }>("select current_schema() as name");
    await schema.sql(`grant usage on schema ${name} to ${PREFIX}_nobody`);
    await assert.rejects(open(as("nobody")), {
      code: "migrationFailed",
      message: /lacks \d+ steps of its schema .* run `sameface migrate` as the owner of its tables$/,
    });
  });

  it("are given what the table says and nothing else, in every table that there is, also when given again", async () => {
    await (await open(schema.url)).close();
    const tables = await schema.sql<{ name: keyof Tables }>(
      "select tablename as name from pg_tables where schemaname = current_schema() order by 1",
    );
    assert.deepEqual(
      tables.map(({ name }) => name),
      Object.keys(GRANTS).toSorted(),
    );
    const told = Object.keys(GRANTS).flatMap((table) =>
      DATABASE_ROLES.flatMap((role) =>
        rightsOf(table as keyof Tables, role).map((right) => `${role}: ${right} on ${table}`),
      ),
    );
    await schema.sql(rolesScript(PREFIX));
    // A right that was given by hand goes with the next run.
    await schema.sql(`grant delete on audit to ${PREFIX}_api`);
    await schema.sql(rolesScript(PREFIX));
    assert.deepEqual(await rightsIn(schema), told.toSorted());
    const never = told.filter((one) =>
      /: (update|delete) on audit$|: delete on tombstones$|delivery: .* on (templates|pictures)$/.test(one),
    );
    assert.deepEqual(never, []);
  });

  it("start on a schema that is up to date, without a right to change it", async () => {
    for (const role of DATABASE_ROLES) {
      const store = await open(as(role));
      await assert.rejects(schema.sql(`set role ${PREFIX}_${role}; create table more (n integer)`), { code: "42501" });
      await schema.sql("reset role");
      await store.close();
    }
  });

  it("say so where they may not even look", async () => {
    await assert.rejects(open(as("nobody")), { code: "unavailable", message: /deploy\/postgres\/roles\.sql/ });
  });
});
