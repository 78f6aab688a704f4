import type { Render } from "../deliver/render.ts";
import { shown } from "../problem.ts";
import type { Check } from "./check.ts";
import { checkRender } from "./check-webhook.ts";
import type { OnsConfig, OnsSettings } from "./relay.ts";

export function checkOns(name: string, config: OnsConfig, check: Check): OnsSettings | undefined {
  const path = `destinations.${name}`;
  check.keys(path, config, ["type", "topicId", "format", "render"]);
  const { format = "json", render } = config;
  if (format !== "json" && format !== "text") {
    check.report(`${path}.format`, `expected "json" or "text", got ${shown(format)}`);
  }
  if (render !== undefined && config.format !== undefined) {
    check.report(`${path}.format`, "has no effect where render makes the payload; leave one of the two out");
  }
  checkRender(path, { render }, check);
  check.require(`${path}.topicId`, config.topicId);
  const topicId = check.textOf(`${path}.topicId`, config.topicId);
  if (topicId === undefined) return undefined;
  if (!/^ocid1\.onstopic\.[a-z0-9.-]+$/i.test(topicId)) {
    check.report(`${path}.topicId`, `expected the OCID of a topic, ocid1.onstopic.…, got ${shown(topicId)}`);
  }
  return { type: "ons", name, topicId, format, render: render as Render | undefined };
}
