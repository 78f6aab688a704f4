import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../../local/fixtures.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { freshEvent } from "../fresh-event.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ config: { ONS_TOPIC_ID: "" } });
});
afterAll(() => rig.close());

test.each([
  ["9 KB", 3_000],
  ["180 KB", 60_000],
  ["3.6 MB", 1_200_000],
])("an event of %s of Japanese text, sent in chunks, arrives unharmed", async (_, chars) => {
  const text = "日本語のとても長い説明文、絵文字🚀も。"
    .repeat(Math.ceil(chars / 20))
    .slice(0, chars)
    .toWellFormed();
  const event = JSON.parse(fixture("object-created").toString());
  event.data.additionalDetails.説明 = text;
  const response = await rig.host.invoke(freshEvent(JSON.stringify(event)));
  expect(JSON.parse(response.body)).toMatchObject({ outcome: "delivered" });
  const body = JSON.parse(rig.sink.received.at(-1)?.body.toString() ?? "");
  const details = [body.resource_details, JSON.parse(body.Msg).resource_details];
  expect(details.map((each) => each.oci.additional_details.説明 === text)).toEqual([true, true]);
  expect(rig.sink.received.at(-1)?.token).toBe("valid");
});
