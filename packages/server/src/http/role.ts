import type { Scope } from "../store/records.ts";

/** What a key lets a person do at the dashboard, in one word. */
export type Role = "viewer" | "operator" | "admin";

/** `admin`: all of its tenant; `operator`: changes something; `viewer`: reads. */
export function roleOf(scopes: readonly Scope[]): Role {
  if (scopes.includes("admin") || scopes.includes("root")) return "admin";
  return scopes.some((scope) => scope === "authenticate" || scope.endsWith(":write")) ? "operator" : "viewer";
}
