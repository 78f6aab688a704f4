import { expect, test } from "vitest";
import { rendered } from "../../src/deliver/render.ts";
import type { Notification } from "../../src/notification.ts";

const notification = { title: "Instance web-1 created in prod" } as Notification;

test("what can be sent as JSON is sent", () => {
  const payload = rendered(({ title }) => ({ text: title, at: [1, null, true] }), notification);
  expect(payload).toEqual({ ok: true, value: { text: notification.title, at: [1, null, true] } });
});

class OwnError extends Error {
  override name = "OwnError";
}

test.each<[string, () => unknown, string]>([
  ["nothing", () => undefined, "render: expected a text or what JSON can say, but it is undefined"],
  [
    "a date in it",
    () => ({ at: new Date(0) }),
    "render: expected a text or what JSON can say, but .at is an instance of Date",
  ],
  [
    "a promise that fails",
    () => Promise.reject(new Error("no")),
    "render: expected a text or what JSON can say, but it is an instance of Promise",
  ],
  [
    "an error, whose message may quote the event",
    () => {
      throw new OwnError("secret");
    },
    "render: threw OwnError",
  ],
  [
    "something that fails when it is looked at",
    () => ({
      get text() {
        throw new OwnError("secret");
      },
    }),
    "render: threw OwnError",
  ],
])("a render that gives %s is a problem, and ends nothing", (_, render, problem) => {
  expect(rendered(render, notification)).toEqual({ ok: false, problem });
});

test("what render writes into its notification nobody else sees", () => {
  const shared = {
    title: "as it was",
    details: { oci: { additional_details: { shape: "s" } } },
  } as unknown as Notification;
  const spoil = (given: Notification) => {
    const { oci } = given.details as { oci: { additional_details: { shape?: string } } };
    delete oci.additional_details.shape;
    return "done";
  };
  expect(rendered(spoil, shared)).toEqual({ ok: true, value: "done" });
  expect(shared.details).toEqual({ oci: { additional_details: { shape: "s" } } });
});
