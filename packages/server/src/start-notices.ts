import type { Engine } from "@sameface/engine";
import type { Config } from "./config/settings.ts";
import type { Network } from "./delivery/address.ts";
import { plainHost } from "./store/postgres/connect-options.ts";
import type { Unlocked } from "./vault/unlock-vault.ts";

/** What notices are made from. */
export interface NoticeParts extends Pick<Unlocked, "origin" | "keys"> {
  readonly config: Config;
  readonly allowedNetworks: readonly Network[];
  readonly engine: Engine | null;
  readonly keyFile: string;
  readonly isRoot: boolean;
}

/** What an operator should be told at every start: networks that are opened, keys, a schedule that differs, … */
export function startNotices(parts: NoticeParts): readonly string[] {
  const { config, allowedNetworks, engine } = parts;
  const notices = [...keyNotices(parts)];
  if (parts.isRoot) notices.push("This process runs as root: give it a user of its own, as the container image does.");
  if (allowedNetworks.length > 0) {
    const named = allowedNetworks.map((network) => network.text).join(", ");
    notices.push(`Endpoints may point into private networks: ${named} (SAMEFACE_ALLOWED_PRIVATE_NETWORKS).`);
  }
  if (config.retrySchedule !== undefined) {
    notices.push(
      `Retries of profile standard wait ${config.retrySchedule.join(", ")} s, without jitter (SAMEFACE_RETRY_SCHEDULE).`,
    );
  }
  if (engine?.describe().isolation.network === "reachable") {
    notices.push("The processes that decode pictures can reach the network: this host does not let them be cut off.");
  }
  const unencrypted = config.databaseUrl === undefined ? null : plainHost(config.databaseUrl);
  if (unencrypted !== null) {
    notices.push(
      `The database at ${unencrypted} is reached without encryption: add sslmode=verify-full to SAMEFACE_DATABASE_URL.`,
    );
  }
  if (config.roles.length === 1) notices.push(`This process does ${config.roles.join("")} only (SAMEFACE_ROLES).`);
  return notices;
}

function keyNotices({ origin, keys, keyFile }: NoticeParts): readonly string[] {
  const notices: string[] = [];
  if (origin === "made") {
    notices.push(
      `The master key was made in ${keyFile}: keep it apart from backups of the data, or set SAMEFACE_MASTER_KEY.`,
    );
  }
  if (keys === "rewrapping") {
    notices.push(
      `Records are moved from the previous master key: keep it until the log says "all is under the master key".`,
    );
  }
  if (keys === "both") notices.push("Records of another master key would be read, too (SAMEFACE_PREVIOUS_MASTER_KEY).");
  return notices;
}
