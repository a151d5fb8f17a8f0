#include "models/site/functions_entry.h"

#include <nlohmann/json.hpp>

#include <map>

namespace stepwell::site {

using nlohmann::json;

namespace {

/// Runs in the sandbox, behind the table of routes. Each function gets a copy of the request, so that the
/// next one and the files still have its body, and an answer whose headers may be changed.
constexpr std::string_view router = R"js(
function matched({ pattern, parameters }, path) {
  const found = pattern.exec(path);
  if (found === null) return null;
  const params = Object.create(null);
  parameters.forEach(({ name, isList }, index) => {
    const text = found[index + 1];
    if (text !== undefined) params[name] = isList ? text.split(/\/+/) : text;
  });
  return { params, path: found[0] };
}

/** Whatever has a say in a request, in turn: the middleware of all folders on the way, then one function. */
function* chainOf({ method, url }) {
  const { pathname } = new URL(url);
  const all = routes.filter((route) => route.method === "" || route.method === method);
  for (const { below, middleware } of all.toReversed()) {
    const match = middleware && matched(below, pathname);
    if (match) for (const handler of [middleware.handler].flat()) yield { ...match, handler, name: middleware.name };
  }
  for (const { exact, module } of all) {
    const match = module && matched(exact, pathname);
    if (!match) continue;
    for (const handler of [module.handler].flat()) yield { ...match, handler, name: module.name };
    return;
  }
}

const hasNoBody = new Set([101, 204, 205, 304]);
const changeable = (response) => new Response(hasNoBody.has(response.status) ? null : response.body, response);

export default {
  async fetch(received, env, worker) {
    const chain = chainOf(received);
    let request = received;
    let data = {};
    let filesOnException = false;

    async function next(input, init) {
      if (input !== undefined)
        request = new Request(typeof input === "string" ? new URL(input, request.url).href : input, init);
      const { done, value: turn } = chain.next();
      if (done) return changeable(await env.ASSETS.fetch(request));
      if (typeof turn.handler !== "function") throw new TypeError(`functions/${turn.name} is not a function`);
      const answer = await turn.handler({
        request: new Request(request.clone()),
        functionPath: turn.path,
        params: turn.params,
        env,
        next,
        get data() {
          return data;
        },
        set data(value) {
          if (typeof value !== "object" || value === null) throw new TypeError("context.data must be an object");
          data = value;
        },
        waitUntil: (promise) => worker.waitUntil(promise),
        passThroughOnException: () => {
          filesOnException = true;
        },
      });
      if (!(answer instanceof Response)) throw new TypeError(`functions/${turn.name} did not return a Response`);
      return changeable(answer);
    }

    try {
      return await next();
    } catch (error) {
      if (!filesOnException) throw error;
      return changeable(await env.ASSETS.fetch(request));
    }
  },
};
)js";

std::string quoted(const std::string& text) {
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string patternText(const RoutePattern& pattern) {
    auto parameters = json::array();
    for (const auto& parameter : pattern.parameters)
        parameters.push_back({{"name", parameter.name}, {"isList", parameter.isList}});
    return "{ pattern: new RegExp(" + quoted(pattern.source) + ", \"i\"), parameters: " + parameters.dump() +
           " }";
}

/// Names what is imported, each once.
class Imports {
  public:
    explicit Imports(std::string folder)
        : m_folder(std::move(folder)) {}

    /// `id`: "todos/[id].ts:onRequestGet".
    std::string handler(const std::string& id) {
        if (id.empty()) return "null";
        const auto [known, isNew] = m_names.try_emplace(id, "handler" + std::to_string(m_names.size()));
        if (isNew) {
            const auto colon = id.rfind(':');
            m_text.append("import { ").append(id, colon + 1).append(" as ").append(known->second);
            m_text.append(" } from ").append(quoted(m_folder + '/' + id.substr(0, colon))).append(";\n");
        }
        return "{ handler: " + known->second + ", name: " + quoted(id) + " }";
    }
    const std::string& text() const { return m_text; }

  private:
    std::string m_folder;
    std::map<std::string, std::string> m_names;
    std::string m_text;
};

}  // namespace

std::string functionsEntry(const std::vector<FunctionRoute>& routes, const std::string& folder) {
    Imports imports(folder);
    std::string table = "\nconst routes = [\n";
    for (const auto& route : routes) {
        table.append("  { method: ").append(quoted(route.method));
        table.append(", exact: ").append(patternText(exactPattern(route.path)));
        table.append(", below: ").append(patternText(prefixPattern(route.path)));
        table.append(", module: ").append(imports.handler(route.module));
        table.append(", middleware: ").append(imports.handler(route.middleware)).append(" },\n");
    }
    table += "];\n";
    return imports.text() + table + std::string(router);
}

}  // namespace stepwell::site
