import fdk from "@fnproject/fdk";
import { ResourcePrincipalAuthenticationDetailsProvider } from "oci-common";
import { NotificationDataPlaneClient } from "oci-ons";
import { pino } from "pino";
import { z } from "zod";

// A function as the tutorials write it: one file, static imports, the FDK's own JSON, the SDK's client as it comes.
const log = pino();
const Event = z.object({
  eventType: z.string(),
  eventID: z.string(),
  eventTime: z.string(),
  data: z.object({ resourceName: z.string(), resourceId: z.string(), compartmentName: z.string() }),
});
const client = new NotificationDataPlaneClient({
  authenticationDetailsProvider: ResourcePrincipalAuthenticationDetailsProvider.builder(),
});
client.endpoint = process.env.OCI_ENDPOINT_URL ?? client.endpoint;

// src/fdk.d.ts knows only what the relay uses.
const { handle } = fdk as unknown as { handle: (fn: (input: unknown) => Promise<unknown>) => void };

handle(async (input) => {
  const event = Event.parse(input);
  const { messageId } = (
    await client.publishMessage({
      topicId: process.env.ONS_TOPIC_ID ?? "",
      messageDetails: { title: `${event.data.resourceName}: ${event.eventType}`, body: JSON.stringify(event) },
    })
  ).publishResult;
  log.info({ eventID: event.eventID, messageId }, "published");
  return { eventID: event.eventID, messageId };
});
