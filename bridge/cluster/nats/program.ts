/** The entry of a cluster over NATS. @module */

import { ClusterNode } from "../cluster_node.ts";
import type { ClusterAddress, ClusterProgram } from "../cluster_program.ts";
import { OfflineReplica } from "../offline_replica.ts";
import {
  notFounded,
  readFounding,
  toFoundingRecord,
} from "../sealing/founding.ts";
import { NatsLink } from "./link.ts";
import { NatsLog } from "./nats_log.ts";
import { NatsRpc } from "./nats_rpc.ts";

export const program: ClusterProgram = {
  async openNode(address, options) {
    const { link, log } = await connect(address);
    try {
      const node = await ClusterNode.open({
        ...options,
        log,
        rpc: new NatsRpc(link, address.name),
        name: address.name,
      });
      const record = (await log.readFound())!.bytes;
      return {
        node,
        record,
        isConnected: () => link.isConnected,
        async close() {
          await node.close();
          await log.close();
        },
      };
    } catch (error) {
      await log.close();
      throw error;
    }
  },
  openReplica: (options) => new OfflineReplica(options),
  async found(address, { secretKey, maxBytes, ...founding }) {
    const { log } = await connect(address);
    try {
      await log.create({ replicas: founding.replicas, maxBytes });
      if (await log.readFound() !== undefined) return false;
      return await log.found(
        toFoundingRecord(founding, secretKey, address.name),
      );
    } finally {
      await log.close();
    }
  },
  async examine(address, secretKey) {
    const { link, log } = await connect(address);
    try {
      const record = await log.readFound();
      if (record === undefined) throw notFounded(address.name);
      const { replicas } = readFounding(record.bytes, secretKey, address.name);
      return { version: link.serverVersion, info: await log.info(), replicas };
    } finally {
      await log.close();
    }
  },
  async logInfo(address) {
    const { log } = await connect(address);
    try {
      return await log.info();
    } finally {
      await log.close();
    }
  },
};

async function connect(
  { servers, credentials, name }: ClusterAddress,
): Promise<{ link: NatsLink; log: NatsLog }> {
  const link = await NatsLink.connect({
    servers,
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { link, log: new NatsLog(link, name) };
}
