// Writes the sources that are made from test/facts: the list of documented event types, and the types made from facts. A process of
// its own, because all else that is generated imports them.
import { writeFile } from "node:fs/promises";
import { eventTypeModule, eventTypesList, yunionFieldModule } from "./docs.ts";

await writeFile(new URL("../handlers/event-types.json", import.meta.url), eventTypesList());
await writeFile(new URL("../handlers/event-type.ts", import.meta.url), eventTypeModule());
await writeFile(new URL("../src/yunion-field.ts", import.meta.url), yunionFieldModule());
