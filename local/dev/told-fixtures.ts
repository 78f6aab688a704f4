/** The telling ones, a key each. */
export const TOLD_FIXTURES: readonly { name: string; why: string }[] = [
  { name: "instance-launched", why: "an instance is launched" },
  { name: "instance-launching", why: "its .begin: nothing to tell until the .end" },
  { name: "instance-stopped", why: "a change of status" },
  { name: "bucket-created", why: "a bucket is created" },
  { name: "object-created", why: "an object with a Japanese name" },
  { name: "policy-edited", why: "somebody edits an IAM policy" },
  { name: "user-created", why: "a user is created" },
  { name: "group-member-added", why: "the user joins the administrators" },
  { name: "unknown-future-type", why: "a type that nobody knows yet" },
];
