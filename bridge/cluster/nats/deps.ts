/** The third parties of the cluster, with their exact version. @module */

export {
  connect,
  type ConnectionOptions,
  createInbox,
  credsAuthenticator,
  errors,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
} from "npm:@nats-io/transport-node@3.4.0";
