/** As much of zod/mini as the relay uses, believing everything: what a relay without checks would cost. */
interface Schema {
  check: () => Schema;
  parse: (value: unknown) => unknown;
  safeParse: (value: unknown) => { success: true; data: unknown };
}

const believing: Schema = {
  check: () => believing,
  parse: (value) => value,
  safeParse: (data) => ({ success: true, data }),
};
const schema = () => believing;

export {
  schema as catch,
  schema as custom,
  schema as minLength,
  schema as object,
  schema as optional,
  schema as refine,
  schema as string,
  schema as unknown,
};
