import * as z from "zod";
import { compartmentIdSchema } from "../emulator/compartment-id.ts";
import { tagsSchema } from "../emulator/tags.ts";

/** The services that have logs here, and the categories of their logs. The resource of a function's log is its application. */
export const LOGGED_SERVICES = [
  {
    id: "functions",
    name: "Functions",
    servicePrincipalName: "FaaS",
    resourceTypes: [
      {
        name: "application",
        categories: [{ name: "invoke", displayName: "Function Invocation Logs", parameters: [] }],
      },
    ],
    resource: /^ocid1\.fnapp\.[\w-]+\.[\w-]*\.[\w.-]+$/,
  },
];

const retentionSchema = z
  .number()
  .refine((days) => days >= 30 && days <= 180 && days % 30 === 0, "days: 30, 60, 90, 120, 150 or 180");

const sourceSchema = z
  .object({
    sourceType: z.literal("OCISERVICE"),
    service: z.enum(LOGGED_SERVICES.map(({ id }) => id)),
    resource: z.string(),
    category: z.string(),
    parameters: z.record(z.string(), z.string()).nullish(),
  })
  .superRefine(({ service, resource, category }, context) => {
    const known = LOGGED_SERVICES.find(({ id }) => id === service);
    const categories = known?.resourceTypes.flatMap((type) => type.categories.map(({ name }) => name)) ?? [];
    if (!categories.includes(category)) {
      context.addIssue({ code: "custom", path: ["category"], message: `one of ${categories.join(", ")}` });
    }
    if (!known?.resource.test(resource)) {
      context.addIssue({
        code: "custom",
        path: ["resource"],
        message: `the OCID of an ${known?.resourceTypes[0]?.name}`,
      });
    }
  });

const detailsSchema = {
  displayName: z.string().regex(/^[\w.-]{1,255}$/, "1 to 255 letters, digits, periods, hyphens and underscores"),
  isEnabled: z.boolean().nullish(),
  retentionDuration: retentionSchema.nullish(),
};
const archivingSchema = z.object({ isEnabled: z.boolean().nullish() }).nullish();

export const createLogSchema = z
  .object({
    ...detailsSchema,
    logType: z.enum(["CUSTOM", "SERVICE"]),
    configuration: z
      .object({ compartmentId: compartmentIdSchema.nullish(), source: sourceSchema, archiving: archivingSchema })
      .nullish(),
    ...tagsSchema,
  })
  .refine(({ logType, configuration }) => logType === "CUSTOM" || configuration, {
    path: ["configuration"],
    message: "a log of type SERVICE needs one",
  });

export const updateLogSchema = z.object({
  ...detailsSchema,
  displayName: detailsSchema.displayName.nullish(),
  // Of a service log the resource cannot be changed.
  configuration: z
    .object({
      source: z.object({ parameters: z.record(z.string(), z.string()).nullish() }),
      archiving: archivingSchema,
    })
    .nullish(),
  ...tagsSchema,
});
