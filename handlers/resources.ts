import { application } from "./resources/application.ts";
import { compute } from "./resources/compute.ts";
import { database } from "./resources/database.ts";
import { identity } from "./resources/identity.ts";
import { network } from "./resources/network.ts";
import { operation } from "./resources/operation.ts";
import { security } from "./resources/security.ts";
import { storage } from "./resources/storage.ts";

/**
 * The families that are all data; src/resource.ts says what a row may hold. A new family is a row in one of these tables.
 * Things without a service are those of audit records. Consoles: paths that were seen with real OCIDs behind them; where a
 * page needs the OCID of a parent too, there is none.
 */
export const resources = {
  ...compute,
  ...storage,
  ...network,
  ...database,
  ...identity,
  ...security,
  ...application,
  ...operation,
};
