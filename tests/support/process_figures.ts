/** What a process uses, as the system reports it. @module */

/** Ticks of the system's clock a second, in which it counts CPU time. */
const TICKS = 100;

/** CPU seconds that a process has used. */
export function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Bytes of a process that are in memory. */
export function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/**
 * Seconds that the main thread of a process was ready and waited for a core. What
 * a machine that is too small adds to the latency of a program shows here.
 */
export function coreWaitSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`);
  return Number(stat.split(" ")[1]) / 1e9;
}

/**
 * A stopwatch that stands still while this thread, or the main thread of a
 * process, waits for a core: what others do on the machine adds little to it.
 *
 * @param pid The process; absent where all happens in this thread.
 * @returns The time since the call, in milliseconds.
 */
export function stopwatch(pid?: number): () => number {
  const threads = ["/proc/thread-self"];
  if (pid !== undefined) threads.push(`/proc/${pid}/task/${pid}`);
  // A process that has ended keeps what was read last.
  const waits = threads.map(() => 0);
  const now = () =>
    threads.reduce(
      (ms, thread, index) =>
        ms - (waits[index] = Math.max(waits[index]!, coreWaitMs(thread))),
      performance.now(),
    );
  const from = now();
  return () => now() - from;
}

/** How long a thread waited for a core; 0 where the system does not count it. */
function coreWaitMs(thread: string): number {
  try {
    const stat = Deno.readTextFileSync(`${thread}/schedstat`);
    return Number(stat.split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Bytes that a server on a port of 127.0.0.1 has written and its clients have not received. */
export function unsentBytes(port: number): number {
  return tcpRows("/proc/net/tcp")
    .filter(([, local]) => portOf(local!) === port)
    .reduce((sum, row) => sum + parseInt(row[4]!, 16), 0);
}

/** TCP ports on which a process listens, sorted. */
export function listeningPorts(pid: number): number[] {
  const own = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    try {
      own.add(Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
    } catch {
      // Closed meanwhile.
    }
  }
  return ["tcp", "tcp6"].flatMap((family) =>
    tcpRows(`/proc/${pid}/net/${family}`)
      .filter(([, , , state, , , , , , inode]) =>
        state === "0A" && own.has(`socket:[${inode}]`)
      )
      .map(([, address]) => portOf(address!))
  ).sort((a, b) => a - b);
}

/** The sockets of a table of the system, each as its columns. */
function tcpRows(path: string): string[][] {
  return Deno.readTextFileSync(path).trim().split("\n").slice(1)
    .map((line) => line.trim().split(/\s+/));
}

function portOf(address: string): number {
  return parseInt(address.split(":").at(-1)!, 16);
}
