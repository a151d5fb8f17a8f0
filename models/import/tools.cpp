#include "models/import/tools.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace stepwell {

namespace {

/// npm's name of the package that holds the binary for this machine.
QString platformPackage() {
    const auto cpu = QSysInfo::currentCpuArchitecture();
    const auto arch = cpu == QLatin1String("x86_64") ? QStringLiteral("x64") : cpu;
#if defined(Q_OS_MACOS)
    return QStringLiteral("darwin-") + arch;
#else
    return QStringLiteral("linux-") + arch;
#endif
}

QString ifExecutable(const QString& path) {
    const QFileInfo info(path);
    return info.isFile() && info.isExecutable() ? info.absoluteFilePath() : QString();
}

}  // namespace

QString findEsbuild() {
    if (const auto named = ifExecutable(qEnvironmentVariable("STEPWELL_ESBUILD")); !named.isEmpty())
        return named;
    const QDir beside(QCoreApplication::applicationDirPath());
    const auto installed = ifExecutable(beside.filePath(QStringLiteral("../share/stepwell/bin/esbuild")));
    if (!installed.isEmpty()) return installed;
    return ifExecutable(QStringLiteral(STEPWELL_NODE_DIR "/@esbuild/") + platformPackage() +
                        QStringLiteral("/bin/esbuild"));
}

}  // namespace stepwell
