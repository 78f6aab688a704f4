import { unlessGone } from "../provision/kind.ts";

/** Undefined for what the operator may not see. */
export async function seen<T>(asked: Promise<T>): Promise<T | undefined> {
  return unlessGone(asked).catch((error: { statusCode?: number }) => {
    if (error?.statusCode === 401 || error?.statusCode === 403) return undefined;
    throw error;
  });
}
