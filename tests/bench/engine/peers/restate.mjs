// A Restate server (npm) with a TypeScript-SDK service, on loopback.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { existsSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { endChild, temporaryFolder, until } from "../../../support/engine.mjs";
import { freePort } from "../measure.mjs";

const peers = join(dirname(fileURLToPath(import.meta.url)), "../../peers");
const platform = `restate-server-linux-${process.arch === "arm64" ? "arm64" : "x64"}`;
const program = join(peers, "node_modules/@restatedev", platform, "bin/restate-server");
export const restateVersion = JSON.parse(await readFile(join(peers, "package.json"), "utf8")).dependencies["@restatedev/restate-server"];
export const isRestateHere = existsSync(program);

/** `use(restate)` with a running server: `restate.pids`, `restate.call()` runs the workload once to its end. */
export async function withRestate(use) {
  const folder = await temporaryFolder();
  const [ingress, admin, node, service] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const log = openSync(join(folder.path, "restate.log"), "a");
  const sdk = spawn(process.execPath, [join(peers, "restate-service.mjs"), String(service)], { stdio: ["ignore", log, log] });
  const server = spawn(
    program,
    ["--no-logo", "--bind-ip", "127.0.0.1", "--bind-port", String(node), "--listen-mode", "tcp", "--base-dir", folder.path],
    {
      stdio: ["ignore", log, log],
      env: {
        ...process.env,
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
        RESTATE_LOG_FILTER: "warn",
        DO_NOT_TRACK: "1",
      },
    },
  );
  const register = async () => {
    const response = await fetch(`http://127.0.0.1:${admin}/deployments`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ uri: `http://127.0.0.1:${service}` }),
    });
    return response.ok;
  };
  const call = async () => {
    const response = await fetch(`http://127.0.0.1:${ingress}/bench/tenSteps`, { method: "POST" });
    const text = await response.text();
    if (!response.ok) throw new Error(`Restate answered ${response.status}: ${text}`);
  };
  try {
    await until("Restate knows the service", () => register().catch(() => false), 60_000, 200).catch(async (error) => {
      throw new Error(`${error.message}:\n${await readFile(join(folder.path, "restate.log"), "utf8")}`);
    });
    return await use({ pids: [server.pid, sdk.pid], call });
  } finally {
    await endChild(sdk, 2_000);
    await endChild(server, 5_000);
    await folder.dispose();
  }
}
