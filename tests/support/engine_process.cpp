#include "tests/support/engine_process.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>

#include <signal.h>
#include <utility>

namespace stepwell::test {

namespace {

// Under sanitizers or another build: the path of the program to test.
QString program() {
    return qEnvironmentVariable("STEPWELLD", QStringLiteral(STEPWELLD));
}

}  // namespace

EngineProcess::EngineProcess(QString dataDir, QStringList arguments)
    : dataDir_(std::move(dataDir))
    , arguments_(std::move(arguments)) {
    process_.setStandardErrorFile(dataDir_ + QStringLiteral(".log"), QIODevice::Append);
}

EngineProcess::~EngineProcess() {
    stop();
}

void EngineProcess::launch() {
    output_.clear();
    ready_ = {};
    process_.start(program(), QStringList{"--data-dir", dataDir_, "--listen", "127.0.0.1:0"} + arguments_);
}

bool EngineProcess::waitReady(int timeoutMs) {
    QElapsedTimer clock;
    clock.start();
    while (!output_.contains('\n')) {
        const auto left = timeoutMs - clock.elapsed();
        if (left <= 0 || !process_.waitForReadyRead(static_cast<int>(left))) return false;
        output_ += process_.readAllStandardOutput();
    }
    ready_ = QJsonDocument::fromJson(output_.left(output_.indexOf('\n'))).object();
    return !api().isEmpty();
}

void EngineProcess::killNow() {
    if (!isRunning()) return;
    ::kill(static_cast<pid_t>(process_.processId()), SIGKILL);
    process_.waitForFinished(10'000);
}

int EngineProcess::stop(int timeoutMs) {
    if (!isRunning()) return process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
    process_.terminate();
    if (!process_.waitForFinished(timeoutMs)) {
        killNow();
        return -1;
    }
    return process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
}

QByteArray EngineProcess::token() const {
    QFile file(ready_.value("token_file").toString());
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

QByteArray EngineProcess::logTail(qint64 bytes) const {
    QFile file(dataDir_ + QStringLiteral(".log"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    if (file.size() > bytes) file.seek(file.size() - bytes);
    return file.readAll();
}

}  // namespace stepwell::test
