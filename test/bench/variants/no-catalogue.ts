/** In place of the catalogue's tables: what do they cost those that need them, and those that do not? */
export const resources = {};

export const states = {};

export const vocabulary = {
  words: "",
  attributes: "none",
  generic: "",
  fillers: "",
  spelling: "none",
  services: {},
  names: {},
};
