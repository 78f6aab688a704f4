/** True for the very same type: neither wider nor narrower, `any` equal to nothing else. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless it is given `true`. */
export type Holds<Claim extends true> = Claim;
