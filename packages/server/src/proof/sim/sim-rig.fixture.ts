import { createVerifier, parseVerifyKey, type Verifier } from "@sameface/contract";
import type { Engine } from "@sameface/engine";
import { NODE_SIGNING } from "../../delivery/node-signing.ts";
import { makeSecrets } from "../../delivery/sealed-endpoint.ts";
import { createScriptedEngine } from "../../http/scripted-engine.fixture.ts";
import type { Random } from "../../random.ts";
import type { NewSecret } from "../../store/store.ts";
import { createVault, type Vault } from "../../vault/vault.ts";
import { MOST_ENDPOINTS } from "./plan.fixture.ts";
import { createSimDatabase, SIM_TENANT, type SimDatabase } from "./sim-database.fixture.ts";
import { createWorld } from "./world.fixture.ts";

/** An endpoint's secrets, and what its receiver verifies with. */
export interface SimEndpoint {
  readonly endpointId: string;
  readonly secrets: readonly NewSecret[];
  readonly verifies: Verifier;
}

/** What all runs of a process share: it costs more than a run, and no run changes it. */
export interface Rig extends Disposable {
  readonly database: SimDatabase;
  readonly endpoints: readonly SimEndpoint[];
  readonly engine: Engine;
}

const MASTER_KEY = new Uint8Array(32).fill(7);
/** Clocks of processes go wrong by an hour, and receivers have the world's. */
const TOLERANCE_SECONDS = 7_200_000;

export async function createRig(): Promise<Rig> {
  const database = await createSimDatabase();
  const { dice } = createWorld(0);
  const endpoints = await Promise.all(
    Array.from({ length: MOST_ENDPOINTS }, async (_, n) => await makeEndpoint(`endpoint-${n}`, dice(`endpoint-${n}`))),
  );
  return {
    database,
    endpoints,
    engine: createScriptedEngine(),
    [Symbol.dispose]: () => {
      database[Symbol.dispose]();
    },
  };
}

async function makeEndpoint(endpointId: string, random: Random): Promise<SimEndpoint> {
  const ref = { tenantId: SIM_TENANT, endpointId };
  const { sealed, secret, publicKey } = await makeSecrets(ref, { vault: simVault(random), random });
  const keys = [secret, publicKey].map(parseVerifyKey);
  return {
    endpointId,
    secrets: sealed.filter(({ kind }) => kind === "hmac"),
    verifies: createVerifier({ ...NODE_SIGNING, keys, toleranceSeconds: TOLERANCE_SECONDS }),
  };
}

/** The same keys in every run. */
export function simVault(random: Random): Vault {
  return createVault({ masterKey: MASTER_KEY, random });
}
