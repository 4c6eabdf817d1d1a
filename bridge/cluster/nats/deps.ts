/** The third parties of the cluster, with their exact version. @module */

export {
  type Authenticator,
  connect,
  createInbox,
  credsAuthenticator,
  errors,
  headers,
  type Msg,
  type NatsConnection,
  nkeyAuthenticator,
  nkeys,
} from "npm:@nats-io/transport-node@3.4.0";
