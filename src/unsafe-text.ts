/** Control characters, line separators, marks that turn the direction of text, and spaces that nobody sees. */
export const UNSAFE_TEXT = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;
