/** Who belongs to a cluster and who owns which shards: one pure step for each control of the log. @module */

import { SHARDS, wantedOwners } from "./shards.ts";

/** A change of the membership, as the log carries it. */
export type Control =
  | {
    readonly op: "join";
    readonly node: string;
    /** Id of the node's data folder. */
    readonly folder: string;
    /** Highest version of records that the node can read. */
    readonly version: number;
    /** Whether it serves clients only, and owns no shards. */
    readonly edge: boolean;
  }
  | {
    readonly op: "beat";
    readonly node: string;
    /** Index of the last record that the node has applied. */
    readonly applied: number;
  }
  | {
    readonly op: "dead";
    readonly node: string;
    /** The node's last beat that the writer has seen. A later one makes this void. */
    readonly beat: number;
  }
  | { readonly op: "leave"; readonly node: string }
  | {
    readonly op: "release" | "take";
    readonly node: string;
    readonly shards: readonly number[];
  };

/** A node that belongs to the cluster. */
export interface Member {
  readonly folder: string;
  readonly version: number;
  readonly edge: boolean;
  /** Index of its join. */
  readonly joined: number;
  /** Index of its last beat, or of its join. */
  readonly beat: number;
  /** Index of the last record that it had applied at that beat. */
  readonly applied: number;
}

/** What one control changed. */
export interface MembershipChange {
  /** Nodes that no longer belong to the cluster. */
  readonly gone: readonly string[];
  /** Whether a member came or went, or an owner changed. */
  readonly isChanged: boolean;
}

const NOTHING: MembershipChange = { gone: [], isChanged: false };

/** Read access to a membership. */
export interface MembershipView {
  /** The members, by id in ascending order. */
  members(): [node: string, member: Member][];
  member(node: string): Member | undefined;
  /** The owner of a shard; null while it has none. */
  owner(shard: number): string | null;
  /** The node that shall own a shard; null without nodes that own shards. */
  wanted(shard: number): string | null;
  /** The highest version of records that all members can read; undefined without members. */
  readonly version: number | undefined;
}

/** The members and the owners of all shards. The same records lead to the same state on every node. */
export class Membership implements MembershipView {
  readonly #members = new Map<string, Member>();
  readonly #owners: (string | null)[] = Array(SHARDS).fill(null);
  #wanted: readonly (string | null)[] | undefined;

  /** Reads what `toText` wrote; without a text, there are no members. */
  constructor(text?: string) {
    if (text === undefined) return;
    const { members, owners } = JSON.parse(text) as {
      members: [string, Member][];
      owners: (number | null)[];
    };
    for (const [node, member] of members) this.#members.set(node, member);
    for (const [shard, owner] of owners.entries()) {
      this.#owners[shard] = owner === null ? null : members[owner]![0];
    }
  }

  /** The state as JSON text: equal states have equal texts. */
  toText(): string {
    const members = this.members();
    const places = new Map(members.map(([node], index) => [node, index]));
    return JSON.stringify({
      members,
      owners: this.#owners.map((owner) =>
        owner === null ? null : places.get(owner)
      ),
    });
  }

  members(): [string, Member][] {
    return [...this.#members].sort(([a], [b]) => a < b ? -1 : 1);
  }

  member(node: string): Member | undefined {
    return this.#members.get(node);
  }

  owner(shard: number): string | null {
    return this.#owners[shard] ?? null;
  }

  wanted(shard: number): string | null {
    this.#wanted ??= wantedOwners(
      this.members().filter(([, { edge }]) => !edge).map(([node]) => node),
    );
    return this.#wanted[shard] ?? null;
  }

  get version(): number | undefined {
    const versions = this.members().map(([, { version }]) => version);
    return versions.length === 0 ? undefined : Math.min(...versions);
  }

  /**
   * Applies the control of a record. One that is void changes nothing.
   *
   * @param index Index of the record.
   * @param seen Index of the last record that its writer had applied.
   */
  apply(
    control: Control,
    index: number,
    seen: number = index - 1,
  ): MembershipChange {
    const { op, node } = control;
    switch (op) {
      case "join":
        return this.#join(control, index, seen);
      case "beat": {
        const member = this.#members.get(node);
        if (member === undefined) return NOTHING;
        const { applied } = control;
        this.#members.set(node, { ...member, beat: index, applied });
        return NOTHING;
      }
      case "dead":
        return this.#members.get(node)?.beat === control.beat
          ? this.#remove([node])
          : NOTHING;
      case "leave":
        return this.#remove([node]);
      case "release":
        return this.#move(control.shards, node, null);
      case "take":
        return this.#move(
          control.shards.filter((shard) => this.wanted(shard) === node),
          null,
          node,
        );
    }
  }

  #join(
    { node, folder, version, edge }: Control & { op: "join" },
    index: number,
    seen: number,
  ): MembershipChange {
    const others = this.members()
      .filter(([id, member]) => member.folder === folder && id !== node);
    // A process joins when it has caught up: this one is older, and late.
    if (others.some(([, { joined }]) => joined > seen)) return NOTHING;
    // The lock of the folder proves that its former process has ended.
    const { gone } = this.#remove(others.map(([id]) => id));
    const known = this.#members.get(node);
    this.#members.set(node, {
      folder,
      version,
      edge,
      joined: known?.joined ?? index,
      beat: index,
      applied: known?.applied ?? 0,
    });
    this.#wanted = undefined;
    return { gone, isChanged: true };
  }

  #remove(nodes: readonly string[]): MembershipChange {
    const gone = nodes.filter((node) => this.#members.delete(node));
    if (gone.length === 0) return NOTHING;
    for (const [shard, owner] of this.#owners.entries()) {
      if (owner !== null && gone.includes(owner)) this.#owners[shard] = null;
    }
    this.#wanted = undefined;
    return { gone, isChanged: true };
  }

  /** Moves those of the shards that have the expected owner. */
  #move(
    shards: readonly number[],
    from: string | null,
    to: string | null,
  ): MembershipChange {
    const moved = shards.filter((shard) => this.#owners[shard] === from);
    for (const shard of moved) this.#owners[shard] = to;
    return moved.length === 0 ? NOTHING : { gone: [], isChanged: true };
  }
}
