import { relayFromVariables } from "./src/config.ts";

/**
 * What this relay does. As it stands, the function's configuration decides: WEBHOOK_URL, ONS_TOPIC_ID, ROUTES and so on.
 * To decide in code instead, export defineRelay(({ env }) => ({ destinations: { … }, routes: [ … ] })).
 */
export default relayFromVariables;
