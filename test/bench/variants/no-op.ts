import fdk from "@fnproject/fdk";

// The named peer: the least that the FDK can do.
fdk.handle(async () => fdk.rawResult("{}"), { inputMode: "buffer" });
