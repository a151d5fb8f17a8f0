#include "models/import/bundler.h"

#include "models/import/elsewhere.h"
#include "models/text.h"

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

Bundler::Bundler(QString esbuild, QObject* parent)
    : QObject(parent)
    , m_esbuild(std::move(esbuild)) {
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_limit.setSingleShot(true);
    connect(&m_process, &QProcess::finished, this, &Bundler::onExit);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        failWith({{QStringLiteral("esbuild cannot be started (%1): %2. Install the package again.")
                       .arg(m_esbuild, m_process.errorString()),
                   {},
                   0,
                   0,
                   {}}});
    });
    connect(&m_limit, &QTimer::timeout, this, [this] {
        failWith({{QStringLiteral("Bundling took longer than %1 s and was stopped. Check for a folder that "
                                  "is read without end.")
                       .arg(timeLimit.count()),
                   {},
                   0,
                   0,
                   {}}});
    });
}

Bundler::~Bundler() {
    cancel();
}

void Bundler::start(const WorkerProject& project) {
    if (m_esbuild.isEmpty())
        return failWith(
            {{QStringLiteral(
                  "esbuild was not found, so code cannot be bundled. Install the package again, or name "
                  "the binary in STEPWELL_ESBUILD."),
              {},
              0,
              0,
              {}}});
    m_out = std::make_unique<QTemporaryDir>();
    if (!m_out->isValid())
        return failWith(
            {{QStringLiteral("No folder for the bundle: %1.").arg(m_out->errorString()), {}, 0, 0, {}}});
    m_process.setWorkingDirectory(project.folder);
    m_process.start(m_esbuild, arguments(project));
    m_limit.start(timeLimit);
}

QStringList Bundler::arguments(const WorkerProject& project) const {
    const QDir out(m_out->path());
    QStringList list{project.entry,
                     QStringLiteral("--bundle"),
                     QStringLiteral("--format=esm"),
                     QStringLiteral("--platform=neutral"),
                     QStringLiteral("--conditions=workerd,worker,browser"),
                     QStringLiteral("--main-fields=browser,module,main"),
                     QStringLiteral("--target=es2024"),
                     QStringLiteral("--keep-names"),
                     QStringLiteral("--charset=utf8"),
                     QStringLiteral("--define:process.env.NODE_ENV=\"production\""),
                     QStringLiteral("--external:cloudflare:*"),
                     QStringLiteral("--external:node:*"),
                     QStringLiteral("--external:workerd:*"),
                     QStringLiteral("--sourcemap=external"),
                     QStringLiteral("--log-level=warning"),
                     QStringLiteral("--log-limit=50"),
                     QStringLiteral("--color=false"),
                     QStringLiteral("--outfile=") + out.filePath(QStringLiteral("index.js")),
                     QStringLiteral("--metafile=") + out.filePath(QStringLiteral("meta.json"))};
    for (const char* ending : {".js", ".mjs", ".cjs"})
        list << QStringLiteral("--loader:%1=jsx").arg(QLatin1String(ending));
    for (const char* ending : {".txt", ".html", ".sql"})
        list << QStringLiteral("--loader:%1=text").arg(QLatin1String(ending));
    list << QStringLiteral("--loader:.bin=binary");
    if (usesNode(project))
        for (const char* name : nodeModules)
            list << QStringLiteral("--alias:%1=node:%1").arg(QLatin1String(name));
    return list;
}

void Bundler::onExit(int code, QProcess::ExitStatus status) {
    if (m_done) return;
    m_limit.stop();
    const auto report = parseEsbuildReport(QString::fromUtf8(m_process.readAllStandardError()));
    if (code != 0 || status != QProcess::NormalExit || !report.errors.empty()) {
        if (!report.errors.empty()) return failWith(report.errors);
        return failWith({{QStringLiteral("esbuild ended with code %1 and said nothing. Try again.").arg(code),
                          {},
                          0,
                          0,
                          {}}});
    }
    runElsewhere(
        this,
        [folder = m_out->path(), project = m_process.workingDirectory()] {
            return readBundle(folder, project);
        },
        [this, warnings = report.warnings](BundleOrErrors read) {
            if (m_done) return;
            if (!read.errors.empty()) return failWith(read.errors);
            m_done = true;
            read.bundle.warnings = warnings;
            emit finished(read.bundle);
        });
}

void Bundler::cancel() {
    m_done = true;
    m_limit.stop();
    if (m_process.state() == QProcess::NotRunning) return;
    m_process.disconnect(this);
    m_process.kill();  // its end is reaped by the event loop, or by the process object's destructor
}

void Bundler::failWith(std::vector<Problem> errors) {
    if (m_done) return;
    cancel();
    // Queued: `start` never answers within the call.
    QMetaObject::invokeMethod(
        this, [this, errors = std::move(errors)] { emit failed(errors); }, Qt::QueuedConnection);
}

}  // namespace stepwell
