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
