// Entry of catalogue.cjs, which func.ts loads with the first event whose type no handler names.
import { resources, states, vocabulary } from "../handlers/by-name.ts";
import { createByName } from "./by-name.ts";

export const byName = createByName({
  vocabulary,
  resources,
  states,
  // Not import(), which is a promise: an event is normalised in one go. The bundle leaves the file beside itself.
  documented: () => require("../handlers/event-types.json"),
});
