/** Where a client on this host finds a server that listens there. */
export function listeningUrl({ address, port }: { readonly address: string; readonly port: number }): string {
  if (address === "0.0.0.0" || address === "::") return `http://127.0.0.1:${port}`;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
