/** What stands in a place of every event that has it: a text, anything at all, or an object with such fields. */
export type Shape =
  | "text"
  | "anything"
  | {
      fields: Readonly<Record<string, Shape>>;
      /** Of any other field; none has a meaning if absent. */
      others?: Shape;
    };

// By resource, as captured; further ones go by the service, and are free.
const ADDITIONAL_TEXTS = [
  ...["bucketName", "publicAccessType", "namespace", "eTag", "versioning", "archivalState", "bucketId", "versionId"],
  ...["imageId", "shape", "instanceActionType", "volumeId", "riskLevel", "dbName", "eventName", "description"],
  ...["autonomousDataType", "workloadType", "targetName", "comparedWith"],
];

function texts(names: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(names.map((name) => [name, "text"]));
}

/** What a payload has, of events and of audit records that the relay reads as events. */
const DATA: Shape = {
  fields: {
    ...texts(["compartmentId", "compartmentName", "resourceName", "resourceId", "availabilityDomain"]),
    freeformTags: { fields: {}, others: "text" },
    definedTags: { fields: {}, others: { fields: {}, others: "text" } },
    additionalDetails: { fields: texts(ADDITIONAL_TEXTS), others: "anything" },
    ...texts(["eventName", "eventGroupingId", "message"]),
    identity: "anything",
    request: "anything",
    response: "anything",
    stateChange: "anything",
    internalDetails: "anything",
  },
};

/** The envelope, as captured from 2019 to 2026. */
export const ENVELOPE: Shape = {
  fields: {
    ...texts(["eventType", "cloudEventsVersion", "eventTypeVersion", "source", "eventTime", "contentType", "eventID"]),
    schemaURL: "anything",
    extensions: { fields: texts(["compartmentId"]) },
    data: DATA,
  },
};

export const TOP_FIELDS: readonly string[] = Object.keys(ENVELOPE.fields);
export const DATA_FIELDS: readonly string[] = Object.keys(DATA.fields);
export const ADDITIONAL_FIELDS: readonly string[] = ADDITIONAL_TEXTS;
