// Envelopes of the v4 API. An answer is {status, headers, body}; the body is a value that becomes JSON, or a Buffer.

export const success = (result, info) => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result, ...(info ? { result_info: info } : {}) },
});

/** 400 and 404 carry their messages as plain texts, everything else as objects: the schema has both. */
export function failure(status, code, message, headers = {}) {
  const messages = status === 400 || status === 404 ? [message] : [];
  return { status, headers, body: { success: false, errors: [{ code, message }], messages, result: null } };
}

/** What a page is asked for: {page, perPage}, or a failure. */
export function pageOf(query, { fallback, most, code = 10001 }) {
  const number = (name, otherwise) => (query.has(name) ? Number(query.get(name)) : otherwise);
  const page = number("page", 1);
  const perPage = number("per_page", fallback);
  if (!Number.isInteger(page) || page < 1) return failure(400, code, "page: must be a number of at least 1");
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > most)
    return failure(400, code, `per_page: must be between 1 and ${most}`);
  return { page, perPage };
}

export function listPage(rows, { page, perPage }) {
  const part = rows.slice((page - 1) * perPage, page * perPage);
  return success(part, {
    page,
    per_page: perPage,
    count: part.length,
    total_count: rows.length,
    total_pages: Math.max(1, Math.ceil(rows.length / perPage)),
  });
}

export function jsonOf(body, otherwise) {
  if (body.length === 0) return otherwise;
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
