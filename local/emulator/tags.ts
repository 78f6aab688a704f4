import * as z from "zod";

const MAX_FREEFORM = 10;
const MAX_DEFINED = 64;

const key = z.string().min(1).max(100);

/**
 * The tags of every thing, with the limits of all services.
 * @see https://docs.oracle.com/en-us/iaas/Content/Tagging/Concepts/taggingoverview.htm
 */
export const tagsSchema = {
  freeformTags: z
    .record(key, z.string().max(256))
    .refine((tags) => Object.keys(tags).length <= MAX_FREEFORM, `at most ${MAX_FREEFORM} free-form tags`)
    .nullish(),
  definedTags: z
    .record(key, z.record(key, z.unknown()))
    .refine(
      (tags) => Object.values(tags).flatMap(Object.keys).length <= MAX_DEFINED,
      `at most ${MAX_DEFINED} defined tags`,
    )
    .nullish(),
};
