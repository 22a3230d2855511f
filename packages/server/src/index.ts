export { DEFAULT_POLICY, MATCH_THRESHOLDS } from "./api/index.ts";
export { loadConfig } from "./config/load-config.ts";
export { type ConfigResult, type ConfigSources, readConfig } from "./config/read-config.ts";
export { type Config, type SettingName, Settings, variableOf } from "./config/settings.ts";
export { type RunningServer, type ServerOptions, startServer, VERSION } from "./main.ts";
export { matchThresholdOf } from "./policy/tenant-policy.ts";
export { ServerError, type ServerErrorCode } from "./server-error.ts";
export { DATABASE_FILE } from "./store/sqlite/create-sqlite-store.ts";
