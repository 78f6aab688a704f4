import type { Failure } from "./deliver/destination.ts";
import { onsTarget } from "./deliver/ons-target.ts";
import { unsignedAttempt } from "./deliver/unsigned-attempt.ts";
import { madeOnce } from "./made-once.ts";
import type { OciServices, OciSettings } from "./oci-services.ts";

/**
 * The services of OCI, their code loaded with Oracle's SDK at the first use of one of them. What cannot be loaded fails as what
 * cannot be signed does, and the next use tries again.
 */
export function lazyServices(settings: OciSettings): OciServices {
  const services = madeOnce(async () => {
    const { createOciServices } = await import("./oci-services.ts");
    return createOciServices(settings);
  });
  const lazily = <Thing>(create: (services: OciServices) => Thing) => {
    const made = madeOnce(async () => create(await services()));
    return <Outcome>(use: (thing: Thing) => Outcome | Promise<Outcome>, otherwise: (failure: Failure) => Outcome) =>
      made().then(use, (error: unknown) => otherwise(unsignedAttempt(error)));
  };
  const nothing = () => undefined;
  const notKept = ({ problem }: Failure) => ({ ok: false as const, problem });

  const vault = lazily((services) => services.vault);
  return {
    vault: {
      read: (...asked) =>
        vault(
          (it) => it.read(...asked),
          (failure) => ({ ok: false, failure: { ...failure, about: "vault" } }),
        ),
      prepare: () => vault((it) => it.prepare(), nothing),
    },
    ons(settings) {
      const ons = lazily((services) => services.ons(settings));
      return {
        ...onsTarget(settings),
        prepare: () => ons((it) => it.prepare?.(), nothing),
        pack: (notifications) => ons((it) => it.pack?.(notifications), nothing),
        attempt: (...asked) =>
          ons(
            (it) => it.attempt(...asked),
            (failure) => failure,
          ),
      };
    },
    claims(bucket) {
      const claims = lazily((services) => services.claims(bucket));
      return (...asked) =>
        claims(
          (claim) => claim(...asked),
          ({ problem }) => ({ state: "unavailable", problem, finish: async () => undefined }),
        );
    },
    deadLetters(bucket, secrets) {
      const letters = lazily((services) => services.deadLetters(bucket, secrets));
      return {
        prepare: (context) => letters((it) => it.prepare(context), nothing),
        keepUndelivered: (...asked) => letters((it) => it.keepUndelivered(...asked), notKept),
        keepRejected: (...asked) => letters((it) => it.keepRejected(...asked), notKept),
      };
    },
  };
}
