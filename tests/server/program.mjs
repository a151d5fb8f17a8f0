// stepwelld as a command: what it says and how it ends.
import { spawn } from "node:child_process";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Runs a command of the program to its end. */
export async function run(...args) {
  const child = spawn(process.env.STEPWELLD, args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (part) => (out += part));
  child.stderr.on("data", (part) => (err += part));
  const code = await new Promise((resolve) => child.once("close", resolve));
  return { code, out, err };
}

/** A CA of our own in `folder`, and a certificate of it for localhost. */
export function makeCertificates(folder) {
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=A CA of tests",
    "-addext", "keyUsage=critical,keyCertSign");
  const issue = (name) => {
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", "/CN=localhost",
      "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost,DNS:*.workers.localhost,DNS:engine.example.com,IP:127.0.0.1");
    openssl("x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1",
      "-copy_extensions", "copy", "-out", `${name}.pem`);
    return { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  };
  return { ca: join(folder, "ca.pem"), issue };
}
