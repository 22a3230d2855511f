export type { Operations, Schemas } from "./api.gen.ts";
export {
  type Answer,
  type ApiClient,
  type ApiClientOptions,
  type CallOptions,
  createApiClient,
  type Input,
  type OperationName,
} from "./create-api-client.ts";
