import type { ClusterStage } from "./cluster_stage.ts";

const TIMEOUT_MS = 60_000;

/**
 * Has a consumer acknowledge at one node and go on at the other, time after time
 * while events come in. Returns how often the other node had another position
 * than the acknowledged one.
 */
export async function switchNodes(
  stage: ClusterStage,
  nodes: readonly string[],
  times: number,
): Promise<number> {
  let acknowledged: number | undefined;
  let wrong = 0;
  for (let nth = 0; nth <= times; nth++) {
    const name = nodes[nth % nodes.length]!;
    const { resumedAt, seq } = await acknowledgeNext(stage, name);
    if (acknowledged !== undefined && resumedAt !== acknowledged) wrong++;
    acknowledged = seq;
  }
  return wrong;
}

/** Connects a consumer, acknowledges its next event, and ends the connection once the node has stored that. */
async function acknowledgeNext(
  stage: ClusterStage,
  name: string,
): Promise<{ resumedAt: number | undefined; seq: number }> {
  const url = `${stage.http(name).replace("http", "ws")}/ws`;
  const socket = new WebSocket(
    `${url}?consumer=switching&access_token=${stage.token}`,
  );
  const { promise, resolve, reject } = Promise.withResolvers<{
    resumedAt: number | undefined;
    seq: number;
  }>();
  const timer = setTimeout(
    () => reject(new Error(`No event of node ${name} within ${TIMEOUT_MS} ms`)),
    TIMEOUT_MS,
  );
  let resumedAt: number | undefined;
  let seq: number | undefined;
  const ask = () =>
    socket.send(
      JSON.stringify({ type: "command", id: 1, command: "consumers" }),
    );
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "welcome") resumedAt = frame.after?.seq;
    if (frame.type === "event" && seq === undefined) {
      seq = frame.seq as number;
      socket.send(JSON.stringify({ type: "ack", seq }));
      ask();
    }
    if (frame.type !== "result") return;
    // Acknowledgements are not confirmed: only its position shows that it is stored.
    const [consumer] = frame.data.consumers;
    if (consumer?.position === seq) resolve({ resumedAt, seq: seq! });
    else ask();
  };
  socket.onclose = ({ code, reason }) =>
    reject(new Error(`Node ${name} closed the socket: ${code} ${reason}`));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.onclose = null;
    socket.close();
  }
}
