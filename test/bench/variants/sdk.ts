// All of the SDK that its own client needs.
export {
  CircuitBreaker,
  DefaultRequestSigner,
  NoRetryConfigurationDetails,
  ResourcePrincipalAuthenticationDetailsProvider,
} from "oci-common";
export { NotificationDataPlaneClient } from "oci-ons";
