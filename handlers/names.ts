import { database } from "./names/database.ts";
import { service } from "./names/service.ts";

/**
 * What the naming rule would say badly: `<service>.<operation without phase>` -> `<noun>/<action>`, with `/failed` where it tells
 * of a failure. With a dot in the end, the noun of all that stand below: `<service>.<part>.` -> `<noun>`.
 */
export const names: Readonly<Record<string, string>> = { ...database, ...service };
