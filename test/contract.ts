import { openApi } from "./contract/openapi.ts";
import { payloadSchema } from "./contract/payload.ts";
import { samples } from "./contract/samples.ts";
import { jsonText } from "./contract/text.ts";

/** The published contract: path below the root -> what stands in the file. */
export function contractFiles(): Map<string, string> {
  return new Map([
    ["docs/payload.schema.json", jsonText(payloadSchema())],
    ["docs/openapi.json", jsonText(openApi())],
    ...Object.entries(samples()).map(([family, sample]) => [`docs/samples/${family}.json`, jsonText(sample)] as const),
  ]);
}
