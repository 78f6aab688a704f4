import type { WebhookSettings } from "../../src/config/relay.ts";
import type { Result } from "../../src/problem.ts";
import type { Vault } from "../../src/vault.ts";

/** A vault that is not asked: in the place of each secret stands a text of the kind that the configuration wants there. */
export interface UnreadVault extends Vault {
  texts: ReadonlyMap<string, string>;
  /** The text with `vault:<OCID>` wherever such a stand-in is. */
  named: (text: string) => string;
}

const BYTES = Buffer.alloc(32, 1).toString("base64");

/** What a secret may have to be: any text, a URL, a key of Standard Webhooks. */
const KINDS: readonly ((place: number) => string)[] = [
  (place) => `vault-secret-${place}-unread`,
  (place) => `https://vault-secret-${place}.invalid/`,
  () => `whsec_${BYTES}`,
];

const STAND_IN = /(?:https:\/\/)?vault-secret-(\d+)(?:-unread|\.invalid\/?)/g;

/** The problem says for which webhook there is no such text, as where a private key is in the vault. */
export function unreadVault({ name, secretIds, settle }: WebhookSettings): Result<UnreadVault> {
  const texts = combinations(secretIds.length)
    .map((kinds) => new Map(secretIds.map((id, place) => [id, kinds[place]?.(place) ?? ""] as const)))
    .find((each) => settle(each).ok);
  if (texts === undefined) {
    const problem = `${name}: cannot be shown, because a secret of it in the vault is neither a text, a URL nor a signing secret`;
    return { ok: false, problem };
  }
  return {
    ok: true,
    value: {
      texts,
      named: (text) => text.replace(STAND_IN, (_, place) => `vault:${secretIds[Number(place)]}`),
      read: async () => ({ ok: true, secrets: texts }),
      prepare: async () => undefined,
    },
  };
}

/** With more secrets than that, all are taken for texts but for one. */
const MAX_COMBINED = 6;

function combinations(count: number): (readonly (typeof KINDS)[number][])[] {
  const [text] = KINDS;
  if (text === undefined) return [];
  if (count > MAX_COMBINED) {
    return Array.from({ length: count }, (_, at) => at).flatMap((at) =>
      KINDS.map((kind) => Array.from({ length: count }, (_, place) => (place === at ? kind : text))),
    );
  }
  return Array.from({ length: count }).reduce<(typeof KINDS)[number][][]>(
    (made) => made.flatMap((before) => KINDS.map((kind) => [...before, kind])),
    [[]],
  );
}
