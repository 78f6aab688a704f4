import type { LoopbackRequest } from "../loopback.ts";
import { type Headers, passedOn } from "./headers.ts";
import type { Invoked } from "./invoke.ts";

const PREFIX = "Fn-Http-H-";

/** A request of any kind, as the function behind an HTTP trigger is told of it: its headers all become Fn-Http-H-<name>. */
export function gatewayHeaders({ headers, method, path }: LoopbackRequest): Headers {
  const { "Content-Type": type, ...others } = passedOn(headers);
  const length = headers["content-length"];
  return {
    ...(type !== undefined && { "Content-Type": type }),
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [PREFIX + name, value])),
    ...(length !== undefined && { [`${PREFIX}Content-Length`]: length }),
    "Fn-Http-Method": method,
    "Fn-Http-Request-Url": `http://${headers.host}${path}`,
    "Fn-Intent": "httprequest",
  };
}

/** What a function gave, as the caller of its HTTP trigger gets it: the status and the headers that it chose for them. */
export function gatewayAnswer({ status, headers, body }: Invoked): Invoked {
  if (status >= 400) return { status, headers: only(headers, ["Content-Type", "Fn-Call-Id", "Retry-After"]), body };
  const own = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(PREFIX) && name !== PREFIX ? [[name.slice(PREFIX.length), value] as const] : [],
  );
  return {
    status: statusOf(headers["Fn-Http-Status"]),
    headers: { ...Object.fromEntries(own), ...only(headers, ["Content-Type", "Fn-Call-Id"]) },
    body,
  };
}

/** One that is no status ends the request as a fault of the server, as in Fn; so does 1xx, after which a caller waits on. */
function statusOf(chosen: string | string[] | undefined): number {
  const status = /^\d+$/.test(String(chosen)) ? Number(chosen) : 0;
  if (status === 0) return 200;
  return status >= 200 && status <= 999 ? status : 500;
}

function only(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}
