import { statSync } from "node:fs";
import type { Refused } from "./answer.ts";

/** The JavaScript file that stands for an image, by the last part of the image's repository: `me/hello:0.0.2` is `hello`. */
export type Images = ReadonlyMap<string, string>;

export interface Entry {
  path: string;
  /** Another one once the file was built anew. */
  builtAtMs: number;
}

/** What runs in place of an image. An image that there is not is refused as one that cannot be pulled. */
export function imageEntry(image: string, images: Images): Entry | Refused {
  const path = images.get(repositoryName(image));
  if (path === undefined) {
    const known = [...images.keys()].join(", ");
    return notPulled(image, `no containers run here, only the files that stand for images named ${known}`);
  }
  const built = statSync(path, { throwIfNoEntry: false });
  if (built === undefined)
    return notPulled(image, `its file ${path} is not there: build it, for the relay with npm run build`);
  return { path, builtAtMs: built.mtimeMs };
}

/** Without registry, path, tag and digest. */
function repositoryName(image: string): string {
  const [repository = ""] = image.split("@");
  return (repository.split("/").at(-1) ?? "").split(":")[0] ?? "";
}

function notPulled(image: string, why: string): Refused {
  return { status: 404, refusal: `Failed to pull image '${image}': ${why}` };
}
