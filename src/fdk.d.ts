/** What the relay uses of the FDK, which ships no types. Read from fn-fdk.js 0.0.76. */
declare module "@fnproject/fdk" {
  interface Context {
    /** Fn-Deadline; null where the header is missing, an invalid Date where it is unreadable. */
    readonly deadline: Date | null;
    readonly callID: string;
  }
  interface FnResult {
    writeResult(context: Context, response: import("node:http").ServerResponse): void;
  }
  interface Fdk {
    /** With inputMode "buffer" the function gets the bytes as they came. Returns a function that stops listening. */
    handle(fn: (body: Buffer, context: Context) => Promise<FnResult>, options: { inputMode: "buffer" }): () => void;
    /** Sent as it is, content type application/json. */
    rawResult(body: string): FnResult;
  }
  const fdk: Fdk;
  export default fdk;
}
