import { delay } from "@std/async";
import { md5Hex } from "../../mod.ts";
import { RawSocket } from "./raw_socket.ts";

/** A client of 2005: writes its requests byte by byte on a socket of its own, and reads the reply's text. */
export class OldClient {
  #seq = 1;

  constructor(readonly address: string, readonly uin: string) {}

  /** Logs in. */
  login(password: string): Promise<string> {
    return this.ask("Login", `PS=${md5Hex(password)}&M5=1&LC=9326B87B234E7235`);
  }

  /** Does a command; gives the reply's body. */
  async ask(cmd: string, fields = ""): Promise<string> {
    const body = `VER=1.1&CMD=${cmd}&SEQ=${this.#seq++}&UIN=${this.uin}${
      fields === "" ? "" : `&${fields}`
    }`;
    const { length } = new TextEncoder().encode(body);
    using socket = await RawSocket.connect(
      Number(this.address.split(":").at(-1)),
    );
    await socket.write(
      `POST  HTTP/1.1\r\nHost: tqq.tencent.com:8000\r\nContent-length: ${length}\r\n\r\n${body}\r\n\r\n`,
    );
    const { head } = await socket.head();
    const size = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    return await socket.text(size);
  }

  /** Asks for mail until there is some. */
  async mail(): Promise<string> {
    for (;;) {
      const reply = await this.ask("GetMsgEx");
      if (!/&MN=0(&|$)/.test(reply)) return reply;
      await delay(50);
    }
  }
}
