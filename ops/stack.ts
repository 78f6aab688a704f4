import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ZIP = ".cache/stack.zip";
const BUTTON = "https://oci-resourcemanager-plugin.plugins.oci.oraclecloud.com/latest/deploy-to-oracle-cloud.svg";
const CREATE = "https://cloud.oracle.com/resourcemanager/stacks/create";

const USAGE = `Usage: npm run stack [-- <https URL of the zip>]

Writes ${ZIP}, the Terraform stack of ops/terraform for Resource Manager, as it was committed. With the URL under which you have put
it, such as that of a release's asset, it prints the Deploy to Oracle Cloud button for a page of yours.`;

const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: "pipe" });

/** Writes the stack as Resource Manager takes it, as it was committed. @returns why not, where it could not */
function writeZip(): string | undefined {
  try {
    const changed = git("status", "--porcelain", "--", "ops/terraform").trimEnd();
    if (changed !== "")
      return `ops/terraform is not as it was committed, and the zip is made of commits: commit it first\n${changed}`;
    mkdirSync(new URL("../.cache/", import.meta.url), { recursive: true });
    git("archive", "--format=zip", `--output=${ZIP}`, "HEAD:ops/terraform");
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr || message).trim().split("\n")[0];
    return `${ZIP} was not written, it takes git and a checkout: ${reason}. Or zip the files of ops/terraform yourself, without the folder`;
  }
}

/** The zip, and the button that opens it in Resource Manager. @returns the exit code */
function main([zipUrl]: readonly string[]): number {
  if (zipUrl === "--help" || zipUrl === "-h") {
    console.log(USAGE);
    return 0;
  }
  if (zipUrl !== undefined && (!URL.canParse(zipUrl) || new URL(zipUrl).protocol !== "https:")) {
    console.error(
      `${zipUrl}: expected the https URL under which the zip can be downloaded, such as that of a release's asset`,
    );
    return 2;
  }
  const problem = writeZip();
  if (problem !== undefined) {
    console.error(problem);
    return 1;
  }
  console.log(`${ZIP}: upload it as a stack in Resource Manager, or as an asset of a release`);
  if (zipUrl === undefined) console.log("npm run stack -- <https URL of the asset> tells the button for README");
  else console.log(`[![Deploy to Oracle Cloud](${BUTTON})](${CREATE}?zipUrl=${encodeURIComponent(zipUrl)})`);
  return 0;
}

process.exitCode = main(process.argv.slice(2));
