import type { Variable } from "./variable.ts";

/** Where the function delivers, and who reads the topic. */
export const deliveryVariables: readonly Variable[] = [
  {
    name: "webhook_url",
    type: "string",
    default: "",
    isSensitive: true,
    description: "Where notifications are posted (WEBHOOK_URL), or vault: and the OCID of a secret that holds the URL.",
    validations: [
      {
        condition:
          'var.webhook_url == "" || can(regex("^(https?://|vault:ocid1\\\\.vaultsecret\\\\.)", var.webhook_url))',
        message: "webhook_url must begin with https://, http:// or vault: and the OCID of a secret.",
      },
    ],
    form: { title: "Webhook", type: "password", required: false },
  },
  {
    name: "webhook_secret_key",
    type: "string",
    default: "",
    isSensitive: true,
    description:
      "Signs what is posted (WEBHOOK_SECRET_KEY); better vault: and the OCID of a secret, since the state of the stack keeps it.",
    form: { title: "Secret key of the webhook", type: "password", required: false },
  },
  {
    name: "function_config",
    type: "string",
    default: "{}",
    isSensitive: true,
    description: 'More of the function\'s configuration, a JSON object of strings, such as {"LOG_LEVEL": "debug"}.',
    validations: [
      {
        condition:
          'can(tomap(jsondecode(var.function_config))) && can([for value in values(jsondecode(var.function_config)) : regex("", value)])',
        message: 'function_config must be a JSON object of strings, such as {"LOG_LEVEL": "debug"}.',
      },
    ],
    form: { title: "More configuration", type: "text", multiline: true, required: false },
  },
  {
    name: "subscriptions",
    type: "list(string)",
    default: [],
    description:
      "Who gets what is published on the topic, alarms included: a protocol and an endpoint, such as EMAIL ops@example.com or SLACK https://hooks.slack.com/services/...",
    validations: [
      {
        condition:
          'alltrue([for subscription in var.subscriptions : can(regex("^(EMAIL|CUSTOM_HTTPS|SLACK|PAGERDUTY|ORACLE_FUNCTIONS) [^ ]+$", subscription))])',
        message:
          "Each of subscriptions must be EMAIL, CUSTOM_HTTPS, SLACK, PAGERDUTY or ORACLE_FUNCTIONS, a space and the endpoint. HTTPS is deprecated and means PAGERDUTY; any other receiver is CUSTOM_HTTPS.",
      },
    ],
    form: {
      title: "Subscriptions",
      type: "array",
      required: false,
      uniqueItems: true,
      items: { type: "string", pattern: "^(EMAIL|CUSTOM_HTTPS|SLACK|PAGERDUTY|ORACLE_FUNCTIONS) [^ ]+$" },
    },
  },
];
