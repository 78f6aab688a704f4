import { APPLICATION, FUNCTION, IMAGE } from "./dev-installation.ts";

/** Makes the app and the function in a local Fn server, as `fn create` and `fn config` do. */
export async function installInFn(fnUrl: string, config: Readonly<Record<string, string>>): Promise<void> {
  const create = async (path: string, details: object): Promise<{ id: string }> => {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(fnUrl + path, { method: "POST", headers, body: JSON.stringify(details) });
    const answer = await response.json();
    if (response.status === 200) return answer;
    throw new Error(`the Fn host answers POST ${path} with ${response.status}: ${answer.message}`);
  };
  const { id } = await create("/v2/apps", { name: APPLICATION });
  await create("/v2/fns", { name: FUNCTION, app_id: id, image: IMAGE, memory: 256, timeout: 60, config });
}
