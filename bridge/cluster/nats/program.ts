/** The entry of a cluster over NATS. @module */

import { ClusterNode } from "../cluster_node.ts";
import type { ClusterAddress, ClusterProgram } from "../cluster_program.ts";
import { OfflineReplica } from "../offline_replica.ts";
import {
  notFounded,
  readFounding,
  toFoundingRecord,
  toSuccessor,
} from "../sealing/founding.ts";
import { digestOf, findLoss, type LogMark } from "../replicated_log.ts";
import { SealedRpc } from "../sealing/sealed_rpc.ts";
import {
  askMembers,
  keepsEpoch,
  restartReplicaFile,
} from "../upkeep/rebuild.ts";
import { NatsApiError, NatsLink, NO_STREAM } from "./link.ts";
import { NatsLog } from "./nats_log.ts";
import { NatsRpc } from "./nats_rpc.ts";

/**
 * Gap between records and between transactions, in milliseconds. A record of one
 * event in a transaction of its own takes several times the CPU of an event
 * that shares both.
 */
const GAP_MS = 2;

export const program: ClusterProgram = {
  async openNode(address, { logBytes, ...options }) {
    const { link, log } = await connect(
      address,
      () => options.listener?.onRenewal?.(),
    );
    try {
      const node = await ClusterNode.open({
        gapMs: GAP_MS,
        ...options,
        log,
        rpc: new NatsRpc(link, address.name),
        name: address.name,
      });
      if (logBytes !== undefined) await log.setMaxBytes(logBytes);
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
  async survey(address, { folder, ...options }) {
    const { record, secretKey, name, clock } = options;
    const { link, log } = await connect(address);
    const replica = new OfflineReplica(options);
    try {
      const rpc = new SealedRpc({
        rpc: new NatsRpc(link, name),
        keys: readFounding(record, secretKey, name).keys,
        node: crypto.randomUUID().slice(0, 8),
        clock,
      });
      const { epoch, head, seen, membership, mark } = replica;
      const source = {
        epoch,
        seen,
        membership,
        chainAt: (index: number) => replica.chainAt(index),
      };
      const members = await askMembers(source, rpc, folder);
      const found = await log.readFound();
      return {
        loss: found === undefined
          ? "there is none, or it has no founding record"
          : await lossOf(log, mark),
        isOther: found !== undefined &&
          digestOf(found.bytes) !== digestOf(record),
        members,
        keepsEpoch: keepsEpoch(members),
        epoch,
        head,
        applied: seen.index,
      };
    } finally {
      await replica.close();
      await log.close();
    }
  },
  successor: toSuccessor,
  async refound(address, { record, secretKey, maxBytes }, path) {
    const { replicas } = readFounding(record, secretKey, address.name);
    const { log } = await connect(address);
    try {
      const digest = digestOf(record);
      restartReplicaFile(path, digest);
      const found = await log.readFound();
      if (found !== undefined && digestOf(found.bytes) === digest) return;
      await log.delete().catch((error) => {
        const isGone = error instanceof NatsApiError &&
          error.code === NO_STREAM;
        if (!isGone) throw error;
      });
      await log.create({ replicas, maxBytes });
      if (await log.found(record)) return;
      throw new RangeError(
        `Cannot rebuild cluster ${address.name}: its log must be founded by one command at a time, got a founding record that another command wrote. Run \`tqq cluster rebuild\` again.`,
      );
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

/** Why a log no longer holds what was taken from it; undefined if it does. */
async function lossOf(
  log: NatsLog,
  mark: LogMark,
): Promise<string | undefined> {
  const known = mark.index === 0 ? undefined : await log.read(mark.index);
  const info = await log.info();
  return findLoss(mark, info, known && digestOf(known))?.message;
}

async function connect(
  { servers, credentials, name }: ClusterAddress,
  onRenewal?: () => void,
): Promise<{ link: NatsLink; log: NatsLog }> {
  const link = await NatsLink.connect({
    servers,
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { link, log: new NatsLog(link, name, onRenewal) };
}
