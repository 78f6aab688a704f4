/** What one installation of the relay is made of: what `relay provision` reads, and the variables of the Terraform stack. */
export interface Settings {
  /** Prefix of every name, and the value of the tag that owns: [a-z][a-z0-9-]{0,30} */
  name: string;
  tenancyId: string;
  /** Where everything stands but the dynamic group and rules for identity, which stand in the tenancy. */
  compartmentId: string;
  /** us-ashburn-1 */
  region: string;
  homeRegion: string;
  applicationName: string;
  functionName: string;
  /** In the registry of the same region. With it application and function are made; without it they must be there. */
  image?: string;
  /** OCIDs, for the application; of no use without an image. */
  subnetIds: readonly string[];
  memoryMb: number;
  timeoutSeconds: number;
  /** Of the function, beside what the resources give it: WEBHOOK_URL and the like. */
  config: Readonly<Record<string, string>>;
  subscriptions: readonly SubscriptionSettings[];
  rules: readonly RuleSettings[];
  /** Every rule puts its events into this stream, too. */
  streamId?: string;
  /** Every rule publishes its events on the topic, too, as they came. */
  sendsRaw: boolean;
  /** How long dead letters are kept, in days. */
  keepDays: number;
  /** How long the dedupe record is kept, in days. */
  dedupeDays: number;
}

export interface SubscriptionSettings {
  /** EMAIL, CUSTOM_HTTPS, SLACK, PAGERDUTY, ORACLE_FUNCTIONS */
  protocol: string;
  /** An address, a URL, an OCID; may hold a password. */
  endpoint: string;
}

export interface RuleSettings {
  /** Follows the prefix in the rule's name; "" for the first rule. */
  name: string;
  /** For identity events: it stands in the tenancy, and is made only where `region` is the home region. */
  isIdentity: boolean;
  /** JSON */
  condition: string;
}
