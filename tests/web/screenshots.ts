// npm run screenshots [-- FOLDER]: every page of the dashboard, at a desk and on a phone, light and dark, of a server in
// which something of everything happened. The faces behind it are drawn by code, and no picture is on any page.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { startSeededServer } from "../support/seeded-server.ts";
import { LOOKS, launchBrowser, openVisitor } from "./browser.ts";

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "../../.cache/screenshots"));
mkdirSync(folder, { recursive: true });
await using seeded = await startSeededServer();
const browser = await launchBrowser();
const places = {
  overview: "#/overview",
  authentications: "#/authentications",
  authentication: `#/authentications/${seeded.authentications["spoof"] ?? ""}`,
  passed: `#/authentications/${seeded.authentications["passed"] ?? ""}`,
  nothing: "#/authentications?customerId=who",
  deliveries: "#/deliveries",
  delivery: `#/deliveries/${seeded.deadDelivery}`,
  endpoints: "#/endpoints",
  endpoint: `#/endpoints/${seeded.endpoints.good}`,
  customers: "#/customers",
  customer: "#/customers/bert",
  settings: "#/settings",
};
for (const [look, options] of Object.entries(LOOKS)) {
  await using visitor = await openVisitor(browser, seeded.server, options);
  await visitor.page.getByRole("button", { name: "Sign in" }).waitFor();
  await visitor.page.screenshot({ path: path.join(folder, `sign-in-${look}.png`) });
  await visitor.signIn(seeded.server.key);
  for (const [name, place] of Object.entries(places)) {
    await visitor.visit(place);
    await visitor.page.screenshot({ path: path.join(folder, `${name}-${look}.png`), fullPage: true });
  }
  for (const complaint of visitor.complaints) process.stderr.write(`${look}: ${complaint}\n`);
}
await browser.close();
process.stdout.write(`${folder}\n`);
