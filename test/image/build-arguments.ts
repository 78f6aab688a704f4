const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

/** --build-arg flags; this machine's proxy among them, by name only, which no builder needs an ARG for (`fn deploy` does so too). */
export function buildArguments(args: Readonly<Record<string, string>> = {}): string[] {
  const proxies = PROXY_VARIABLES.filter((name) => process.env[name]);
  const own = Object.entries(args).map((arg) => arg.join("="));
  return [...own, ...proxies].flatMap((arg) => ["--build-arg", arg]);
}
