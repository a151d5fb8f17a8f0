#include "models/import/bundler.h"

#include "models/import/elsewhere.h"

#include <QDir>

#include <algorithm>

namespace stepwell {

namespace {

/// Modules of Node that the runtime knows under their `node:` names once nodejs_compat is on.
constexpr std::array nodeModules = {"assert",   "async_hooks", "buffer", "crypto", "diagnostics_channel",
                                    "dns",      "events",      "fs",     "http",   "https",
                                    "module",   "net",         "os",     "path",   "process",
                                    "punycode", "querystring", "stream", "timers", "string_decoder",
                                    "tls",      "url",         "util",   "zlib"};

bool usesNode(const WorkerProject& project) {
    const auto& flags = project.compatibilityFlags;
    return std::any_of(flags.begin(), flags.end(),
                       [](const auto& flag) { return flag.starts_with("nodejs_compat"); });
}

}  // namespace

Bundler::Bundler(const QString& esbuild, QObject* parent)
    : QObject(parent)
    , m_run(esbuild) {
    connect(&m_run, &EsbuildRun::finished, this, &Bundler::onBuilt);
    connect(&m_run, &EsbuildRun::failed, this, &Bundler::failWith);
}

void Bundler::start(const WorkerProject& project) {
    m_folder = project.folder;
    m_run.start(project.folder, arguments(project));
}

QStringList Bundler::arguments(const WorkerProject& project) const {
    const QDir out(m_run.outFolder());
    QStringList list{project.entry,
                     QStringLiteral("--bundle"),
                     QStringLiteral("--platform=neutral"),
                     QStringLiteral("--conditions=workerd,worker,browser"),
                     QStringLiteral("--main-fields=browser,module,main"),
                     QStringLiteral("--keep-names"),
                     QStringLiteral("--define:process.env.NODE_ENV=\"production\""),
                     QStringLiteral("--external:cloudflare:*"),
                     QStringLiteral("--external:node:*"),
                     QStringLiteral("--external:workerd:*"),
                     QStringLiteral("--sourcemap=external"),
                     QStringLiteral("--outfile=") + out.filePath(QStringLiteral("index.js")),
                     QStringLiteral("--metafile=") + out.filePath(QStringLiteral("meta.json"))};
    list += EsbuildRun::commonArguments();
    for (const char* ending : {".txt", ".html", ".sql"})
        list << QStringLiteral("--loader:%1=text").arg(QLatin1String(ending));
    list << QStringLiteral("--loader:.bin=binary");
    // Not a part of the bundle: the runtime compiles it ahead, and code may not.
    if (project.takesWasm) list << QStringLiteral("--loader:.wasm=copy");
    if (usesNode(project))
        for (const char* name : nodeModules)
            list << QStringLiteral("--alias:%1=node:%1").arg(QLatin1String(name));
    return list;
}

void Bundler::onBuilt(const std::vector<Problem>& warnings) {
    runElsewhere(
        this, [out = m_run.outFolder(), folder = m_folder] { return readBundle(out, folder); },
        [this, warnings](BundleOrErrors read) {
            if (m_done) return;
            if (!read.errors.empty()) return failWith(read.errors);
            m_done = true;
            read.bundle.warnings = warnings;
            emit finished(read.bundle);
        });
}

void Bundler::cancel() {
    m_done = true;
    m_run.cancel();
}

void Bundler::failWith(const std::vector<Problem>& errors) {
    if (m_done) return;
    m_done = true;
    emit failed(errors);
}

}  // namespace stepwell
