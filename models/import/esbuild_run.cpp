#include "models/import/esbuild_run.h"

#include "models/import/bundler.h"

namespace stepwell {

namespace {

std::vector<Problem> only(const QString& text) {
    return {{text, {}, 0, 0, {}}};
}

}  // namespace

EsbuildRun::EsbuildRun(QString esbuild, QObject* parent)
    : QObject(parent)
    , m_esbuild(std::move(esbuild)) {
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_limit.setSingleShot(true);
    connect(&m_process, &QProcess::finished, this, &EsbuildRun::onExit);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        failWith(only(QStringLiteral("esbuild cannot be started (%1): %2. Install the package again.")
                          .arg(m_esbuild, m_process.errorString())));
    });
    connect(&m_limit, &QTimer::timeout, this, [this] {
        failWith(
            only(QStringLiteral("Bundling took longer than %1 s and was stopped. Check for a folder that "
                                "is read without end.")
                     .arg(timeLimit.count())));
    });
}

EsbuildRun::~EsbuildRun() {
    cancel();
}

QString EsbuildRun::outFolder() const {
    return m_out.isValid() ? m_out.path() : QString();
}

QStringList EsbuildRun::commonArguments() {
    QStringList list{QStringLiteral("--format=esm"),   QStringLiteral("--target=es2024"),
                     QStringLiteral("--charset=utf8"), QStringLiteral("--log-level=warning"),
                     QStringLiteral("--log-limit=50"), QStringLiteral("--color=false")};
    for (const char* ending : {".js", ".mjs", ".cjs"})
        list << QStringLiteral("--loader:%1=jsx").arg(QLatin1String(ending));
    return list;
}

void EsbuildRun::start(const QString& folder, const QStringList& arguments) {
    if (m_esbuild.isEmpty())
        return failWith(only(QStringLiteral(
            "esbuild was not found, so code cannot be bundled. Install the package again, or name "
            "the binary in STEPWELL_ESBUILD.")));
    if (!m_out.isValid())
        return failWith(only(QStringLiteral("No folder for the bundle: %1.").arg(m_out.errorString())));
    m_process.setWorkingDirectory(folder);
    m_process.start(m_esbuild, arguments);
    m_limit.start(timeLimit);
}

void EsbuildRun::onExit(int code, QProcess::ExitStatus status) {
    if (m_done) return;
    m_limit.stop();
    const auto report = parseEsbuildReport(QString::fromUtf8(m_process.readAllStandardError()));
    if (!report.errors.empty()) return failWith(report.errors);
    if (code != 0 || status != QProcess::NormalExit)
        return failWith(
            only(QStringLiteral("esbuild ended with code %1 and said nothing. Try again.").arg(code)));
    m_done = true;
    emit finished(report.warnings);
}

void EsbuildRun::cancel() {
    m_done = true;
    m_limit.stop();
    if (m_process.state() == QProcess::NotRunning) return;
    m_process.disconnect(this);
    m_process.kill();  // its end is reaped by the event loop, or by the process object's destructor
}

void EsbuildRun::failWith(std::vector<Problem> errors) {
    if (m_done) return;
    cancel();
    // Queued: `start` never answers within the call.
    QMetaObject::invokeMethod(
        this, [this, errors = std::move(errors)] { emit failed(errors); }, Qt::QueuedConnection);
}

}  // namespace stepwell
