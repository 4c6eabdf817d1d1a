/** The third parties of the cluster, with their exact version. @module */

export {
  connect,
  createInbox,
  credsAuthenticator,
  errors,
  headers,
  type Msg,
  type NatsConnection,
} from "npm:@nats-io/transport-node@3.4.0";
