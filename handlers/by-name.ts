/** The catalogue's facts for the event types that no handler names. */
export { resources } from "./resources.ts";
export { states } from "./states.ts";
export { vocabulary } from "./vocabulary.ts";
