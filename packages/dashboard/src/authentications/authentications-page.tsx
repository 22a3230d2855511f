import type { Place } from "../app/routes.ts";
import { AuthenticationDetail } from "./authentication-detail.tsx";
import { AuthenticationList } from "./authentication-list.tsx";
import "./authentications.css";

/** Every attempt that was decided, and one of them from its request to its receivers. */
export function AuthenticationsPage({ place }: { readonly place: Place }) {
  return place.rest === null ? <AuthenticationList query={place.query} /> : <AuthenticationDetail id={place.rest} />;
}
