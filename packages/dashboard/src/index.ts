export { pageFile } from "./page-file.ts";
