import { EngineError } from "@sameface/engine";
import type { Config } from "./config/settings.ts";
import { ServerError } from "./server-error.ts";
import { StoreError } from "./store/store-error.ts";
import { VaultError } from "./vault/vault-error.ts";

/** Why a start failed, in one line for the operator that holds no secret. */
export function toStartFault(fault: unknown, config: Config): ServerError {
  if (fault instanceof ServerError) return fault;
  const code = fault instanceof Error && "code" in fault ? fault.code : null;
  if (code === "EADDRINUSE" || code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    const line = `${config.host}:${config.port} can't be listened on (${code}): set SAMEFACE_PORT or SAMEFACE_HOST`;
    return new ServerError("portInUse", line, { cause: fault });
  }
  // Their messages are made for an operator; anything else might be the text of anything.
  const known = fault instanceof StoreError || fault instanceof VaultError || fault instanceof EngineError;
  const line = known ? fault.message : `the server could not start (${typeof code === "string" ? code : "no code"})`;
  return new ServerError("startFailed", line, { cause: fault });
}
