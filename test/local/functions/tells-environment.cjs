// @ts-nocheck: plain JavaScript, because it runs under whatever Node a test names.
// A function that tells what it was called with and what its environment is, and fails if its configuration says so.
const fdk = require("@fnproject/fdk");

let calls = 0;
fdk.handle(
  async (body, context) => {
    calls += 1;
    console.log(`call ${calls}`);
    if (process.env.FAIL !== undefined) throw new Error(process.env.FAIL);
    const text = body.toString();
    if (text === "slow") await new Promise((resolve) => setTimeout(resolve, 300));
    const { deadline } = context;
    return { calls, pid: process.pid, body: text, deadlineMs: deadline - Date.now(), environment: process.env };
  },
  { inputMode: "buffer" },
);
