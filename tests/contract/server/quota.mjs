// What Cloudflare tells of its limits with each answer: 1,200 requests per 5 minutes of one token. Nobody is refused for it
// here: `tooMany` does that.
const quota = 1200;
const windowSeconds = 300;

function countOf(server, bearer) {
  const now = Date.now();
  const known = server.limits.get(bearer);
  if (known && known.until > now) return known;
  const count = { used: 0, until: now + windowSeconds * 1000 };
  server.limits.set(bearer, count);
  return count;
}

export function quotaHeaders(server, bearer) {
  const count = countOf(server, bearer);
  count.used += 1;
  const seconds = Math.ceil((count.until - Date.now()) / 1000);
  return {
    ratelimit: `"default";r=${Math.max(0, quota - count.used)};t=${seconds}`,
    "ratelimit-policy": `"default";q=${quota};w=${windowSeconds}`,
  };
}

/** As if others had made so many requests with each of the tokens. */
export function useUp(server, used) {
  for (const token of Object.values(server.tokens)) countOf(server, token).used = used;
}
