/** In place of what only some relays need: what does it cost those that do not? */
const absent = (): undefined => undefined;

export {
  absent as checkAuth,
  absent as checkOic,
  absent as checkTls,
  absent as createTokenSource,
  absent as createVault,
  absent as onsText,
  absent as textOf,
};
export const SEPARATOR_BYTES = 0;
