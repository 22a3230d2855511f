/** Why nobody was signed in, for whoever tried. @param status of the answer; 0: there was none */
export function signInFault(status: number): string {
  if (status === 401) return "This is no live key. Check that it is whole, and that nobody revoked it.";
  if (status === 429) return "Too many keys were tried from here. Wait a minute.";
  if (status === 403) return "The address of this page is not the one that the server knows. Is it behind a proxy?";
  return "The server can't be reached.";
}
