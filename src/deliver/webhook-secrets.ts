import { partsOf, textsIn } from "./excerpt.ts";
import type { WebhookTarget } from "./webhook-target.ts";

/** A shorter part of a path is a word that any answer may hold. */
const MIN_SECRET_SEGMENT_CHARS = 8;

/** What must not stand in a log, a reply or a dead letter, whoever quotes it. */
export function secretsOf({ url, isUrlSecret, robot, signingKeys, authHeader, secretTexts }: WebhookTarget): string[] {
  const keys = signingKeys.flatMap((key) => [
    Buffer.from(key).toString("base64"),
    Buffer.from(key).toString("hex"),
    Buffer.from(key).toString("latin1"),
  ]);
  const headers = textsIn([robot.header, authHeader?.[1]]).flatMap(partsOf);
  const inUrl = isUrlSecret ? secretsInUrl(url) : [];
  return [...inUrl, ...keys, ...headers, ...secretTexts, robot.secret_key ?? ""].filter(
    (text) => text !== "/" && text !== "",
  );
}

/** What an answer may quote of a request beside: it may be a secret that nobody has called one, or a word like any other. */
export function quotableOf({ robot }: WebhookTarget): string[] {
  return textsIn(robot.body);
}

function secretsInUrl(url: URL): string[] {
  const segments = url.pathname.split("/").filter((segment) => segment.length >= MIN_SECRET_SEGMENT_CHARS);
  const path = url.pathname + url.search;
  return [url.href, path, ...segments, ...[path, ...segments].map(decodedPath), ...url.searchParams.values()];
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
