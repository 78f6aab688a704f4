// All of the SDK that its own client needs; stands beside the entry as oci.cjs.
export {
  CircuitBreaker,
  DefaultRequestSigner,
  NoRetryConfigurationDetails,
  ResourcePrincipalAuthenticationDetailsProvider,
} from "oci-common";
export { NotificationDataPlaneClient } from "oci-ons";
