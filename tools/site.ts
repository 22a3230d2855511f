// npm run build -- site: the documents as web pages in .cache/site. Every link of the built pages is followed.
import { buildSite, deadLinks, SITE } from "./site/build-site.ts";

const pages = await buildSite();
const dead = deadLinks();
for (const link of dead) process.stdout.write(`${link}\n`);
process.stdout.write(`${pages} pages in ${SITE}, ${dead.length} links lead nowhere\n`);
process.exitCode = dead.length === 0 ? 0 : 1;
