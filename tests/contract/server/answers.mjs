// What can be done to an answer on its way: everything that Cloudflare, what stands before it, or the network does.
//
// A rule: {path: regular expression, method?, times?, kind, ...}. Kinds:
//   json{status,body}        this instead
//   refused{status,code,message}   `success:false`; status 200 is one of the oddities
//   texts{status,message}    errors and messages are plain texts
//   errorOnly{message}       no errors, no messages, a top-level `error`
//   html{status}             a page of what stands before the API
//   tooMany{retryAfter}      429 with Retry-After: seconds, or a date that many seconds from now when `asDate` is set
//   nothing{status}          no body at all
//   nullResult               `success:true` with a result of null
//   objectResult             a list that came as an object
//   notEnvelope              JSON that is no envelope
//   cut                      the connection is closed before a byte of the answer
//   cutAfter                 the same, after what was asked for was done
//   cutBody                  half of the answer, then closed
//   silent                   nothing, and the connection stays
//   slow{ms}                 the true answer, later
//   drip{ms,pieces}          the true answer in pieces
//   change{set:{"result.0.status":...}}   the true answer with other values

const pageOf = (status) => `<!DOCTYPE html>
<html lang="en-US"><head><title>api.cloudflare.com | ${status}: Bad gateway</title></head>
<body><div id="cf-wrapper"><h1>Bad gateway <span>Error code ${status}</span></h1>
<p>The web server reported a bad gateway error.</p><script>document.title="x"</script></div></body></html>`;

const json = (status, body, headers = {}) => ({ status, headers, body });

function replaced(rule, truth) {
  const listed = { success: false, messages: [], result: null };
  switch (rule.kind) {
    case "json":
      return json(rule.status ?? 200, rule.body);
    case "refused":
      return json(rule.status ?? 200, {
        ...listed,
        errors: [{ code: rule.code ?? 10001, message: rule.message ?? "workflows.api.error.internal_server" }],
      });
    case "texts":
      return json(rule.status ?? 400, { ...listed, errors: [rule.message], messages: [rule.message] });
    case "errorOnly":
      return json(rule.status ?? 500, { success: false, errors: [], messages: [], error: rule.message, code: 1015 });
    case "html":
      return { status: rule.status ?? 502, headers: { "content-type": "text/html; charset=UTF-8" }, body: Buffer.from(pageOf(rule.status ?? 502)) };
    case "tooMany": {
      const after = rule.asDate ? new Date(Date.now() + rule.retryAfter * 1000).toUTCString() : String(rule.retryAfter);
      return json(429, { ...listed, errors: [{ code: 971, message: "Please wait and consider throttling your request speed" }] }, { "retry-after": after });
    }
    case "nothing":
      return { status: rule.status ?? 200, body: Buffer.alloc(0) };
    case "nullResult":
      return json(200, { success: true, errors: [], messages: [], result: null });
    case "objectResult":
      return json(200, { success: true, errors: [], messages: [], result: { of: "another shape" } });
    case "notEnvelope":
      return json(rule.status ?? 200, { hello: "world" });
    case "change":
      return changed(truth, rule.set);
    default:
      return truth;
  }
}

function changed(truth, set) {
  const body = structuredClone(truth.body);
  for (const [path, value] of Object.entries(set)) {
    const keys = path.split(".");
    const last = keys.pop();
    let inside = body;
    for (const key of keys) inside = inside?.[key];
    if (inside) inside[last] = value;
  }
  return { ...truth, body };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends what `rule` makes of `truth`; without a rule the truth. */
export async function answerWith(rule, truth, response, headers = {}) {
  const kind = rule?.kind ?? "truth";
  if (kind === "silent") return;
  if (kind === "cut" || kind === "cutAfter") return response.socket.destroy();
  if (kind === "slow") await pause(rule.ms);
  const answer = replaced(rule ?? {}, truth);
  const bytes = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    "cf-ray": "contract-TEST",
    ...headers,
    ...answer.headers,
  });
  if (kind === "cutBody") {
    response.write(bytes.subarray(0, Math.max(1, bytes.length >> 1)), () => response.socket.destroy());
  } else if (kind === "drip") {
    const size = Math.max(1, Math.ceil(bytes.length / (rule.pieces ?? 10)));
    for (let at = 0; at < bytes.length; at += size) {
      await pause(rule.ms ?? 20);
      response.write(bytes.subarray(at, at + size));
    }
    response.end();
  } else {
    response.end(bytes);
  }
}
