/** Service -> its operations, separated by spaces: { "objectstorage": "createbucket createobject …" }, as handlers/event-types.json. */
export type DocumentedTypes = Readonly<Record<string, string>>;

const PREFIX = "com.oraclecloud.";

/** True for a type that Oracle documents; `type` in lower case, as Events spells it. */
export function isDocumented(type: string, documented: DocumentedTypes): boolean {
  const dot = type.indexOf(".", PREFIX.length);
  const service = type.slice(PREFIX.length, dot);
  if (!type.startsWith(PREFIX) || type.includes(" ") || !Object.hasOwn(documented, service)) return false;
  return ` ${documented[service]} `.includes(` ${type.slice(dot + 1)} `);
}

/** All of them, written out. */
export function documentedTypes(documented: DocumentedTypes): string[] {
  return Object.entries(documented).flatMap(([service, operations]) =>
    operations.split(" ").map((operation) => `${PREFIX}${service}.${operation}`),
  );
}
