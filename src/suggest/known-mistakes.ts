import { matches } from "../condition.ts";
import { READS } from "./words.ts";

/** What is often written and never arrives, with advice of its own. */
export interface KnownMistake {
  /** Types as they were seen. */
  seen: readonly string[];
  /** More of the kind. */
  like?: RegExp;
  /** Goes on after the type: a clause that says what is wrong and what to do. */
  advice: string;
}

const OCI = "com.oraclecloud";
const AUDIT = "as an audit record, through Connector Hub from the log group _Audit";

// What of these is in rules of public repositories, Oracle's own landing zones among them, stands in test/facts/event-types.json.
const MISTAKES: readonly KnownMistake[] = [
  {
    seen: [`${OCI}.audit.event`],
    like: /^com\.oraclecloud\.audit\./,
    advice:
      "which OCI never sends: for everything write {}; audit records come through Connector Hub from the log group _Audit, " +
      "each under the type of its operation",
  },
  ...["start", "stop", "softstop", "reset", "softreset"].map((action) => instanceAction(action, action)),
  ...["reboot", "restart"].map((action) => instanceAction(action, "softreset", "reset")),
  ...["shutdown", "poweroff"].map((action) => instanceAction(action, "softstop", "stop")),
  {
    seen: [`${OCI}.computeapi.instance.statechange`, `${OCI}.computeapi.instancestatechange`],
    advice:
      `which OCI does not send: start, stop and reset come as ${OCI}.computeapi.instanceaction.end, the kind in ` +
      "data.additionalDetails.instanceActionType",
  },
  ...[
    ["create", "add"],
    ["delete", "remove"],
  ].map(([written, meant]) => ({
    seen: [`${OCI}.identitycontrolplane.${written}idpgroupmapping`],
    advice: `which OCI does not document, so it may never match, although Oracle's landing zones name it: write ${OCI}.identitycontrolplane.${meant}idpgroupmapping`,
  })),
  ...["delete", "update"].map((deed) => ({
    seen: [`${OCI}.computeapi.${deed}image`],
    like: new RegExp(`^com\\.oraclecloud\\.computeapi\\.${deed}image\\.(begin|end)$`),
    advice: `which OCI does not document, so it may never match: write ${OCI}.computeimagingapi.${deed}image`,
  })),
  {
    seen: [`${OCI}.identitycontrolplane.signin.login`],
    like: /^com\.oraclecloud\.(iam|identity\w*|console|signin|auth\w*)\.(\w+[._-])?(user)?(log-?in|sign-?in|logon)$/,
    advice: `which OCI does not send: write ${OCI}.identitysignon.interactivelogin, or ${OCI}.identitysignon.federatedinteractivelogin for federated users`,
  },
  {
    seen: [`${OCI}.databaseservice.database.instance.down`],
    like: /^com\.oraclecloud\.database(service)?\.(.+\.)?(instance\.)?down$/,
    advice:
      `which is in none of Oracle's lists: what goes wrong with a database comes as ${OCI}.databaseservice.database.critical or ` +
      `${OCI}.databaseservice.autonomous.database.critical, the kind in data.additionalDetails.eventName`,
  },
  {
    seen: [`${OCI}.aiservicespeechpreprod.completedtranscriptionjob`],
    like: /^com\.oraclecloud\.aiservicespeechpreprod\./,
    advice:
      "which OCI does not document, but whose service name was seen once (2023): name the same type of " +
      `${OCI}.aiservicespeech beside it`,
  },
  {
    seen: [`${OCI}.functions.application.functioninvoke`],
    advice:
      "which Events does not send: it is the type of a function's log, and comes through Connector Hub from the log group of the application",
  },
];

function instanceAction(action: string, ...types: string[]): KnownMistake {
  const type = types.map((each) => `"${each}"`).join(" or ");
  const words = `${action}[._-]?instances?|instance[._-]?${action}(ed|p?ped)?`;
  return {
    seen: ["", ".begin", ".end"].map((phase) => `${OCI}.computeapi.${action}instance${phase}`),
    like: new RegExp(`^com\\.oraclecloud\\.compute(api)?\\.(${words})([._-]?(begin|end))?$`),
    advice: `which OCI does not send: it comes as ${OCI}.computeapi.instanceaction.end with data.additionalDetails.instanceActionType ${type}`,
  };
}

// Seen in records of load balancers.
const BALANCERS =
  `as an audit record, of a type such as ${OCI}.oralb-api.updateloadbalancer.end (of a network load balancer ` +
  `${OCI}.network-load-balancer-api.updatenetworkloadbalancer.end), through Connector Hub from the log group _Audit`;

const LOG = "as a record of its log, through Connector Hub from the log group of that log";

/** What Oracle's list lacks altogether, by service and operation: what it is, and how it can come. */
const ABSENT: readonly (readonly [RegExp, string, string])[] = [
  [/^(loadbalancer|networkloadbalancer|lbaas)\.(access|error|waf)$/, "a load balancer's log", LOG],
  [/^(vcn|virtualnetwork)?[._-]?flow-?logs?\b/, "VCN flow logs", LOG],
  [/^dns\.private\.resolver$/, "a DNS resolver's log", LOG],
  [/^\*?(network)?[._-]?load-?balanc|^(nlb|lbaas|lb|flb|oralb-api)\./, "load balancers", BALANCERS],
  [/^(public|private)?[._-]?dns/, "DNS", AUDIT],
  [/^(vault)?-?secrets?\w*\.|^(vault|kms|keymanagement)\w*\..*secret/, "secrets of a vault", AUDIT],
  [/^stream(s|ing)?\b/, "Streaming", AUDIT],
  [/^monitoring\.[a-z]+alarms?(\.(begin|end))?$|^alarms?\./, "changes of alarms", AUDIT],
  [/^email/, "Email Delivery", AUDIT],
  [/^logging\./, "logs and their groups", AUDIT],
  [/^objectstorage\.\w*compartment/, "the compartments of buckets", AUDIT],
];

/** The advice for a known mistake, or undefined. A pattern that would match one counts as one. */
export function knownMistake(type: string): string | undefined {
  const known = MISTAKES.find(({ seen, like }) =>
    type.includes("*") ? seen.some((each) => matches(type, each)) : seen.includes(type) || like?.test(type),
  );
  if (known !== undefined) return known.advice;
  const name = type.replace(`${OCI}.`, "");
  const [, what, how] = ABSENT.find(([pattern]) => pattern.test(name)) ?? [];
  return what && `which Events does not emit: Oracle's list has nothing of ${what}; it can only come ${how}`;
}

/** The advice for what only looks at a thing, such as getinstance or listbuckets, of a service that has other events. */
export function readAdvice(type: string, services: readonly string[]): string | undefined {
  const [service = "", operation = ""] = type.replace(`${OCI}.`, "").split(".");
  if (!services.includes(service) || !READS.some((verb) => operation.startsWith(verb))) return undefined;
  return `which Events does not emit, as it tells of next to no reads: it can only come ${AUDIT}, or as a record of the service's own log`;
}
