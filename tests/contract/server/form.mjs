// Multipart forms, as uploads send them and as content/v2 answers them.

/** The parts of a body: [{name, filename, type, bytes}]. */
export function partsOf(type, body) {
  const [, boundary] = /boundary="?([^";]+)"?/.exec(type) ?? [];
  const parts = [];
  for (const part of boundary ? `\r\n${body.toString("latin1")}`.split(`\r\n--${boundary}`).slice(1) : []) {
    const end = part.indexOf("\r\n\r\n");
    const head = part.slice(0, end);
    const [, name] = /[; ]name="([^"]*)"/i.exec(head) ?? [];
    if (end < 0 || name === undefined) continue;
    parts.push({
      name,
      filename: /filename="([^"]*)"/i.exec(head)?.[1],
      type: /content-type: *([^\r]+)/i.exec(head)?.[1] ?? "",
      bytes: Buffer.from(part.slice(end + 4), "latin1"),
    });
  }
  return parts;
}

export function formOf(parts) {
  const pieces = parts.map(({ name, type, bytes }) =>
    Buffer.concat([
      Buffer.from(`--contract\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`),
      Buffer.from(bytes, "base64"),
      Buffer.from("\r\n"),
    ]),
  );
  return { type: "multipart/form-data; boundary=contract", body: Buffer.concat([...pieces, Buffer.from("--contract--\r\n")]) };
}
