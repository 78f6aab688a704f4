/** The words that the naming rule knows by what they do in a sentence; handlers/vocabulary.ts has those that are just words. */

/** What an action may begin with. */
export const VERB = wordSet(`
  abort accept acknowledge activate add advertise allocate allow alter append apply approve archive assign associate
  attach authenticate autoscale backup bounce calculate cancel capture change check checkpoint cleanup clone close
  collect compare configure connect convert copy cordon create deactivate deallocate decline decrypt delete deny
  deploy deregister detach detect disable disassociate disconnect discover downgrade download drain drop edit eject
  enable encrypt enroll evacuate evaluate execute expand export extend failover fetch finalize flashback freeze
  generate get handle harvest health_check ignore import initiate install invoke launch link list load lock manage
  mask merge migrate mirror modify mount move offboard onboard open patch pause prevalidate promote provision publish
  pull purge push put read rebalance reboot rebuild recall recover recreate redeploy reencrypt refresh register
  reinstate reject rekey release relocate remove rename renew reopen repair replace replicate request reschedule
  resend reserve reset resize resolve restart restore resume resync retire retrieve retry revert review revoke
  rollback rotate run save scale scan schedule search send set setup share shrink shutdown skip split stage start
  state_change stop submit subscribe summarize suppress suspend swap switch switchover sync terminate test throttle
  train trigger truncate unarchive unassign uncordon undelete undeploy unenroll unfreeze uninstall unlink unload
  unlock unmount unpause unpublish unregister unset unshare unsubscribe unsuppress untag update upgrade upload upsert
  validate verify withdraw
`);

/** Stand before a verb and belong to it: bulk_create, scheduled_stop, soft_reset. */
export const HOW = wordSet(
  "auto automatic bulk canceled cascade cascading in_place live local manual remote scheduled soft",
);

/** Stand after the noun and say what happened to it. */
export const HAPPENING = wordSet(`
  accepted accessed action announcement archived attention audit autoscale awaiting canceled complete completed
  created critical degraded deleted deletion detected disabled dismissed drift enabled error exceeded expired expiring
  expiry extended fail failed failover failure fault information invocation login logout maintenance matched migrated
  needs pre_termination preemption readiness reboot reconnected recovery remediated reminder renewal replication
  required rescheduled rotation scheduled started state status stopped succeeded success switchover terminated
  termination timeout triggered updated upgraded usage utilization warning
`);

/** Stand before the noun and say how it went. */
export const WENT = wordSet(
  "changed closed completed disabled exceeded expired failed scheduled succeeded throttled timeout",
);

/** Of these there is nothing, as long as they are planned or skipped. */
export const DOING = wordSet("deletion creation generation");

/** Stand after everything, a verb's sentence too, and say what came of it: createvolumefailed. */
export const OUTCOME = wordSet("failed failure fail error succeeded success completed started timeout canceled");

export const FAILED = wordSet("failed failure fail error");

/** What follows is what it was done to. */
export const PREPOSITIONS = wordSet("to from on for");

/** What follows says how or where: delete…bypath, update…incompartment. */
export const CIRCUMSTANCES = wordSet("by in");

function wordSet(text: string): ReadonlySet<string> {
  return new Set(wordsOf(text));
}

/** By white space; without a regular expression, which takes a millisecond to compile. */
export function wordsOf(text: string): string[] {
  return text
    .replaceAll("\n", " ")
    .split(" ")
    .filter((word) => word !== "");
}
