import { type Expression, element, forEach, input, list, ref, text, when } from "../expression.ts";
import type { Row } from "../resources.ts";
import { ownerTags } from "./owner.ts";

const GROUP = "dynamic-group function";
const group = ref(GROUP, "name");
const scope = input("scope");
const deadLetters = ref("bucket dead-letters", "name");
const dedupe = ref("bucket dedupe", "name");

/** Where only some permissions of `manage objects` are meant. */
const objects = (bucket: Expression, permissions: readonly string[]): Expression =>
  text`Allow dynamic-group ${group} to manage objects in ${scope} where all {target.bucket.name='${bucket}', any {${permissions
    .map((permission) => `request.permission='${permission}'`)
    .join(", ")}}}`;

export const access: readonly Row[] = [
  {
    key: GROUP,
    kind: "dynamic-group",
    attributes: {
      // Dynamic groups stand in the tenancy alone.
      compartmentId: input("tenancyId"),
      name: text`${input("name")}-function`,
      description: "The function of the event relay",
      matchingRule: text`ALL {resource.type = 'fnfunc', resource.id = '${ref("function", "id")}'}`,
      freeformTags: ownerTags,
    },
  },
  {
    key: "policy",
    kind: "policy",
    attributes: {
      compartmentId: input("compartmentId"),
      name: input("name"),
      description: "What the event relay may do, and what may call it",
      statements: list(
        text`Allow dynamic-group ${group} to use ons-topics in ${scope} where request.permission='ONS_TOPIC_PUBLISH'`,
        // Letters are written once, under a name that tells their content: src/store/dead-letters.ts
        objects(deadLetters, ["OBJECT_CREATE", "OBJECT_READ", "OBJECT_INSPECT"]),
        // Claims are taken, read, told done and taken away: src/store/claims.ts
        objects(dedupe, ["OBJECT_CREATE", "OBJECT_OVERWRITE", "OBJECT_READ", "OBJECT_DELETE"]),
        forEach(
          "secretIds",
          text`Allow dynamic-group ${group} to read secret-bundles in ${scope} where target.secret.id='${element}'`,
        ),
        text`Allow service cloudEvents to use functions-family in ${scope}`,
        when("hasStream", text`Allow service cloudEvents to use stream-push in ${scope}`),
        when("sendsRaw", text`Allow service cloudEvents to use ons-topics in ${scope}`),
        // For the lifecycle policies.
        text`Allow service objectstorage-${input("region")} to manage object-family in ${scope} where any {target.bucket.name='${deadLetters}', target.bucket.name='${dedupe}'}`,
      ),
      freeformTags: ownerTags,
    },
  },
];
