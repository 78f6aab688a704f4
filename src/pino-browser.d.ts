/** pino's build for browsers ships without types of its own; it has the same function. */
declare module "pino/browser.js" {
  import { pino } from "pino";
  export default pino;
}
