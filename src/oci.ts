/**
 * All the code of Oracle's SDK that ships. The SDK signs and keeps the resource principal; the request itself goes over our own
 * HTTP. Its clients would add 20 ms of cold start and 15 MB (test/bench/RESULTS.md), a circuit breaker with timers, and retries
 * that outlast the function.
 */
import * as principalModule from "oci-common/lib/auth/resource-principal-authentication-details-provider";
import { EndpointBuilder } from "oci-common/lib/endpoint-builder";
import { DefaultRequestSigner } from "oci-common/lib/signer";

export interface OciRequest {
  method: "POST" | "GET" | "HEAD" | "PUT" | "DELETE";
  /** Absolute. */
  url: URL;
  headers: Record<string, string>;
  body: string;
  /** Object Storage has the body of a PUT unsigned. */
  isBodyUnsigned?: boolean;
}

/** Who we are to OCI: signs requests, and knows the region it is in. */
export interface OciPrincipal {
  /**
   * The headers of the request, and those of its signature (draft-cavage HTTP signatures, RSA-SHA256).
   * @throws Error if the token or the key cannot be read; its message holds no secret
   */
  sign(request: OciRequest): Promise<Record<string, string>>;
  /** @param template such as https://notification.{region}.{secondLevelDomain}, for the principal's own region */
  endpoint(template: string): URL;
  /** Reads token and key anew: the SDK does so by itself only once the token has expired. */
  refresh(): Promise<void>;
}

/**
 * The resource principal that the platform gives the function in OCI_RESOURCE_PRINCIPAL_*.
 * @throws Error if the environment has none
 */
export function resourcePrincipal(regionId: string | undefined): OciPrincipal {
  const provider = Provider.builder();
  const keyId = provider.getKeyId.bind(provider);
  provider.getKeyId = async () => {
    const id = (await keyId()).trim();
    // A line break inside the token would end up in an error of the HTTP client, token and all.
    if (!/^[\x21-\x7e]+$/.test(id)) throw new Error("the resource principal's token is unreadable");
    return id;
  };
  const signer = new DefaultRequestSigner(provider);
  return {
    async sign({ method, url, headers, body, isBodyUnsigned = false }) {
      const bag = new HeaderBag({ ...headers, date: new Date().toUTCString() });
      const request = { method, uri: url.href, headers: bag as unknown as Headers, body };
      await signer.signHttpRequest(request, isBodyUnsigned);
      return bag.all();
    },
    endpoint(template) {
      const region = provider.getRegion();
      if (region) return new URL(EndpointBuilder.createEndpointFromRegion(template, region));
      // A region younger than the SDK: by its name.
      if (regionId === undefined) throw new Error("the resource principal names no region");
      return new URL(EndpointBuilder.createEndpointFromRegionId(template, regionId));
    },
    async refresh() {
      await provider.refresh();
    },
  };
}

// The SDK is CommonJS: what `default` is depends on who loads it, the bundler or Node.
type ProviderClass = typeof principalModule.default;
const imported = principalModule.default as ProviderClass & { default?: ProviderClass };
const Provider: ProviderClass = imported.default ?? imported;

/** As much of Headers as the signer uses: the global one would load all of fetch, 15 to 30 ms. */
class HeaderBag {
  readonly #headers = new Map<string, string>();
  constructor(headers: Record<string, string>) {
    for (const [name, value] of Object.entries(headers)) this.set(name, value);
  }
  has(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }
  get(name: string): string | null {
    return this.#headers.get(name.toLowerCase()) ?? null;
  }
  set(name: string, value: string): void {
    this.#headers.set(name.toLowerCase(), String(value));
  }
  all(): Record<string, string> {
    return Object.fromEntries(this.#headers);
  }
}
