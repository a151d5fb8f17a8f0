// What the tests of sites share: visits by host, and a site's folder.
import { request } from "node:http";
import { connect } from "node:net";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Visits `host` (a name below localhost, or any other) on the engine; answers {status, headers, body}. */
export function visit(engine, host, path = "/", { method = "GET", headers = {} } = {}) {
  const { hostname, port } = new URL(engine.url);
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: hostname, port, method, path, headers: { host: `${host}:${port}`, ...headers } },
      (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const bytes = Buffer.concat(parts);
          resolve({ status: answer.statusCode, headers: answer.headers, bytes, body: bytes.toString() });
        });
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

/** Sends bytes as they are and answers all that comes back, until the engine closes the connection. */
export function raw(engine, text) {
  const { hostname, port } = new URL(engine.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(Buffer.from(text, "latin1")));
    let got = "";
    socket.on("data", (part) => (got += part.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve(got));
  });
}

/** Writes `{path: text}` below a folder. */
export async function writeSite(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** The host of a URL, without port. */
export const hostOf = (url) => new URL(url).hostname;

/** The head of an entry of a tar with so many bytes: a plain file, or of another kind. */
export function tarHead(name, size, kind = "0") {
  const head = Buffer.alloc(512);
  head.write(name, 0);
  head.write(size.toString(8).padStart(11, "0"), 124);
  head.write(kind, 156);
  head.write("ustar\u000000", 257);
  head.fill(" ", 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return head;
}

/** A whole entry of a tar. */
export function tarEntry(name, text, kind) {
  const bytes = Buffer.from(text);
  return Buffer.concat([tarHead(name, bytes.length, kind), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
