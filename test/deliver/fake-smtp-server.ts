import * as net from "node:net";

interface ReceivedMail {
  from: string;
  to: string[];
  data: string;
  user: string | null;
}

export interface FakeSmtpServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: ReceivedMail[];
}

export interface FakeSmtpOptions {
  user?: string;
  password?: string;
  /** Answer to MAIL FROM instead of 250. */
  refuse?: string;
}

/** As much of RFC 5321 and AUTH PLAIN (RFC 4954) as a client needs; refuses commands out of order. */
export async function startFakeSmtpServer(options: FakeSmtpOptions = {}): Promise<FakeSmtpServer> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    serve(socket, options, mails);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    mails,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(socket: net.Socket, options: FakeSmtpOptions, mails: ReceivedMail[]): void {
  const say = (line: string): boolean => socket.write(`${line}\r\n`);
  let mail: ReceivedMail | null = null;
  let user: string | null = null;
  let greeted = false;
  let inData = false;
  let buffer = "";
  say("220 fake ESMTP");
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => {
    buffer += String(chunk);
    while (true) {
      if (inData) {
        const end = buffer.indexOf("\r\n.\r\n");
        if (end < 0) return;
        mails.push({ ...mail!, data: buffer.slice(0, end).replaceAll("\r\n..", "\r\n.") });
        buffer = buffer.slice(end + 5);
        inData = false;
        mail = null;
        say("250 queued");
        continue;
      }
      const end = buffer.indexOf("\r\n");
      if (end < 0) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      command(line);
    }
  });
  function command(line: string): void {
    const verb = line.split(" ")[0]!.toUpperCase();
    if (verb === "EHLO" || verb === "HELO") {
      greeted = true;
      say("250-fake");
      if (options.user !== undefined) say("250-AUTH PLAIN");
      say("250 8BITMIME");
    } else if (!greeted && verb !== "QUIT") say("503 EHLO first");
    else if (verb === "AUTH") {
      const [, name = "", word = ""] = Buffer.from(line.split(" ")[2] ?? "", "base64")
        .toString("utf8")
        .split("\0");
      if (name === options.user && word === options.password) {
        user = name;
        say("235 ok");
      } else say("535 5.7.8 credentials invalid");
    } else if (verb === "MAIL") {
      if (options.user !== undefined && user === null) say("530 5.7.0 authentication required");
      else if (options.refuse !== undefined) say(options.refuse);
      else {
        mail = { from: /<([^>]*)>/.exec(line)?.[1] ?? "", to: [], data: "", user };
        say("250 ok");
      }
    } else if (verb === "RCPT" && mail !== null) {
      mail.to.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
      say("250 ok");
    } else if (verb === "DATA" && mail !== null && mail.to.length > 0) {
      inData = true;
      say("354 go on");
    } else if (verb === "RSET") say("250 ok");
    else if (verb === "QUIT") {
      say("221 bye");
      socket.end();
    } else say("503 bad sequence");
  }
}
