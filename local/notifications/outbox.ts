/** What would have left this machine: mails, text messages, and posts to other hosts. Nothing of it is sent. */
export interface Mail {
  protocol: string;
  /** An address, a phone number or a URL. */
  to: string;
  subject: string;
  body: string;
  topicId: string;
  subscriptionId: string;
  /** Only in a message that asks to confirm. */
  confirmationUrl?: string;
  unsubscribeUrl: string;
}

const MAX_KEPT = 1_000;

/** Adds to a list that a person reads, and lets go of its oldest: the emulator may run for days. */
export function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > MAX_KEPT) list.shift();
}
