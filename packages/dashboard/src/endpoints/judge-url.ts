/** What can be told of an endpoint's URL while it is typed; the server has the last word when it is sent. */
export interface UrlHint {
  readonly tone: "good" | "warn" | "bad";
  readonly text: string;
}

const PORTS = new Set(["", "443", "8443"]);
const NAMED = /^(?=.*[a-z])[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** `null`: nothing is typed yet. */
export function judgeUrl(text: string): UrlHint | null {
  if (text === "") return null;
  if (!URL.canParse(text)) return { tone: "bad", text: "This is no URL yet: https://your-host/path" };
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return { tone: "bad", text: "Only https is posted to." };
  if (url.username !== "" || url.password !== "") {
    return { tone: "bad", text: "No user name in the URL: choose a way of signing in below." };
  }
  if (url.hash !== "") return { tone: "bad", text: "A fragment is never sent: leave it out." };
  if (url.href !== text) return { tone: "warn", text: `It would be read as ${url.href}` };
  if (url.protocol === "http:" || !PORTS.has(url.port) || !NAMED.test(url.hostname)) {
    return { tone: "warn", text: "Taken only inside the networks that this server allows." };
  }
  return { tone: "good", text: "Well formed." };
}
